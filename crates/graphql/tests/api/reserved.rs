//! What is reserved: now, and as of each entry.

use laurel_testkit::{TestDatabase, both_databases};
use serde_json::{Value, json};

use crate::client::{ANA, Api};

const RESERVED: &str = r"query($id: ID!) { customer(id: $id) {
    wallet { balances { reserved } }
    history(first: 100) { nodes { kind
      ... on Registration { balancesAfter { reward { name } reserved } }
      ... on Accumulation { balancesAfter { reward { name } reserved } }
      ... on Redemption { balancesAfter { reward { name } reserved } }
      ... on Reservation { balancesAfter { reward { name } reserved } }
      ... on ReservationCancellation { balancesAfter { reward { name } reserved } } } } } }";

/// What was reserved of a reward after each entry that tells of a balance of it, the oldest first.
fn of(told: &Value, reward: &str) -> Vec<String> {
    let entries = told["customer"]["history"]["nodes"].as_array().unwrap();
    let balances = entries
        .iter()
        .rev()
        .filter_map(|entry| entry["balancesAfter"].as_array());
    let balances = balances
        .flatten()
        .filter(|balance| balance["reward"]["name"] == reward);
    balances
        .map(|balance| balance["reserved"].as_str().unwrap().to_owned())
        .collect()
}

fn movement(event: &str, amount: &str, at: &str, ends: &str) -> Vec<u8> {
    format!(
        r#"{{"event":"{event}","data":{{"customer_id":"c","lines":[{{"amount":{amount},"reward_id":"points",
        "issued_at":"{at}","reservation_expires_at":{ends}}}],"wallet":{{"totals":[{{"total":100,
        "reward_id":"points","reward":{{"id":"points","name":"Points"}}}}]}}}}}}"#
    )
    .into_bytes()
}

async fn a_balance_after_an_entry_says_what_was_reserved_then(database: TestDatabase) {
    let api = Api::with_story(database).await;
    let told = api.ask(RESERVED, json!({ "id": ANA })).await;
    // Earned twice, 50 reserved, released, redeemed.
    assert_eq!(of(&told, "Points"), ["0", "0", "50", "0", "0"]);
    assert_eq!(of(&told, "Free coffee"), ["0", "0", "0"]);
}

async fn a_reservation_ends_by_itself_is_redeemed_in_part_and_never_falls_below_zero(
    database: TestDatabase,
) {
    let api = Api::new(database).await;
    let (first, second) = ("2026-02-10T00:00:00Z", "2026-02-12T00:00:00Z");
    let bodies = [
        movement(
            "REWARDS_RESERVATION",
            "50",
            first,
            "\"2026-02-11T00:00:00Z\"",
        ),
        // The first has ended by now.
        movement("REWARDS_RESERVATION", "0.3", second, "null"),
        movement("CUSTOMER_REDEMPTION", "0.1", second, "null"),
        movement("REWARDS_RESERVATION_CANCELLED", "7", second, "null"),
    ];
    api.receive(&bodies.each_ref().map(Vec::as_slice)).await;
    let told = api.ask(RESERVED, json!({ "id": "c" })).await;
    assert_eq!(of(&told, "Points"), ["50", "0.3", "0.2", "0"]);
    assert_eq!(
        told["customer"]["wallet"]["balances"],
        json!([{ "reserved": "0" }])
    );
}

async fn what_was_reserved_is_read_at_once_and_only_where_it_is_asked_for(database: TestDatabase) {
    let api = Api::with_story(database).await;
    let statements = async |field: &str| {
        let query = format!(
            "query($id: ID!) {{ customer(id: $id) {{ history {{ nodes {{
             ... on Accumulation {{ balancesAfter {{ {field} }} }}
             ... on Reservation {{ balancesAfter {{ {field} }} }} }} }} }} }}"
        );
        let before = api.app.database.store.statements();
        api.ask(&query, json!({ "id": ANA })).await;
        api.app.database.store.statements() - before
    };
    let without = statements("total").await;
    assert_eq!(statements("total reserved").await, without + 1);
}

async fn what_became_of_a_reservation_adds_up(database: TestDatabase) {
    let api = Api::new(database).await;
    let (at, ended) = ("2026-02-12T00:00:00Z", "\"2026-02-13T00:00:00Z\"");
    let bodies = [
        movement("REWARDS_RESERVATION", "10", at, ended),
        movement("CUSTOMER_REDEMPTION", "3", at, "null"),
        movement("REWARDS_RESERVATION_CANCELLED", "2.5", at, "null"),
        // Of another issue time: open still.
        movement("REWARDS_RESERVATION", "7", "2026-02-14T00:00:00Z", "null"),
    ];
    api.receive(&bodies.each_ref().map(Vec::as_slice)).await;
    let query = r#"{ customer(id: "c") { history(filter: { kinds: [REWARDS_RESERVATION] }) { nodes { ... on Reservation {
        outcomes { reward { id } reserved redeemed released expired open endsAt } } } } } }"#;
    let told = api.ask(query, Value::Null).await;
    let outcome = |parts: [&str; 5], ends: Value| {
        let [reserved, redeemed, released, expired, open] = parts;
        json!({ "outcomes": [{ "reward": { "id": "points" }, "reserved": reserved, "redeemed": redeemed,
            "released": released, "expired": expired, "open": open, "endsAt": ends }] })
    };
    let first = outcome(
        ["10", "3", "2.5", "4.5", "0"],
        json!("2026-02-13T00:00:00Z"),
    );
    let second = outcome(["7", "0", "0", "0", "7"], Value::Null);
    assert_eq!(told["customer"]["history"]["nodes"], json!([second, first]));
}

both_databases!(
    what_became_of_a_reservation_adds_up,
    a_balance_after_an_entry_says_what_was_reserved_then,
    a_reservation_ends_by_itself_is_redeemed_in_part_and_never_falls_below_zero,
    what_was_reserved_is_read_at_once_and_only_where_it_is_asked_for,
);
