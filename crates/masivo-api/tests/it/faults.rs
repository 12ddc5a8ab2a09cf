//! An API that is down, slow, broken off or endless.

use std::sync::Arc;
use std::time::Duration;

use laurel_masivo_api::Account;
use laurel_masivo_api::client::{ApiError, Client};
use laurel_payloads::CustomerId;
use laurel_testkit::{FixedClock, run};

use crate::mock::{Fault, Mock};

fn ana() -> CustomerId {
    "ana".parse().expect("an id")
}

#[test]
fn what_may_pass_is_asked_again() {
    run(async {
        let mock = Mock::start().await;
        mock.add_customer("ana", "1");
        let client = mock.client(Arc::new(FixedClock::default()));
        client.customer(&ana()).await.expect("an answer");
        for fault in [
            Fault::Status(500, vec![]),
            Fault::Status(502, vec![]),
            Fault::Status(408, vec![]),
            Fault::Silence,
            Fault::Cut,
            Fault::Drip,
        ] {
            mock.fail([fault.clone()]);
            let before = mock.asked().len();
            let known = client.customer(&ana()).await.expect("an answer");
            assert!(known.is_some(), "{fault:?}");
            assert_eq!(mock.asked().len(), before + 2, "{fault:?}");
        }
    });
}

#[test]
fn what_does_not_pass_is_told_after_four_tries() {
    run(async {
        let mock = Mock::start().await;
        let client = mock.client(Arc::new(FixedClock::default()));
        mock.fail((0..4).map(|_| Fault::Status(500, vec![])));
        let failed = client.customer(&ana()).await.expect_err("a failure");
        assert_eq!(failed, ApiError::Unavailable("status 500".to_owned()));
        assert!(failed.is_general());
        assert_eq!(mock.asked().len(), 4);
    });
}

#[test]
fn nobody_at_the_address_or_nobody_who_can_encrypt_is_a_failure_in_time() {
    run(async {
        let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = port.local_addr().expect("an address");
        drop(port);
        let mock = Mock::start().await;
        let plain = mock.account().url.expose().replace("http://", "https://");
        for url in [format!("http://{address}"), plain] {
            let account = Account {
                connect_timeout: Duration::from_millis(200),
                url: url.clone().into(),
                ..mock.account()
            };
            let clock = Arc::new(FixedClock::default());
            let client = Client::new("masivo", &account, clock).expect("a client");
            let failed = client.customer(&ana()).await.expect_err("a failure");
            let expected = ApiError::Unavailable("no connection".to_owned());
            assert_eq!(failed, expected, "{url}");
        }
        assert_eq!(mock.state().issued, 0, "the key did not travel unencrypted");
    });
}

#[test]
fn what_another_try_would_not_change_is_not_tried_again() {
    run(async {
        let mock = Mock::start().await;
        let client = mock.client(Arc::new(FixedClock::default()));
        for code in [400, 403, 410, 422] {
            mock.fail([Fault::Status(code, vec![])]);
            let failed = client.customer(&ana()).await.expect_err("a refusal");
            assert_eq!(failed, ApiError::Refused(code));
        }
        // The token would go where nobody has configured it to.
        mock.fail([Fault::Status(
            302,
            vec![("Location", "http://127.0.0.1:1/".to_owned())],
        )]);
        let failed = client.customer(&ana()).await.expect_err("a refusal");
        assert_eq!(failed, ApiError::Refused(302));
        assert_eq!(mock.asked().len(), 5);
    });
}

#[test]
fn an_answer_beyond_the_limit_is_not_read_to_its_end() {
    run(async {
        let mock = Mock::start().await;
        let account = Account {
            max_body: 64 * 1024,
            ..mock.account()
        };
        let clock = Arc::new(FixedClock::default());
        let client = Client::new("masivo", &account, clock).expect("a client");
        mock.fail([Fault::Body(" ".repeat(64 * 1024 + 1))]);
        let failed = client.customer(&ana()).await.expect_err("a failure");
        assert_eq!(failed, ApiError::TooLong(64 * 1024));
        assert_eq!(mock.asked().len(), 1);
    });
}
