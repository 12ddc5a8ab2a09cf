//! Where wallets differ by more than what moved.

use laurel_testkit::{TestDatabase, both_databases};
use serde_json::{Value, json};

use crate::client::Api;

fn movement(event: &str, amount: &str, total: &str, at: &str) -> Vec<u8> {
    format!(
        r#"{{"event":"{event}","data":{{"customer_id":"c","lines":[{{"amount":{amount},"reward_id":"points",
        "issued_at":"{at}"}}],"wallet":{{"totals":[{{"total":{total},"reward_id":"points"}}]}}}}}}"#
    )
    .into_bytes()
}

fn earned(amount: &str, total: &str, at: &str) -> Vec<u8> {
    movement("CUSTOMER_ACCUMULATION", amount, total, at)
}

async fn unexplained(api: &Api, from: Option<&str>, to: Option<&str>) -> Value {
    let query = r#"query($from: DateTime, $to: DateTime) { customer(id: "c") { wallet {
        unexplained(from: $from, to: $to) { reward { id } from to amount } } } }"#;
    let told = api.ask(query, json!({ "from": from, "to": to })).await;
    told["customer"]["wallet"]["unexplained"].clone()
}

fn difference(from: &str, to: &str, amount: &str) -> Value {
    json!({ "reward": { "id": "points" }, "from": from, "to": to, "amount": amount })
}

const DAYS: [&str; 4] = [
    "2026-02-01T00:00:00Z",
    "2026-02-02T00:00:00Z",
    "2026-02-03T00:00:00Z",
    "2026-02-04T00:00:00Z",
];

async fn what_expired_without_a_webhook_is_told_and_what_moved_is_not(database: TestDatabase) {
    let api = Api::new(database).await;
    let bodies = [
        earned("10", "10", DAYS[0]),
        movement("CUSTOMER_REDEMPTION", "3", "7", DAYS[1]),
        // Four have gone.
        earned("0.5", "3.5", DAYS[2]),
        earned("1", "4.5", DAYS[3]),
    ];
    api.receive(&bodies.each_ref().map(Vec::as_slice)).await;
    let gone = difference(DAYS[1], DAYS[2], "-4");
    assert_eq!(unexplained(&api, None, None).await, json!([gone]));
    assert_eq!(
        unexplained(&api, Some(DAYS[1]), Some(DAYS[3])).await,
        json!([gone])
    );
    assert_eq!(unexplained(&api, Some(DAYS[2]), None).await, json!([]));
    assert_eq!(unexplained(&api, None, Some(DAYS[2])).await, json!([]));
}

async fn an_event_that_cannot_be_read_may_be_what_is_missing(database: TestDatabase) {
    let api = Api::new(database).await;
    let unreadable =
        br#"{"event":"CUSTOMER_REDEMPTION","data":{"customer_id":"c","lines":[{"amount":1e300}]}}"#;
    api.receive(&[
        &earned("10", "10", DAYS[0]),
        unreadable,
        &earned("1", "7", DAYS[1]),
    ])
    .await;
    assert_eq!(unexplained(&api, None, None).await, json!([]));
}

async fn what_is_reserved_is_not_missing(database: TestDatabase) {
    let api = Api::new(database).await;
    let bodies = [
        earned("10", "10", DAYS[0]),
        movement("REWARDS_RESERVATION", "4", "6", DAYS[1]),
        earned("1", "7", DAYS[2]),
    ];
    api.receive(&bodies.each_ref().map(Vec::as_slice)).await;
    assert_eq!(unexplained(&api, None, None).await, json!([]));
}

both_databases!(
    what_expired_without_a_webhook_is_told_and_what_moved_is_not,
    an_event_that_cannot_be_read_may_be_what_is_missing,
    what_is_reserved_is_not_missing,
);
