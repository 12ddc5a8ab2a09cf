//! What a customer's token opens: the customer's own, and nothing else.

use std::time::Duration;

use axum::http::StatusCode;
use axum::http::header::AUTHORIZATION;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use laurel_graphql::{CustomerTokens, Settings, TOKEN_ISSUER};
use laurel_payloads::Timestamp;
use laurel_store::{KeyScope, Purpose, SigningKey};
use laurel_testkit::{TestDatabase, both_databases};
use ring::signature::Ed25519KeyPair;
use serde_json::{Value, json};

use crate::client::{ANA, Api, accumulation, codes, json_of};

const ISSUE: &str = r"mutation($id: ID!, $ttl: Int) { issueCustomerToken(input: { customerId: $id, ttl: $ttl }) {
    token expiresAt userErrors { code field } } }";
const OWN: &str = "{ viewer { id customerId history { totalCount nodes { id } } notifications { nodes { id } } } }";

async fn api(database: TestDatabase) -> Api {
    let api = Api::with_story(database).await;
    let other = accumulation("benito", "5", "2026-02-03T00:00:00Z");
    api.receive(&[&other]).await;
    api.asked_by("masivo", &[KeyScope::Admin]).await
}

async fn a_customer_sees_themselves(database: TestDatabase) {
    let api = api(database).await;
    let query = "query($id: ID!) { customer(id: $id) { id customerId history { totalCount nodes { id } } notifications { nodes { id } } } }";
    let api = api.asked_by("masivo", &[KeyScope::Read]).await;
    let told = api.ask(query, json!({ "id": ANA })).await;
    assert_eq!(
        api.ask("{ viewer { id } }", Value::Null).await,
        json!({ "viewer": null })
    );
    let api = api.asked_by_customer(ANA).await;
    let own = api.ask(OWN, Value::Null).await;
    assert_eq!(own["viewer"], told["customer"]);
    let customer = api.ask(query, json!({ "id": ANA })).await;
    assert_eq!(customer, told);
    let entry = &own["viewer"]["history"]["nodes"][0]["id"];
    let mail = &own["viewer"]["notifications"]["nodes"][0]["id"];
    assert!(mail.is_string(), "the story has a mail");
    for id in [&own["viewer"]["id"], entry, mail] {
        let query = "query($id: ID!) { node(id: $id) { id } nodes(ids: [$id]) { id } }";
        let found = api.ask(query, json!({ "id": id })).await;
        assert_eq!(
            found,
            json!({ "node": { "id": id }, "nodes": [{ "id": id }] })
        );
    }
}

async fn d26_another_customers_things_are_unknown_ones(database: TestDatabase) {
    let api = api(database).await;
    let query = r#"{ customer(id: "benito") { id history { nodes { id } } } events { nodes { id eventId } } }"#;
    let theirs = api.ask(query, Value::Null).await;
    let mut ids = vec![json!("benito"), theirs["customer"]["id"].clone()];
    ids.push(theirs["customer"]["history"]["nodes"][0]["id"].clone());
    ids.extend(
        theirs["events"]["nodes"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|event| [event["id"].clone(), event["eventId"].clone()]),
    );
    let api = api.asked_by_customer(ANA).await;
    let query = "query($id: ID!) { customer(id: $id) { id } node(id: $id) { id } nodes(ids: [$id]) { id } }";
    let unknown = api.answer(query, json!({ "id": "unknown" })).await;
    assert_eq!(
        unknown["data"],
        json!({ "customer": null, "node": null, "nodes": [null] })
    );
    for id in ids {
        assert_eq!(
            api.answer(query, json!({ "id": id })).await,
            unknown,
            "{id}"
        );
    }
}

async fn d27_a_token_opens_nothing_of_another_source(database: TestDatabase) {
    let api = api(database).await;
    let same = br#"{"event":"COUPON_REDEMPTION","data":{"customer_id":"ana-0042","code":"OTHER"}}"#;
    api.receive_as("another", &[same]).await;
    let theirs = api.asked_by("another", &[KeyScope::Admin]).await;
    let told = theirs
        .ask(
            "{ customer(id: \"ana-0042\") { id history { nodes { id } } } }",
            Value::Null,
        )
        .await;
    let ids = [
        &told["customer"]["id"],
        &told["customer"]["history"]["nodes"][0]["id"],
    ];
    let api = theirs.asked_by_customer(ANA).await;
    assert_eq!(
        api.ask("{ viewer { history { totalCount } } }", Value::Null)
            .await["viewer"]["history"]["totalCount"],
        13
    );
    for id in ids {
        let query = "query($id: ID!) { customer(id: $id) { id } node(id: $id) { id } }";
        let found = api.ask(query, json!({ "id": id })).await;
        assert_eq!(found, json!({ "customer": null, "node": null }));
    }
}

async fn d28_what_is_a_brands_only_is_forbidden_before_anything_is_read(database: TestDatabase) {
    let api = api(database).await.asked_by_customer(ANA).await;
    let store = &api.app.database.store;
    api.ask("{ __typename }", Value::Null).await;
    let start = store.statements();
    api.ask("{ __typename }", Value::Null).await;
    let admission = store.statements() - start;
    for query in [
        "{ customers { totalCount nodes { id } } }",
        "{ tiers { id } }",
        "{ rewards { id } }",
        "{ program { customers events entries } }",
        r#"{ event(id: "x") { id } }"#,
        "{ events { nodes { id } } }",
        r#"mutation { issueCustomerToken(input: { customerId: "ana-0042" }) { token } }"#,
    ] {
        let start = store.statements();
        let answer = api.answer(query, Value::Null).await;
        assert_eq!(codes(&answer), ["FORBIDDEN"], "{query}");
        let nothing = answer["data"]
            .as_object()
            .is_none_or(|data| data.values().all(Value::is_null));
        assert!(nothing, "{query}: {answer}");
        assert_eq!(store.statements() - start, admission, "{query}");
    }
}

async fn d15_the_schema_is_not_for_customers(database: TestDatabase) {
    let api = api(database).await.asked_by_customer(ANA).await;
    for query in [
        "{ __schema { types { name } } }",
        "{ __type(name: \"Query\") { name } }",
        "{ ... on Query { a: __schema { types { name } } } }",
    ] {
        assert_eq!(
            api.codes(query, Value::Null).await,
            ["FORBIDDEN"],
            "{query}"
        );
    }
    let own = api
        .ask("{ __typename viewer { __typename } }", Value::Null)
        .await;
    assert_eq!(
        own,
        json!({ "__typename": "Query", "viewer": { "__typename": "Customer" } })
    );
    let response = api.send(api.get("/graphql/schema.graphql")).await;
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
    assert_eq!(codes(&json_of(response).await), ["FORBIDDEN"]);
}

async fn a_token_is_good_for_as_long_as_it_was_asked_for(database: TestDatabase) {
    let mut api = api(database).await;
    let told = api.ask(ISSUE, json!({ "id": ANA, "ttl": 60 })).await;
    let told = &told["issueCustomerToken"];
    let now = api.app.database.store.clock().now();
    let end = now.saturating_add(Duration::from_mins(1)).to_string();
    assert_eq!(told["expiresAt"], end);
    api.key = told["token"].as_str().unwrap().to_owned();
    api.app.database.clock.advance(Duration::from_secs(59));
    assert!(api.ask(OWN, Value::Null).await["viewer"].is_object());
    api.app.database.clock.advance(Duration::from_secs(1));
    assert_eq!(api.codes(OWN, Value::Null).await, ["UNAUTHENTICATED"]);
}

async fn a_token_is_not_issued_for_nobody_or_for_longer_than_allowed(database: TestDatabase) {
    let api = api(database).await;
    for (variables, code, field) in [
        (json!({ "id": "nobody" }), "NOT_FOUND", "customerId"),
        (json!({ "id": "" }), "NOT_FOUND", "customerId"),
        (json!({ "id": ANA, "ttl": 0 }), "INVALID", "ttl"),
        (json!({ "id": ANA, "ttl": -1 }), "INVALID", "ttl"),
        (json!({ "id": ANA, "ttl": 3601 }), "INVALID", "ttl"),
    ] {
        let told = api.ask(ISSUE, variables.clone()).await;
        let expected = json!({ "token": null, "expiresAt": null, "userErrors": [{ "code": code, "field": ["input", field] }] });
        assert_eq!(told["issueCustomerToken"], expected, "{variables}");
    }
    let api = api.asked_by("masivo", &[KeyScope::Operate]).await;
    assert_eq!(api.codes(ISSUE, json!({ "id": ANA })).await, ["FORBIDDEN"]);
}

async fn d29_a_token_that_was_changed_opens_nothing(database: TestDatabase) {
    let api = api(database).await.asked_by_customer(ANA).await;
    let token = api.key.clone();
    let [header, claims, signature] = token.split('.').collect::<Vec<_>>()[..] else {
        panic!("three parts")
    };
    let mut wrong = vec![
        format!("{header}.{claims}."),
        format!("{header}.{claims}"),
        format!("{header}..{signature}"),
        format!("{claims}.{header}.{signature}"),
        format!("{token}."),
        format!("{token}{}", "A".repeat(8192)),
        "..".to_owned(),
        "a.b.c".to_owned(),
    ];
    let last = if token.ends_with('A') { "B" } else { "A" };
    wrong.push(format!(
        "{}{last}{}",
        &token[..token.len() - 10],
        &token[token.len() - 9..]
    ));
    for wrong in wrong {
        let mut request = api.post(json!({ "query": OWN }).to_string());
        request
            .headers_mut()
            .insert(AUTHORIZATION, format!("Bearer {wrong}").parse().unwrap());
        let response = api.send(request).await;
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "{wrong}");
        assert_eq!(codes(&json_of(response).await), ["UNAUTHENTICATED"]);
    }
    assert!(api.ask(OWN, Value::Null).await["viewer"].is_object());
}

async fn a_token_outlives_the_rotation_of_its_key(database: TestDatabase) {
    let api = api(database).await.asked_by_customer(ANA).await;
    let store = &api.app.database.store;
    store
        .rotate_signing_key(Purpose::CustomerTokens)
        .await
        .unwrap();
    api.app.database.clock.advance(Duration::from_secs(61));
    assert!(api.ask(OWN, Value::Null).await["viewer"].is_object());
    let before = api.key.clone();
    let api = api.asked_by_customer(ANA).await;
    let head = |token: &str| token.split('.').next().unwrap().to_owned();
    assert_ne!(head(&before), head(&api.key), "the new key signs");
    assert!(api.ask(OWN, Value::Null).await["viewer"].is_object());
}

/// A token that is good for a day: nobody issues it, and who has stolen the key can make it.
fn forged(key: &SigningKey, now: Timestamp) -> String {
    let base64 = |part: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(part);
    let head = json!({ "alg": "EdDSA", "kid": key.id.simple().to_string() });
    let now = now.micros() / 1_000_000;
    let claims = json!({ "iss": TOKEN_ISSUER, "aud": "masivo", "sub": ANA, "iat": now, "exp": now + 86_400 });
    let text = [head, claims].map(|part| base64(part.to_string().as_bytes()));
    let text = text.join(".");
    let pair = Ed25519KeyPair::from_seed_unchecked(key.secret()).unwrap();
    format!("{text}.{}", base64(pair.sign(text.as_bytes()).as_ref()))
}

async fn d29_a_retired_key_opens_nothing_once_its_tokens_have_ended(database: TestDatabase) {
    let mut api = api(database).await;
    let store = api.app.database.store.clone();
    let purpose = Purpose::CustomerTokens;
    let old = store.signing_key(purpose).await.unwrap();
    api.key = forged(&old, store.clock().now());
    assert!(api.ask(OWN, Value::Null).await["viewer"].is_object());
    store.rotate_signing_key(purpose).await.unwrap();
    let clock = &api.app.database.clock;
    // The longest that a token may be good for, and the minute for which another copy may go on signing.
    clock.advance(
        CustomerTokens::default()
            .overlap()
            .saturating_sub(Duration::from_secs(1)),
    );
    assert!(api.ask(OWN, Value::Null).await["viewer"].is_object());
    clock.advance(Duration::from_secs(1));
    assert_eq!(api.codes(OWN, Value::Null).await, ["UNAUTHENTICATED"]);
}

async fn d29_a_key_that_is_forgotten_opens_nothing_within_a_minute(database: TestDatabase) {
    let api = api(database).await.asked_by_customer(ANA).await;
    let store = &api.app.database.store;
    let purpose = Purpose::CustomerTokens;
    assert!(api.ask(OWN, Value::Null).await["viewer"].is_object());
    store.rotate_signing_key(purpose).await.unwrap();
    store.forget_retired_keys(purpose).await.unwrap();
    api.app.database.clock.advance(Duration::from_mins(1));
    assert_eq!(api.codes(OWN, Value::Null).await, ["UNAUTHENTICATED"]);
    let api = api.asked_by_customer(ANA).await;
    assert!(api.ask(OWN, Value::Null).await["viewer"].is_object());
}

async fn a_copy_takes_tokens_of_a_key_that_another_has_just_made(database: TestDatabase) {
    let mut api = api(database).await;
    let store = api.app.database.store.clone();
    let old = api.token(ANA).await;
    store
        .rotate_signing_key(Purpose::CustomerTokens)
        .await
        .unwrap();
    let another = laurel_graphql::router(store, Settings::default());
    let one = std::mem::replace(&mut api.router, another);
    let new = api.token(ANA).await;
    let head = |token: &str| token.split('.').next().unwrap().to_owned();
    assert_ne!(head(&old), head(&new));
    api.router = one;
    api.app.database.clock.advance(Duration::from_secs(1));
    for token in [new, old] {
        api.key = token;
        assert!(api.ask(OWN, Value::Null).await["viewer"].is_object());
    }
}

async fn d30_who_no_longer_takes_part_is_answered_no_more(database: TestDatabase) {
    let api = api(database).await.asked_by_customer(ANA).await;
    assert!(api.ask(OWN, Value::Null).await["viewer"].is_object());
    api.app
        .database
        .execute("UPDATE customers SET status = 'INACTIVE' WHERE customer_id = 'ana-0042'")
        .await;
    assert_eq!(api.codes(OWN, Value::Null).await, ["UNAUTHENTICATED"]);
    let api = api.asked_by("masivo", &[KeyScope::Admin]).await;
    let told = api.ask(ISSUE, json!({ "id": ANA })).await;
    assert_eq!(told["issueCustomerToken"]["token"], Value::Null);
}

async fn a_token_from_before_the_customer_identified_themselves_still_names_them(
    database: TestDatabase,
) {
    let api = api(database).await;
    api.receive(&[&accumulation("anonymous", "1", "2026-02-03T00:00:00Z")])
        .await;
    let entry = api
        .ask(
            r#"{ customer(id: "anonymous") { history { nodes { id } } } }"#,
            Value::Null,
        )
        .await;
    let entry = entry["customer"]["history"]["nodes"][0]["id"].clone();
    let api = api.asked_by_customer("anonymous").await;
    api.app.database.execute("INSERT INTO customer_aliases (source, alias_id, customer_id, created_at) VALUES ('masivo', 'anonymous', 'ana-0042', 0)").await;
    let own = api.ask(OWN, Value::Null).await;
    assert_eq!(own["viewer"]["customerId"], ANA);
    let query = r#"query($id: ID!) { node(id: $id) { id } customer(id: "anonymous") { customerId } other: customer(id: "benito") { id } }"#;
    let found = api.ask(query, json!({ "id": entry })).await;
    assert_eq!(
        found,
        json!({ "node": { "id": entry }, "customer": { "customerId": ANA }, "other": null })
    );
}

async fn d15_the_schema_can_be_kept_from_api_keys(database: TestDatabase) {
    let settings = Settings {
        introspection: false,
        ..Settings::default()
    };
    let api = Api::with(database, settings).await;
    let query = "{ __schema { types { name } } }";
    assert_eq!(api.codes(query, Value::Null).await, ["FORBIDDEN"]);
    let response = api.send(api.get("/graphql/schema.graphql")).await;
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
    let told = api.ask("{ __typename tiers { id } }", Value::Null).await;
    assert_eq!(told, json!({ "__typename": "Query", "tiers": [] }));
}

both_databases!(
    d15_the_schema_can_be_kept_from_api_keys,
    a_customer_sees_themselves,
    d26_another_customers_things_are_unknown_ones,
    d27_a_token_opens_nothing_of_another_source,
    d28_what_is_a_brands_only_is_forbidden_before_anything_is_read,
    d15_the_schema_is_not_for_customers,
    a_token_is_good_for_as_long_as_it_was_asked_for,
    a_token_is_not_issued_for_nobody_or_for_longer_than_allowed,
    d29_a_token_that_was_changed_opens_nothing,
    a_token_outlives_the_rotation_of_its_key,
    d29_a_retired_key_opens_nothing_once_its_tokens_have_ended,
    d29_a_key_that_is_forgotten_opens_nothing_within_a_minute,
    a_copy_takes_tokens_of_a_key_that_another_has_just_made,
    d30_who_no_longer_takes_part_is_answered_no_more,
    a_token_from_before_the_customer_identified_themselves_still_names_them,
);
