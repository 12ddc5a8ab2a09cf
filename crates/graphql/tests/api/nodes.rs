//! Global ids.

use laurel_store::KeyScope;
use laurel_testkit::{TestDatabase, both_databases};
use serde_json::{Value, json};

use crate::client::{ANA, Api};

const IDS: &str = r"query($id: ID!) { customer(id: $id) { id history { nodes { id kind } } } }";

async fn a_node_is_found_by_its_global_id(database: TestDatabase) {
    let api = Api::with_story(database).await;
    let told = api.ask(IDS, json!({ "id": ANA })).await;
    let customer = &told["customer"]["id"];
    let query = r"query($id: ID!) { node(id: $id) { __typename id ... on HistoryEntry { kind } } customer(id: $id) { id } }";
    let found = api.ask(query, json!({ "id": customer })).await;
    assert_eq!(
        found["node"],
        json!({ "__typename": "Customer", "id": customer })
    );
    assert_eq!(found["customer"]["id"], *customer, "by global id, too");
    for entry in told["customer"]["history"]["nodes"].as_array().unwrap() {
        let found = api.ask(query, json!({ "id": entry["id"] })).await;
        assert_eq!(found["node"]["id"], entry["id"]);
        assert_eq!(found["node"]["kind"], entry["kind"]);
    }
}

async fn several_nodes_come_in_the_order_of_their_ids(database: TestDatabase) {
    let api = Api::with_story(database).await;
    let told = api.ask(IDS, json!({ "id": ANA })).await;
    let entry = |n: usize| told["customer"]["history"]["nodes"][n]["id"].clone();
    let ids = json!([
        entry(2),
        "unknown",
        told["customer"]["id"],
        entry(0),
        entry(2)
    ]);
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    let found = api.ask(query, json!({ "ids": ids })).await;
    let found: Vec<&Value> = found["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| &node["id"])
        .collect();
    assert_eq!(
        json!(found),
        json!([entry(2), null, told["customer"]["id"], entry(0), entry(2)])
    );
    let many: Vec<&str> = vec!["x"; 101];
    assert_eq!(
        api.codes(query, json!({ "ids": many })).await,
        ["BAD_USER_INPUT"]
    );
}

async fn another_sources_things_are_unknown_ones(database: TestDatabase) {
    let api = Api::with_story(database)
        .await
        .asked_by("masivo", &[KeyScope::Operate])
        .await;
    let told = api.ask(IDS, json!({ "id": ANA })).await;
    let query = "{ events(first: 1) { nodes { id eventId } edges { cursor } } }";
    let log = api.ask(query, Value::Null).await;
    let mut ids = vec![
        json!(ANA),
        told["customer"]["id"].clone(),
        log["events"]["nodes"][0]["id"].clone(),
    ];
    ids.push(log["events"]["nodes"][0]["eventId"].clone());
    ids.push(told["customer"]["history"]["nodes"][0]["id"].clone());

    let stranger = api.asked_by("another", &[KeyScope::Admin]).await;
    let query = "query($id: ID!) { customer(id: $id) { id } node(id: $id) { id } nodes(ids: [$id]) { id } event(id: $id) { id } }";
    let unknown = stranger.answer(query, json!({ "id": "unknown" })).await;
    assert_eq!(
        unknown["data"],
        json!({ "customer": null, "node": null, "nodes": [null], "event": null })
    );
    for id in ids {
        assert_eq!(
            stranger.answer(query, json!({ "id": id })).await,
            unknown,
            "{id}"
        );
    }
    let nothing = stranger.ask("{ customers { totalCount nodes { id } } events { totalCount } tiers { id } rewards { id } }", Value::Null).await;
    let expected = json!({
        "customers": { "totalCount": 0, "nodes": [] }, "events": { "totalCount": 0 }, "tiers": [], "rewards": [],
    });
    assert_eq!(nothing, expected);
    let cursor = log["events"]["edges"][0]["cursor"].clone();
    for query in [
        "query($c: String) { events(after: $c) { nodes { id } } }",
        "query($c: String) { events(before: $c) { nodes { id } } }",
    ] {
        let codes = stranger.codes(query, json!({ "c": cursor })).await;
        assert_eq!(codes, ["BAD_USER_INPUT"], "as any text that is no cursor");
    }
}

async fn the_same_customer_id_at_two_sources_is_two_customers(database: TestDatabase) {
    let api = Api::with_story(database).await;
    let body = br#"{"event":"COUPON_REDEMPTION","data":{"customer_id":"ana-0042","code":"OTHER"}}"#;
    api.receive_as("another", &[body]).await;
    let query = r"query($id: ID!) { customer(id: $id) { name history { totalCount } tierChanges { totalCount } wallet { asOf } } }";
    let api = api.asked_by("another", &[KeyScope::Read]).await;
    let told = api.ask(query, json!({ "id": ANA })).await;
    let expected = json!({ "name": null, "history": { "totalCount": 1 }, "tierChanges": { "totalCount": 0 }, "wallet": null });
    assert_eq!(told["customer"], expected);
}

async fn a_brands_id_that_looks_like_a_global_one_is_the_brands(database: TestDatabase) {
    let api = Api::with_story(database).await;
    let told = api.ask(IDS, json!({ "id": ANA })).await;
    let id = told["customer"]["id"].as_str().unwrap();
    let body =
        format!(r#"{{"event":"COUPON_REDEMPTION","data":{{"customer_id":"{id}","code":"X"}}}}"#);
    api.receive(&[body.as_bytes()]).await;
    let told = api
        .ask(
            "query($id: ID!) { customer(id: $id) { customerId } }",
            json!({ "id": id }),
        )
        .await;
    assert_eq!(told["customer"]["customerId"], id);
}

both_databases!(
    a_node_is_found_by_its_global_id,
    several_nodes_come_in_the_order_of_their_ids,
    another_sources_things_are_unknown_ones,
    the_same_customer_id_at_two_sources_is_two_customers,
    a_brands_id_that_looks_like_a_global_one_is_the_brands,
);
