//! What a wallet is about to lose.

use laurel_testkit::{TestDatabase, both_databases};
use serde_json::{Value, json};

use crate::client::{ANA, Api};

const EXPIRING: &str = r"query($id: ID!, $before: DateTime!) { customer(id: $id) { wallet {
    expiring(before: $before) { reward { id } amount expiresAt } } } }";

async fn what_will_expire_is_told_by_date_and_reward(database: TestDatabase) {
    let api = Api::new(database).await;
    let line = |amount: &str, reward: &str, at: &str| {
        format!(r#"{{"amount":{amount},"reward_id":{reward},"expiration_date":{at}}}"#)
    };
    let (soon, later) = (r#""2026-04-01T00:00:00Z""#, r#""2026-05-01T00:00:00Z""#);
    let lines = [
        line("5", r#""points""#, later),
        line("0.1", r#""points""#, soon),
        line("0.2", r#""points""#, soon),
        line("1", r#""coffee""#, soon),
        // Gone already, without an end, of nothing, without an amount.
        line("7", r#""points""#, r#""2026-02-01T00:00:00Z""#),
        line("7", r#""points""#, "null"),
        line("7", "null", soon),
        line("null", r#""points""#, soon),
    ]
    .join(",");
    let body = format!(
        r#"{{"event":"CUSTOMER_ACCUMULATION","data":{{"customer_id":"c","wallet":{{"lines":[{lines}]}}}}}}"#
    );
    api.receive(&[body.as_bytes()]).await;
    let of = async |before: &str| {
        let told = api
            .ask(EXPIRING, json!({ "id": "c", "before": before }))
            .await;
        told["customer"]["wallet"]["expiring"].clone()
    };
    let amount = |reward: &str, amount: &str, at: &str| json!({ "reward": { "id": reward }, "amount": amount, "expiresAt": at });
    let first = [
        amount("coffee", "1", "2026-04-01T00:00:00Z"),
        amount("points", "0.3", "2026-04-01T00:00:00Z"),
    ];
    let second = amount("points", "5", "2026-05-01T00:00:00Z");
    assert_eq!(of("2026-05-01T00:00:00Z").await, json!(first));
    let [coffee, points] = &first;
    assert_eq!(
        of("2026-05-01T00:00:01Z").await,
        json!([coffee, points, second])
    );
    assert_eq!(of("2026-04-01T00:00:00Z").await, json!([]));
}

async fn the_story_ends_with_points_that_expire_next_year(database: TestDatabase) {
    let api = Api::with_story(database).await;
    let variables = json!({ "id": ANA, "before": "2027-02-01T00:00:00Z" });
    let told = api.ask(EXPIRING, variables).await;
    let points = json!([{ "reward": { "id": "8f26a2be-f922-4693-a273-9d7ab317024c" },
        "amount": "127.6", "expiresAt": "2027-01-06T00:00:00Z" }]);
    assert_eq!(told["customer"]["wallet"]["expiring"], points);
}

async fn no_wallet_has_nothing_to_lose(database: TestDatabase) {
    let api = Api::new(database).await;
    api.receive(&[br#"{"event":"COUPON_REDEMPTION","data":{"customer_id":"c"}}"#])
        .await;
    let variables = json!({ "id": "c", "before": "2027-02-01T00:00:00Z" });
    assert_eq!(
        api.ask(EXPIRING, variables).await["customer"]["wallet"],
        Value::Null
    );
}

both_databases!(
    what_will_expire_is_told_by_date_and_reward,
    the_story_ends_with_points_that_expire_next_year,
    no_wallet_has_nothing_to_lose,
);
