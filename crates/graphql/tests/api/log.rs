//! The log of events, as operators see it.

use laurel_store::KeyScope;
use laurel_testkit::{TestDatabase, both_databases, fixture};
use serde_json::{Value, json};

use crate::client::{ANA, Api};

const EVENT: &str = r"query($id: ID!) { event(id: $id) {
    name kind source customerId state quarantineReason receivedAt occurredAt deliveryCount lastDeliveredAt body
    deliveries { subscriber state attempts dueAt deadAt lastError } } }";

async fn an_event_is_shown_with_its_body_and_its_repeats(database: TestDatabase) {
    let api = Api::with_story(database)
        .await
        .asked_by("masivo", &[KeyScope::Operate])
        .await;
    let body = fixture("02_customer_accumulation");
    api.app
        .database
        .clock
        .advance(std::time::Duration::from_mins(1));
    let id = api.app.database.append(&[body]).await[0].id;
    let told = api.ask(EVENT, json!({ "id": id })).await;
    let expected = json!({
        "name": "CUSTOMER_ACCUMULATION", "kind": "CUSTOMER_ACCUMULATION", "source": "masivo", "customerId": ANA,
        "state": "ACCEPTED", "quarantineReason": null, "receivedAt": "2026-03-01T12:00:00Z",
        "occurredAt": "2026-01-06T15:10:02.331Z", "deliveryCount": 2, "lastDeliveredAt": "2026-03-01T12:01:00Z",
        "body": String::from_utf8(body.to_vec()).unwrap(), "deliveries": [],
    });
    assert_eq!(told["event"], expected);
}

async fn a_quarantined_event_says_why_and_can_be_listed(database: TestDatabase) {
    let api = Api::with_story(database)
        .await
        .asked_by("masivo", &[KeyScope::Operate])
        .await;
    let body = br#"{"event":"CUSTOMER_ACCUMULATION","data":{"customer_id":"c","lines":[{"amount":1e300}]}}"#;
    let id = api.app.database.append(&[body]).await[0].id;
    let query = r"{ events(filter: { state: QUARANTINED }) { totalCount nodes { eventId state quarantineReason name } } }";
    let told = api.ask(query, Value::Null).await;
    let expected = json!({ "totalCount": 1, "nodes": [{
        "eventId": id.to_string(), "state": "QUARANTINED",
        "quarantineReason": "number_range at data.lines[0].amount", "name": "CUSTOMER_ACCUMULATION",
    }] });
    assert_eq!(told["events"], expected);
    let query = r#"{ events(filter: { state: ACCEPTED, name: "TIER_UPGRADE" }) { totalCount } }"#;
    assert_eq!(api.ask(query, Value::Null).await["events"]["totalCount"], 2);
    let query = r#"{ events(filter: { customerId: "c" }) { totalCount } }"#;
    assert_eq!(api.ask(query, Value::Null).await["events"]["totalCount"], 1);
}

async fn what_is_still_to_be_done_with_an_event_is_shown(database: TestDatabase) {
    let api = Api::with_story(database)
        .await
        .asked_by("masivo", &[KeyScope::Operate])
        .await;
    let id = api
        .app
        .database
        .append(&[br#"{"event":"COUPON_REDEMPTION","data":{"customer_id":"c"}}"#])
        .await[0]
        .id;
    let told = api.ask(EVENT, json!({ "id": id })).await;
    let waiting = json!([{ "subscriber": "history", "state": "PENDING", "attempts": 0,
        "dueAt": "2026-03-01T12:00:00Z", "deadAt": null, "lastError": null }]);
    assert_eq!(told["event"]["deliveries"], waiting);
}

both_databases!(
    an_event_is_shown_with_its_body_and_its_repeats,
    a_quarantined_event_says_why_and_can_be_listed,
    what_is_still_to_be_done_with_an_event_is_shown,
);
