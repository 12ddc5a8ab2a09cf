//! Masivo's limits, and our own pace.

use std::sync::Arc;
use std::time::{Duration, Instant};

use laurel_masivo_api::Account;
use laurel_masivo_api::client::{ApiError, Client};
use laurel_payloads::{CustomerId, Timestamp};
use laurel_testkit::{FixedClock, run};

use crate::mock::{Fault, Mock};

fn ana() -> CustomerId {
    "ana".parse().expect("an id")
}

fn busy(status: u16, retry_after: &str) -> Fault {
    Fault::Status(status, vec![("Retry-After", retry_after.to_owned())])
}

fn limited_until(time: &str) -> ApiError {
    ApiError::Limited {
        until: Timestamp::parse_rfc3339(time).expect("a time"),
    }
}

#[test]
fn a_short_wait_is_waited_out_in_seconds_or_until_a_date() {
    run(async {
        let mock = Mock::start().await;
        mock.add_customer("ana", "1");
        // The clock shows 12:00:00.
        mock.fail([busy(429, "1"), busy(503, "Sun, 01 Mar 2026 12:00:01 GMT")]);
        let client = mock.client(Arc::new(FixedClock::default()));
        let started = Instant::now();
        let known = client.customer(&ana()).await.expect("an answer");
        assert!(known.is_some());
        assert!(
            started.elapsed() >= Duration::from_secs(2),
            "told to wait twice"
        );
        assert_eq!(mock.asked().len(), 3);
    });
}

#[test]
fn a_long_wait_is_told_at_once_and_nobody_asks_meanwhile() {
    run(async {
        let mock = Mock::start().await;
        mock.add_customer("ana", "1");
        for (status, told) in [(429, "3600"), (503, "Sun, 01 Mar 2026 13:00:00 GMT")] {
            mock.fail([busy(status, told)]);
            let client = mock.client(Arc::new(FixedClock::default()));
            let before = mock.asked().len();
            for _ in 0..3 {
                let refused = client.customer(&ana()).await.expect_err("a refusal");
                assert_eq!(refused, limited_until("2026-03-01T13:00:00Z"));
                assert!(refused.is_general());
            }
            assert_eq!(mock.asked().len(), before + 1, "asked once");
        }
    });
}

#[test]
fn a_limit_that_does_not_say_how_long_is_tried_again_a_few_times() {
    run(async {
        let mock = Mock::start().await;
        mock.fail((0..4).map(|_| Fault::Status(429, vec![])));
        let client = mock.client(Arc::new(FixedClock::default()));
        let refused = client.customer(&ana()).await.expect_err("a refusal");
        assert_eq!(refused, limited_until("2026-03-01T12:01:00Z"));
        assert_eq!(mock.asked().len(), 4);
    });
}

#[test]
fn the_last_request_of_a_day_is_the_last_that_is_made() {
    run(async {
        let mock = Mock::start().await;
        mock.add_customer("ana", "1");
        mock.state().left = Some(2);
        let client = mock.client(Arc::new(FixedClock::default()));
        for _ in 0..2 {
            assert!(client.customer(&ana()).await.expect("an answer").is_some());
        }
        let refused = client.customer(&ana()).await.expect_err("a refusal");
        assert_eq!(refused, limited_until("2026-03-01T13:00:00Z"));
        assert_eq!(mock.asked().len(), 2, "Masivo never had to refuse");
    });
}

#[test]
fn requests_keep_their_pace_whoever_makes_them() {
    run(async {
        let mock = Mock::start().await;
        mock.add_customer("ana", "1");
        let account = Account {
            requests_per_minute: 600.try_into().expect("more than none"),
            ..mock.account()
        };
        let clock = Arc::new(FixedClock::default());
        let client = Client::new("masivo", &account, clock).expect("a client");
        let started = Instant::now();
        let asking = (0..4).map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.customer(&ana()).await })
        });
        for asking in asking.collect::<Vec<_>>() {
            asking.await.expect("no panic").expect("an answer");
        }
        // The exchange of the key and four questions, a tenth of a second apart.
        assert!(started.elapsed() >= Duration::from_millis(400));
    });
}
