//! How many SQL statements an answer takes: a number that does not grow with its rows.

use std::time::Duration;

use laurel_testkit::{TestDatabase, both_databases};
use serde_json::{Value, json};

use crate::client::{ANA, Api, accumulation};

/// The statements of one query. Its key was looked up a moment ago; without that it is one more.
async fn statements(api: &Api, query: &str, variables: Value) -> u64 {
    let before = api.app.database.store.statements();
    api.ask(query, variables).await;
    api.app.database.store.statements() - before
}

const PAGE: &str = r"
query Page($id: ID!, $first: Int!) {
  customer(id: $id) {
    name
    tier { tier { name } previousTier { name } }
    wallet { balances { reward { name } total reserved } }
    tierChanges(first: $first) { nodes { from { name } to { name } } }
    history(first: $first) {
      pageInfo { hasNextPage }
      nodes {
        id kind customer { name }
        ... on Accumulation { lines { reward { name type } amount } balancesAfter { reward { name } total } }
        ... on Redemption { lines { reward { name type } amount } balancesAfter { reward { name } total } }
        ... on BehaviorEventFulfilled { behaviorEvent { type data } }
        ... on BehaviorEventFailed { behaviorEvent { type result } }
        ... on CouponRedemption { code }
        ... on TierChange { from { name } to { name } }
      }
    }
  }
}";

async fn a_page_of_twenty_mixed_entries_takes_as_many_statements_as_a_page_of_two(
    database: TestDatabase,
) {
    let api = Api::with_story(database).await;
    let more: Vec<Vec<u8>> = (1..=30)
        .map(|n| accumulation(ANA, &n.to_string(), "2026-02-03T00:00:00Z"))
        .collect();
    api.receive(&more.iter().map(Vec::as_slice).collect::<Vec<_>>())
        .await;
    let of = async |first: u32| statements(&api, PAGE, json!({ "id": ANA, "first": first })).await;
    // The customer and what they hold; the entries and their events; the tier changes; and, where no request shortly
    // before has read them, the names of rewards and tiers.
    assert_eq!(of(2).await, 4);
    for first in [2, 20, 40, 100] {
        assert_eq!(of(first).await, 3, "{first}");
    }
    // At the very first all are five.
    api.app.database.clock.advance(Duration::from_secs(3));
    assert_eq!(of(20).await, 5);
}

async fn a_name_that_was_just_learnt_is_told_by_the_next_answer(database: TestDatabase) {
    let api = Api::new(database).await;
    let named = |name: &str, amount: u8| {
        format!(
            r#"{{"event":"CUSTOMER_ACCUMULATION","data":{{"customer_id":"c","wallet":{{"totals":[{{"total":{amount},
            "reward_id":"points","reward":{{"id":"points","name":"{name}"}}}}]}}}}}}"#
        )
    };
    let query = r#"{ customer(id: "c") { wallet { balances { reward { name } } } } }"#;
    for (name, amount) in [("Points", 1), ("Beans", 2)] {
        api.receive(&[named(name, amount).as_bytes()]).await;
        let told = api.ask(query, Value::Null).await;
        let told = &told["customer"]["wallet"]["balances"][0]["reward"]["name"];
        assert_eq!(told, name);
    }
}

async fn a_page_of_customers_reads_their_wallets_and_tiers_together(database: TestDatabase) {
    let api = Api::with_story(database).await;
    let more: Vec<Vec<u8>> = (1..=30)
        .map(|n| accumulation(&format!("c{n}"), "1", "2026-02-03T00:00:00Z"))
        .collect();
    api.receive(&more.iter().map(Vec::as_slice).collect::<Vec<_>>())
        .await;
    let query =
        "query($first: Int) { customers(first: $first) { nodes { name tier { tier { name } }
        wallet { balances { total reward { name } } } } } }";
    let of = async |first: u32| statements(&api, query, json!({ "first": first })).await;
    // The first reads the names, too.
    of(2).await;
    assert_eq!((of(2).await, of(30).await), (2, 2));
}

async fn the_total_is_counted_only_where_it_is_asked_for(database: TestDatabase) {
    let api = Api::with_story(database).await;
    let without = statements(&api, "{ customers { nodes { id } } }", Value::Null).await;
    let with = statements(
        &api,
        "{ customers { nodes { id } totalCount } }",
        Value::Null,
    )
    .await;
    assert_eq!((without, with), (2, 3));
}

async fn ids_alone_need_no_more_than_the_rows_that_hold_them(database: TestDatabase) {
    let api = Api::with_story(database).await;
    let query =
        "query($id: ID!) { customer(id: $id) { history { nodes { id kind occurredAt } } } }";
    assert_eq!(statements(&api, query, json!({ "id": ANA })).await, 2);
}

async fn nodes_of_one_type_are_looked_up_together(database: TestDatabase) {
    let api = Api::with_story(database).await;
    let query = "query($id: ID!) { customer(id: $id) { history { nodes { id } } } }";
    let told = api.ask(query, json!({ "id": ANA })).await;
    let entries = told["customer"]["history"]["nodes"].as_array().unwrap();
    let ids: Vec<&Value> = entries.iter().map(|node| &node["id"]).collect();
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    assert_eq!(statements(&api, query, json!({ "ids": ids })).await, 1);
}

both_databases!(
    a_name_that_was_just_learnt_is_told_by_the_next_answer,
    a_page_of_twenty_mixed_entries_takes_as_many_statements_as_a_page_of_two,
    a_page_of_customers_reads_their_wallets_and_tiers_together,
    the_total_is_counted_only_where_it_is_asked_for,
    nodes_of_one_type_are_looked_up_together,
    ids_alone_need_no_more_than_the_rows_that_hold_them,
);
