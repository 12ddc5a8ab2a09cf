//! Customers whose id has changed.

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
    assert_eq!(of("anonymous").await, ana);
    assert_eq!(of(global.as_str().unwrap()).await, ana);

    let query =
        "query($id: ID!) { node(id: $id) { ... on HistoryEntry { customer { customerId } } } }";
    let told = api.ask(query, json!({ "id": entry })).await;
    assert_eq!(told["node"]["customer"]["customerId"], "ana");
}

async fn another_sources_alias_names_nobody(database: TestDatabase) {
    let api = api(database).await;
    api.receive(&[&accumulation("ana", "3", "2026-02-04T00:00:00Z")])
        .await;
    let told = api.ask(WHO, json!({ "id": "theirs" })).await;
    assert_eq!(told["customer"], Value::Null);
}

both_databases!(
    an_id_from_before_names_the_customer_under_the_id_of_now,
    another_sources_alias_names_nobody,
);
