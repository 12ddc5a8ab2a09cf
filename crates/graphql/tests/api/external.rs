//! Movements that an extension appended, as the API shows them.

use laurel_payloads::{External, Line, Timestamp};
use laurel_store::NewEvent;
use laurel_testkit::{TestDatabase, both_databases};
use serde_json::json;

use crate::client::{Api, accumulation};

both_databases!(an_external_movement_shows_its_name_its_signed_lines_and_counts_in_the_summary);

const HISTORY: &str = r#"{ customer(id: "c") {
    history(first: 5, filter: { kinds: [EXTERNAL] }) { totalCount nodes { kind occurredAt
        ... on ExternalMovement { name lines { reward { id } amount brandId expiresAt } } } }
    summary(groupBy: YEAR) { start earned redeemed entries } } }"#;

async fn an_external_movement_shows_its_name_its_signed_lines_and_counts_in_the_summary(
    database: TestDatabase,
) {
    let api = Api::new(database).await;
    api.receive(&[&accumulation("c", "12.5", "2026-02-01T00:00:00Z")])
        .await;
    let mut expired = External::new(
        "c".parse().unwrap(),
        "test:1".parse().unwrap(),
        "EXPIRATION",
    );
    expired.occurred_at = Timestamp::parse_rfc3339("2025-05-01T00:00:00Z");
    expired.lines.push(Line {
        reward_id: Some("points".parse().unwrap()),
        amount: Some("-2.5".parse().unwrap()),
        brand_id: Some("cafe".parse().unwrap()),
        ..Line::default()
    });
    let database = &api.app.database;
    let now = database.store.clock().now();
    let event = NewEvent::external(database.source(), &expired, now).unwrap();
    database.store.append(&[event]).await.unwrap();
    api.app.settle().await;

    let told = api.ask(HISTORY, json!({})).await["customer"].take();
    assert_eq!(
        told["history"],
        json!({ "totalCount": 1, "nodes": [{ "kind": "EXTERNAL", "occurredAt": "2025-05-01T00:00:00Z",
            "name": "EXPIRATION", "lines": [{ "reward": { "id": "points" }, "amount": "-2.5",
            "brandId": "cafe", "expiresAt": null }] }] })
    );
    assert_eq!(
        told["summary"],
        json!([
            { "start": "2025-05-01T00:00:00Z", "earned": "0", "redeemed": "2.5", "entries": 1 },
            { "start": "2026-01-01T00:00:00Z", "earned": "12.5", "redeemed": "0", "entries": 1 },
        ]),
        "from the oldest movement on, an external one included"
    );
}
