//! Customers whose id has changed.

use std::time::Duration;

use laurel_testkit::{TestDatabase, both_databases};
use serde_json::{Value, json};

use crate::client::{Api, accumulation};

const WHO: &str = r"query($id: ID!) { customer(id: $id) { id customerId
    wallet { balances { total } } history { totalCount nodes { id customer { customerId } } } } }";

async fn api(database: TestDatabase) -> Api {
    let api = Api::new(database).await;
    api.app
        .database
        .execute(
            "INSERT INTO customer_aliases (source, alias_id, customer_id, created_at) \
             VALUES ('masivo', 'anonymous', 'ana', 0), ('other', 'theirs', 'ana', 0)",
        )
        .await;
    api
}

async fn an_id_from_before_names_the_customer_under_the_id_of_now(database: TestDatabase) {
    let api = api(database).await;
    let (before, now) = (
        accumulation("anonymous", "1", "2026-02-03T00:00:00Z"),
        accumulation("ana", "3", "2026-02-04T00:00:00Z"),
    );
    api.receive(&[&before]).await;
    let of = async |id: &str| api.ask(WHO, json!({ "id": id })).await["customer"].clone();
    let alone = of("anonymous").await;
    assert_eq!(alone["customerId"], "anonymous", "nobody else is there yet");
    let (global, entry) = (&alone["id"], &alone["history"]["nodes"][0]["id"]);

    api.receive(&[&now]).await;
    let ana = of("ana").await;
    assert_eq!(ana["customerId"], "ana");
    assert_eq!(ana["wallet"]["balances"], json!([{ "total": "3" }]));
    assert_eq!(
        ana["history"]["totalCount"], 2,
        "what happened under both ids"
    );
    assert_eq!(&ana["history"]["nodes"][1]["id"], entry);
    assert_eq!(of("anonymous").await, ana);
    assert_eq!(of(global.as_str().unwrap()).await, ana);

    let query =
        "query($id: ID!) { node(id: $id) { ... on HistoryEntry { customer { customerId } } } }";
    let told = api.ask(query, json!({ "id": entry })).await;
    assert_eq!(told["node"]["customer"]["customerId"], "ana");
}

fn upgrade(customer: &str, from: &str, to: &str) -> Vec<u8> {
    format!(
        r#"{{"event":"TIER_UPGRADE","data":{{"customer_id":"{customer}","from_tier_id":"{from}","to_tier_id":"{to}"}}}}"#
    )
    .into_bytes()
}

async fn what_happened_under_an_id_from_before_is_part_of_the_history(database: TestDatabase) {
    let api = api(database).await;
    let days = ["2026-02-03", "2026-02-04", "2026-02-05", "2026-02-06"];
    for (number, (who, day)) in ["anonymous", "ana", "anonymous", "ana"]
        .iter()
        .zip(days)
        .enumerate()
    {
        let body = accumulation(who, &format!("{}", number + 1), &format!("{day}T00:00:00Z"));
        api.receive(&[&body]).await;
    }
    api.receive(&[
        &upgrade("anonymous", "a", "b"),
        &accumulation("bob", "9", "2026-02-03T00:00:00Z"),
    ])
    .await;
    api.app.database.clock.advance(Duration::from_mins(1));

    let query = r#"query($after: String, $last: Int, $first: Int) { customer(id: "ana") {
        tier { tier { id } } tierChanges { totalCount nodes { to { id } } }
        notifications { totalCount nodes { state } }
        summary(groupBy: YEAR) { earned entries }
        history(first: $first, last: $last, after: $after, filter: { rewardId: "points" }) {
          totalCount pageInfo { endCursor hasNextPage }
          nodes { customer { customerId } ... on Accumulation { lines { amount } } } } } }"#;
    let first = api.ask(query, json!({ "first": 3 })).await["customer"].clone();
    let amounts = |told: &Value| -> Vec<String> {
        let nodes = told["history"]["nodes"].as_array().unwrap().clone();
        assert!(
            nodes
                .iter()
                .all(|node| node["customer"]["customerId"] == "ana")
        );
        let amounts = nodes.iter().map(|node| node["lines"][0]["amount"].as_str());
        amounts.map(|amount| amount.unwrap().to_owned()).collect()
    };
    assert_eq!(amounts(&first), ["4", "3", "2"]);
    assert_eq!(first["history"]["totalCount"], 4);
    assert_eq!(first["summary"], json!([{ "earned": "10", "entries": 4 }]));
    assert_eq!(
        first["tierChanges"],
        json!({ "totalCount": 1, "nodes": [{ "to": { "id": "b" } }] })
    );
    assert_eq!(first["notifications"]["totalCount"], 1);
    assert_eq!(
        first["tier"]["tier"]["id"], "b",
        "nothing is known of it under the new id"
    );
    let after = &first["history"]["pageInfo"]["endCursor"];
    let rest = api.ask(query, json!({ "first": 3, "after": after })).await["customer"].clone();
    assert_eq!(amounts(&rest), ["1"]);
    let last = api.ask(query, json!({ "last": 2 })).await["customer"].clone();
    assert_eq!(amounts(&last), ["2", "1"]);

    let all = api
        .ask(
            "{ customers { totalCount nodes { customerId } } }",
            Value::Null,
        )
        .await;
    let ids = json!([{ "customerId": "bob" }, { "customerId": "ana" }]);
    assert_eq!(all["customers"], json!({ "totalCount": 2, "nodes": ids }));
}

async fn another_sources_alias_names_nobody(database: TestDatabase) {
    let api = api(database).await;
    api.receive(&[&accumulation("ana", "3", "2026-02-04T00:00:00Z")])
        .await;
    let told = api.ask(WHO, json!({ "id": "theirs" })).await;
    assert_eq!(told["customer"], Value::Null);
}

both_databases!(
    what_happened_under_an_id_from_before_is_part_of_the_history,
    an_id_from_before_names_the_customer_under_the_id_of_now,
    another_sources_alias_names_nobody,
);
