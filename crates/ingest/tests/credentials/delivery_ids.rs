//! The id that a sender signs together with a body: of one id there is one event.

use std::sync::Arc;

use laurel_ingest::{StandardWebhooks, TokenVerifier, Verifier};
use laurel_testkit::run;

use crate::desk::{Desk, source};
use crate::post::{BODY, NOW, Post};
use crate::standard::OLD as SECRET;

fn token() -> Arc<dyn Verifier> {
    Arc::new(TokenVerifier::new(["the-token"]))
}

fn standard() -> Arc<dyn Verifier> {
    Arc::new(StandardWebhooks::new([SECRET]).unwrap())
}

/// A coupon with this code, signed under this id, in a request that has the token besides.
fn delivery(id: &str, code: &str) -> Post {
    Post::new()
        .body(BODY.replace("A-1", code))
        .token("the-token")
        .signed("webhook", SECRET, id, &NOW.to_string())
}

#[test]
fn a_signed_id_counts_whichever_credential_comes_first() {
    run(async {
        for verifiers in [vec![token(), standard()], vec![standard(), token()]] {
            let desk = Desk::new(vec![source("masivo", verifiers)]).await;
            let post = async |id, code| desk.post("masivo", &delivery(id, code)).await.in_short();
            assert_eq!(post("msg_1", "A-1").await, "200 accepted");
            assert_eq!(post("msg_1", "A-1").await, "200 duplicate");
            assert_eq!(post("msg_1", "A-2").await, "200 quarantined");
            assert_eq!(post("msg_2", "A-3").await, "200 accepted");
        }
    });
}

#[test]
fn an_empty_id_tells_no_deliveries_apart() {
    run(async {
        let desk = Desk::new(vec![source("masivo", vec![standard()])]).await;
        for code in ["A-1", "A-2"] {
            let answer = desk.post("masivo", &delivery("", code)).await;
            assert_eq!(answer.in_short(), "200 accepted");
        }
    });
}
