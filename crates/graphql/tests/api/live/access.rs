//! Who may follow, and for how long.

use std::time::Duration;

use axum::http::StatusCode;
use laurel_graphql::{Settings, Sockets, TrustedDocuments};
use laurel_store::KeyScope;
use laurel_testkit::{TestDatabase, both_databases};
use serde_json::json;

use super::socket::Server;
use crate::client::{ANA, Api, accumulation};

both_databases!(
    who_has_no_key_or_a_wrong_one_follows_nothing,
    a_key_may_come_with_the_handshake,
    a_key_that_is_revoked_ends_its_connections,
    whom_nobody_has_told_of_can_be_followed_already,
    a_customers_token_follows_that_customer_and_nobody_else,
    a_customers_token_ends_its_connections,
    where_documents_are_stored_a_customer_subscribes_to_those_only,
);

const ADDED: &str =
    "subscription($id: ID) { historyEntryAdded(customerId: $id, after: \"ZjAlswNzh3MfD0\") {
    cursor node { customer { customerId } } } }";

async fn who_has_no_key_or_a_wrong_one_follows_nothing(database: TestDatabase) {
    let api = Api::new(database).await;
    let server = Server::of(&api).await;
    for payload in [
        json!(null),
        json!({}),
        json!({ "Authorization": "" }),
        json!({ "Authorization": 7 }),
        json!({ "Authorization": api.key }),
        json!({ "Authorization": format!("Bearer {}0", api.key) }),
        json!({ "Authorization": "Bearer a\nb" }),
    ] {
        let mut socket = server.socket().await;
        socket
            .send(json!({ "type": "connection_init", "payload": payload }))
            .await;
        assert_eq!(socket.closed().await, 4403, "{payload}");
    }
    let shaken = server
        .shake(Some("graphql-transport-ws"), Some("wrong"))
        .await;
    assert_eq!(shaken.err(), Some(StatusCode::UNAUTHORIZED));
}

async fn a_key_may_come_with_the_handshake(database: TestDatabase) {
    let api = Api::new(database).await;
    let server = Server::of(&api).await;
    let shaken = server
        .shake(Some("graphql-transport-ws"), Some(&api.key))
        .await;
    let mut socket = shaken.expect("a socket");
    socket.send(json!({ "type": "connection_init" })).await;
    assert_eq!(socket.next().await["type"], "connection_ack");
    // What the first message says counts for more.
    let shaken = server
        .shake(Some("graphql-transport-ws"), Some(&api.key))
        .await;
    let mut socket = shaken.expect("a socket");
    socket.init("wrong").await;
    assert_eq!(socket.closed().await, 4403);
}

async fn a_key_that_is_revoked_ends_its_connections(database: TestDatabase) {
    let settings = Settings {
        sockets: Sockets {
            recheck_every: Duration::from_millis(100),
            ..Sockets::default()
        },
        ..Settings::default()
    };
    let api = Api::with(database, settings).await;
    let server = Server::of(&api).await;
    let mut socket = server.opened(&api.key).await;
    let query = "subscription { historyEntryAdded(after: \"ZjAlswNzh3MfD0\") { cursor } }";
    socket.subscribe("a", query, json!({})).await;
    let body = accumulation(ANA, "1", "2026-02-03T00:00:00Z");
    api.receive(&[&body]).await;
    socket.update("historyEntryAdded").await;
    let store = &api.app.database.store;
    for key in store.api_keys(None).await.unwrap() {
        store.revoke_api_key(key.id).await.unwrap();
    }
    assert_eq!(socket.closed().await, 4403);
}

async fn whom_nobody_has_told_of_can_be_followed_already(database: TestDatabase) {
    let api = Api::new(database).await;
    let server = Server::of(&api).await;
    let mut socket = server.opened(&api.key).await;
    let statements = || api.app.database.store.statements();
    let before = statements();
    let query = "subscription { historyEntryAdded(customerId: \"nobody\") { cursor } }";
    socket.subscribe("a", query, json!({})).await;
    let body = accumulation("nobody", "1", "2026-02-03T00:00:00Z");
    while statements() < before + 3 {
        tokio::task::yield_now().await;
    }
    api.receive(&[&body]).await;
    socket.update("historyEntryAdded").await;
}

async fn a_customers_token_follows_that_customer_and_nobody_else(database: TestDatabase) {
    let api = Api::new(database).await;
    let api = api.asked_by("masivo", &[KeyScope::Admin]).await;
    let server = Server::of(&api).await;
    let earn = async |customer: &str, amount: &str| {
        let body = accumulation(customer, amount, "2026-02-03T00:00:00Z");
        api.receive(&[&body]).await;
    };
    earn("bo", "1").await;
    earn(ANA, "2").await;
    let token = api.token(ANA).await;
    let query = "query($id: ID!) { customer(id: $id) { id } }";
    let bo = api.ask(query, json!({ "id": "bo" })).await;
    let mut socket = server.opened(&token).await;
    // Others, by either id, and an unknown one: nothing, not even an error.
    let others = [json!("bo"), bo["customer"]["id"].clone(), json!("nobody")];
    for (number, id) in others.iter().enumerate() {
        let name = format!("other {number}");
        socket.subscribe(&name, ADDED, json!({ "id": id })).await;
    }
    socket.subscribe("own", ADDED, json!({ "id": ANA })).await;
    socket.subscribe("all", ADDED, json!({})).await;
    let tiers = "subscription { tierChanged(after: \"ZjAlswNzh3MfD0\") { node { customer { customerId } } } }";
    socket.subscribe("tiers", tiers, json!({})).await;
    earn("bo", "3").await;
    earn("nobody", "4").await;
    earn(ANA, "5").await;
    let up = |customer: &str| {
        let body = format!(
            r#"{{"event":"TIER_UPGRADE","data":{{"customer_id":"{customer}","from_tier_id":"a","to_tier_id":"b"}}}}"#
        );
        body.into_bytes()
    };
    api.receive(&[&up("bo"), &up(ANA)]).await;
    let mut told = Vec::new();
    for _ in 0..7 {
        let next = socket.next().await;
        let mut of = next["payload"]["data"].as_object().unwrap().values();
        let node = &of.next().unwrap()["node"];
        assert_eq!(node["customer"]["customerId"], ANA, "{next}");
        told.push(next["id"].as_str().unwrap().to_owned());
    }
    told.sort_unstable();
    assert_eq!(told, ["all", "all", "all", "own", "own", "own", "tiers"]);
}

async fn a_customers_token_ends_its_connections(database: TestDatabase) {
    let settings = Settings {
        sockets: Sockets {
            recheck_every: Duration::from_millis(100),
            ..Sockets::default()
        },
        ..Settings::default()
    };
    let api = Api::with(database, settings).await;
    let api = api.asked_by("masivo", &[KeyScope::Admin]).await;
    let server = Server::of(&api).await;
    let body = accumulation(ANA, "1", "2026-02-03T00:00:00Z");
    api.receive(&[&body]).await;
    let mut socket = server.opened(&api.token(ANA).await).await;
    api.app.database.clock.advance(Duration::from_hours(2));
    assert_eq!(socket.closed().await, 4403);
}

async fn where_documents_are_stored_a_customer_subscribes_to_those_only(database: TestDatabase) {
    let folder = tempfile::tempdir().unwrap();
    let stored = "subscription Own { historyEntryAdded(after: \"ZjAlswNzh3MfD0\") { cursor } }";
    std::fs::write(folder.path().join("own.graphql"), stored).unwrap();
    let settings = Settings {
        documents: Some(TrustedDocuments::open(folder.path()).unwrap()),
        ..Settings::default()
    };
    let api = Api::with_story_and(database, settings).await;
    let api = api.asked_by_customer(ANA).await;
    let server = Server::of(&api).await;
    let mut socket = server.opened(&api.key).await;
    socket.subscribe("other", ADDED, json!({})).await;
    let refused = socket.next().await;
    let code = &refused["payload"][0]["extensions"]["code"];
    assert_eq!(
        (&refused["type"], code),
        (&json!("error"), &json!("FORBIDDEN"))
    );
    let payload = json!({ "documentId": "own" });
    let subscribe = json!({ "type": "subscribe", "id": "own", "payload": payload });
    socket.send(subscribe).await;
    socket.update("historyEntryAdded").await;
}
