//! Whatever the headers hold, verifiers answer and never panic; and generated requests, for which the claims must hold.

use laurel_ingest::{StandardWebhooks, Verifier};
use proptest::prelude::*;

use crate::claims::{self, Sent};
use crate::post::{NOW, Post};
use crate::standard::OLD;

/// Bytes that a header's value may hold, and often something like a credential.
fn value() -> impl Strategy<Value = Vec<u8>> {
    let allowed = prop_oneof![0x20..=0x7e_u8, 0x80..=0xff_u8];
    prop_oneof![
        prop::collection::vec(allowed, 0..200),
        "((v1|v1a|v1=|v0),?[A-Za-z0-9+/=]{0,90} ?){0,12}".prop_map(String::into_bytes),
        "(v1,[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]= ){0,12}".prop_map(String::into_bytes),
        "(t=)?[0-9a-fA-F]{64}".prop_map(String::into_bytes),
        "(Basic|Bearer) ?[A-Za-z0-9+/=]{0,40}".prop_map(String::into_bytes),
        "-?[0-9]{0,25}".prop_map(String::into_bytes),
        Just(NOW.to_string().into_bytes()),
    ]
}

prop_compose! {
    fn sent()(
        id in "[!-~é ]{0,40}", late in -300..=300_i64, noise in value(), authorization in value(),
        query in "([a-z]{0,5}=?[%0-9a-fA-F+]{0,9}&?){0,5}|key=[%0-9a-z]{0,12}",
        body in prop::collection::vec(any::<u8>(), 0..200), bit in any::<usize>(),
    ) -> Sent {
        Sent { id, late, noise, authorization, query, body, bit }
    }
}

proptest! {
    #[test]
    fn a_secret_opens_whatever_stands_beside_it_and_nothing_else_does(sent in sent()) {
        claims::hold(&sent);
    }

    #[test]
    fn the_claims_hold_for_bytes_cut_up_as_the_fuzzer_does(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        claims::hold(&Sent::cut(&bytes));
    }

    #[test]
    fn no_time_or_id_makes_a_verifier_panic_or_believe(id in value(), time in value(), signatures in value()) {
        let post = Post::new()
            .header("webhook-id", &id)
            .header("webhook-timestamp", &time)
            .header("webhook-signature", &signatures);
        let verifier: &dyn Verifier = &StandardWebhooks::new([OLD]).unwrap();
        prop_assert!(post.shown_to(verifier).is_err());
    }
}
