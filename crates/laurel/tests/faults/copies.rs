//! Two copies of the server on one PostgreSQL, and the same event posted to both at once.

use base64::{Engine, engine::general_purpose::STANDARD};
use laurel_store::{Clock, SystemClock};
use laurel_testkit::{TestDatabase, run};
use ring::hmac;

use crate::aftermath::{events, handled, store};
use crate::child::{Answer, MASIVO, Server, bearer, exchange, webhook};
use crate::dose::dose;

/// The source whose sender signs.
const SIGNED: &str = "signed";
const SECRET: &[u8] = b"a secret of thirty-two bytes ...";

mod postgres {
    use super::run;

    #[test]
    fn an_event_posted_to_two_copies_at_once_is_one_event() {
        run(super::the_same_event_to_both());
    }

    #[test]
    fn a_signed_delivery_posted_to_two_copies_at_once_is_one_event() {
        run(super::the_same_delivery_to_both());
    }

    #[test]
    fn of_two_events_with_one_delivery_id_one_is_set_aside() {
        run(super::two_events_under_one_id());
    }
}

/// How many events are posted to both.
fn pairs() -> usize {
    dose("LAUREL_TEST_PAIRS", 50)
}

struct Copies {
    database: TestDatabase,
    one: Server,
    other: Server,
}

impl Copies {
    async fn start() -> Self {
        let database = TestDatabase::postgres().await;
        let signed = format!(
            r#"sources.{SIGNED}.auth = [{{ kind = "standard-webhooks", secrets = ["whsec_{}"] }}]"#,
            STANDARD.encode(SECRET)
        );
        let (one, other) = tokio::join!(
            Server::with(&database.url, "all", &signed),
            Server::with(&database.url, "all", &signed),
        );
        Self {
            database,
            one,
            other,
        }
    }

    /// Sends a request to each at the same time, and returns what they say, accepted first.
    async fn ask(&self, requests: [&[u8]; 2]) -> [(String, String); 2] {
        let (one, other) = tokio::join!(
            exchange(self.one.http, requests[0]),
            exchange(self.other.http, requests[1]),
        );
        let mut taken = [one, other].map(|answer| Answer::taken(&answer.expect("an answer")));
        taken.sort();
        taken
    }

    /// Waits until both have handled everything, and returns how often each event was delivered.
    async fn delivered(&self, source: &str) -> Vec<i64> {
        let store = store(&self.database.url).await;
        handled(&store).await;
        let events = events(&store, source).await;
        events.iter().map(|event| event.delivery_count).collect()
    }
}

fn body(number: usize) -> Vec<u8> {
    format!(r#"{{"event":"X","data":{{"customer_id":"c{number}"}}}}"#).into_bytes()
}

/// A request as the Standard Webhooks specification has it signed.
fn signed(delivery: &str, body: &[u8]) -> Vec<u8> {
    let time = SystemClock.now().micros() / 1_000_000;
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET);
    let content = [format!("{delivery}.{time}.").as_bytes(), body].concat();
    let signature = STANDARD.encode(hmac::sign(&key, &content));
    let headers = format!(
        "webhook-id: {delivery}\r\nwebhook-timestamp: {time}\r\nwebhook-signature: v1,{signature}\r\n"
    );
    webhook(SIGNED, &headers, body)
}

fn assert_one_event(answers: &[(String, String); 2]) {
    let [(first, id), (second, same)] = answers;
    assert_eq!((&**first, &**second), ("accepted", "duplicate"));
    assert_eq!(id, same);
}

async fn the_same_event_to_both() {
    let copies = Copies::start().await;
    for number in 0..pairs() {
        let request = webhook(MASIVO, &bearer(), &body(number));
        assert_one_event(&copies.ask([&request, &request]).await);
    }
    assert_eq!(copies.delivered(MASIVO).await, vec![2; pairs()]);
}

async fn the_same_delivery_to_both() {
    let copies = Copies::start().await;
    for number in 0..pairs() {
        let request = signed(&format!("msg_{number}"), &body(number));
        assert_one_event(&copies.ask([&request, &request]).await);
    }
    assert_eq!(copies.delivered(SIGNED).await, vec![2; pairs()]);
}

async fn two_events_under_one_id() {
    let copies = Copies::start().await;
    for number in 0..pairs() {
        let delivery = format!("msg_{number}");
        let requests = [2 * number, 2 * number + 1].map(|number| signed(&delivery, &body(number)));
        let [(first, id), (second, other)] =
            copies.ask(requests.each_ref().map(Vec::as_slice)).await;
        assert_eq!((&*first, &*second), ("accepted", "quarantined"));
        assert_ne!(id, other);
    }
    assert_eq!(copies.delivered(SIGNED).await, vec![1; 2 * pairs()]);
}
