//! The key is exchanged for a token once for everybody, before it ends, and when it is refused.

use std::sync::Arc;
use std::time::Duration;

use laurel_masivo_api::Account;
use laurel_masivo_api::client::{ApiError, Client};
use laurel_testkit::{FixedClock, run};

use crate::mock::{Fault, Mock};

fn ana() -> laurel_payloads::CustomerId {
    "ana".parse().expect("an id")
}

#[test]
fn a_key_is_exchanged_once_and_its_token_renewed_before_its_hour_is_over() {
    run(async {
        let mock = Mock::start().await;
        mock.add_customer("ana", "100");
        let clock = Arc::new(FixedClock::default());
        let client = mock.client(clock.clone());
        for (minutes, issued) in [(0, 1), (54, 1), (2, 2), (0, 2), (54, 2)] {
            clock.advance(Duration::from_mins(minutes));
            client
                .customer(&ana())
                .await
                .expect("an answer")
                .expect("Ana");
            assert_eq!(mock.state().issued, issued, "{minutes} minutes later");
        }
    });
}

#[test]
fn a_token_that_is_refused_is_renewed_once_for_all_who_wait() {
    run(async {
        let mock = Mock::start().await;
        mock.add_customer("ana", "100");
        let client = mock.client(Arc::new(FixedClock::default()));
        client.customer(&ana()).await.expect("an answer");
        // It has ended before its time.
        mock.state().tokens.clear();
        let waiting = (0..20).map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.customer(&ana()).await })
        });
        for waiting in waiting.collect::<Vec<_>>() {
            let known = waiting.await.expect("no panic").expect("an answer");
            assert!(known.is_some());
        }
        assert_eq!(mock.state().issued, 2);
    });
}

#[test]
fn a_wrong_key_and_a_token_that_is_never_taken_are_told_after_one_more_try() {
    run(async {
        let mock = Mock::start().await;
        let clock = Arc::new(FixedClock::default());
        let wrong = Account {
            api_key: "wr0ng".to_owned().into(),
            ..mock.account()
        };
        let client = Client::new("masivo", &wrong, clock.clone()).expect("a client");
        let refused = client.customer(&ana()).await.expect_err("a refusal");
        assert_eq!(refused, ApiError::Unauthorized);
        assert!(mock.asked().is_empty(), "nothing is asked without a token");

        mock.state().refuse_tokens = true;
        let client = mock.client(clock);
        let refused = client.customer(&ana()).await.expect_err("a refusal");
        assert_eq!(refused, ApiError::Unauthorized);
        assert_eq!(mock.asked().len(), 2);
        assert_eq!(mock.state().issued, 2);
    });
}

#[test]
fn an_exchange_that_fails_is_tried_again_and_shared_by_those_who_wait() {
    run(async {
        let mock = Mock::start().await;
        mock.add_customer("ana", "100");
        let failure = || Fault::Status(500, vec![]);
        mock.state().key_faults.extend([failure(), failure()]);
        let client = mock.client(Arc::new(FixedClock::default()));
        let ana = ana();
        let (one, other) = tokio::join!(client.customer(&ana), client.customer(&ana));
        assert!(one.expect("an answer").is_some() && other.expect("an answer").is_some());
    });
}

#[test]
fn neither_key_nor_token_is_ever_shown() {
    run(async {
        let mock = Mock::start().await;
        mock.add_customer("ana", "100");
        let client = mock.client(Arc::new(FixedClock::default()));
        client.customer(&ana()).await.expect("an answer");
        let shown = format!("{client:?} {:?}", mock.account());
        assert!(
            !shown.contains("k3y") && !shown.contains("t0ken"),
            "{shown}"
        );
    });
}
