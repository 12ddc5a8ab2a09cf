//! Events to append: bodies, and what intake makes of them.

use std::time::Duration;

use laurel_payloads::{Timestamp, read};
use laurel_store::{NewEvent, Source};
use laurel_testkit::TestDatabase;

/// The window within which equal content is the same event.
pub(crate) const WINDOW: Duration = Duration::from_hours(24);

/// A purchase of `customer`, told apart from any other by its number.
pub(crate) fn coupon(customer: &str, number: usize) -> Vec<u8> {
    let body = format!(
        r#"{{"event":"COUPON_REDEMPTION","data":{{"customer_id":"{customer}","code":"C-{number}"}}}}"#
    );
    body.into_bytes()
}

/// An upgrade of `customer`, told apart from any other by its number.
pub(crate) fn upgrade(customer: &str, number: usize) -> Vec<u8> {
    let body = format!(
        r#"{{"event":"TIER_UPGRADE","data":{{"customer_id":"{customer}","from_tier_id":"t{number}","to_tier_id":"t{}"}}}}"#,
        number + 1
    );
    body.into_bytes()
}

/// A name for a source.
pub(crate) fn source(name: &str) -> Source {
    Source::new(name).expect("a source's name")
}

/// What intake makes of a body that is received now by the source that tests post to.
pub(crate) fn event(database: &TestDatabase, body: &[u8]) -> NewEvent {
    let now = database.store.clock().now();
    event_of(&database.source(), body, now)
}

/// What intake makes of a body.
pub(crate) fn event_of(source: &Source, body: &[u8], received_at: Timestamp) -> NewEvent {
    let reading = read(body).expect("a JSON object");
    NewEvent::new(source.clone(), body.to_vec(), reading, received_at, WINDOW)
}
