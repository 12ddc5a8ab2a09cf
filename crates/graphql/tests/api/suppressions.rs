//! Addresses that operators take out of all mail, and put back.

use axum::http::StatusCode;
use axum::http::header::ALLOW;
use laurel_store::KeyScope;
use laurel_testkit::{TestDatabase, both_databases};
use serde_json::{Value, json};

use crate::client::{Api, codes, json_of};

const SUPPRESS: &str = "mutation($input: SuppressEmailInput!) { suppressEmail(input: $input) {
    suppression { address reason createdAt } userErrors { message code field } } }";

const UNSUPPRESS: &str =
    "mutation($input: UnsuppressEmailInput!) { unsuppressEmail(input: $input) {
    suppression { address reason } userErrors { message code field } } }";

async fn operator(database: TestDatabase) -> Api {
    let api = Api::new(database).await;
    api.asked_by("masivo", &[KeyScope::Operate]).await
}

async fn an_address_is_suppressed_once_and_let_go_once(database: TestDatabase) {
    let api = operator(database).await;
    let input = |address: &str| json!({ "input": { "address": address } });
    let first = api.ask(SUPPRESS, input("Ana@Example.com")).await;
    let held = json!({ "address": "ana@example.com", "reason": "OPERATOR", "createdAt": "2026-03-01T12:00:00Z" });
    let expected = json!({ "suppression": held, "userErrors": [] });
    assert_eq!(first["suppressEmail"], expected);
    let again = json!({ "input": { "address": "ana@example.com", "reason": "BOUNCE" } });
    assert_eq!(
        api.ask(SUPPRESS, again).await["suppressEmail"],
        expected,
        "the first reason stays"
    );
    let scope = api.app.database.store.scope(&api.app.database.source());
    assert!(
        scope
            .suppression("ANA@example.com")
            .await
            .unwrap()
            .is_some()
    );

    let other = api.asked_by("other", &[KeyScope::Operate]).await;
    let told = other.ask(UNSUPPRESS, input("ana@example.com")).await;
    let not_theirs = json!({ "suppression": null, "userErrors": [{ "message": "This address is not suppressed.",
        "code": "NOT_FOUND", "field": ["input", "address"] }] });
    assert_eq!(told["unsuppressEmail"], not_theirs);

    let api = other.asked_by("masivo", &[KeyScope::Operate]).await;
    let told = api.ask(UNSUPPRESS, input("ANA@EXAMPLE.COM")).await;
    let held = json!({ "address": "ana@example.com", "reason": "OPERATOR" });
    assert_eq!(
        told["unsuppressEmail"],
        json!({ "suppression": held, "userErrors": [] })
    );
    let told = api.ask(UNSUPPRESS, input("ana@example.com")).await;
    assert_eq!(told["unsuppressEmail"], not_theirs);
}

async fn what_is_no_address_is_an_error_of_the_user(database: TestDatabase) {
    let api = operator(database).await;
    let long = format!("{}@example.com", "a".repeat(250));
    for wrong in [
        "",
        "ana",
        "@example.com",
        "ana@",
        "a b@c",
        "a@b\r\nBcc: c@d",
        &long,
    ] {
        let told = api
            .ask(SUPPRESS, json!({ "input": { "address": wrong } }))
            .await;
        let errors = &told["suppressEmail"]["userErrors"];
        assert_eq!(errors[0]["code"], "INVALID", "{wrong}");
        assert_eq!(told["suppressEmail"]["suppression"], Value::Null);
    }
}

async fn who_may_only_read_changes_nothing(database: TestDatabase) {
    let api = Api::new(database).await;
    let input = json!({ "input": { "address": "ana@example.com" } });
    for mutation in [SUPPRESS, UNSUPPRESS] {
        let answer = api.answer(mutation, input.clone()).await;
        assert_eq!(codes(&answer), ["FORBIDDEN"]);
        let data = answer["data"].as_object().unwrap();
        assert!(data.values().all(Value::is_null), "{answer}");
    }
    let scope = api.app.database.store.scope(&api.app.database.source());
    assert_eq!(scope.suppression("ana@example.com").await.unwrap(), None);
}

async fn d17_a_mutation_by_get_is_405_and_changes_nothing(database: TestDatabase) {
    let api = operator(database).await;
    let mutation = "mutation%7BsuppressEmail(input:%7Baddress:%22ana@example.com%22%7D)%7BuserErrors%7Bcode%7D%7D%7D";
    let response = api
        .send(api.get(&format!("/graphql?query={mutation}")))
        .await;
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(response.headers()[ALLOW], "POST");
    assert_eq!(codes(&json_of(response).await), ["BAD_REQUEST"]);
    let scope = api.app.database.store.scope(&api.app.database.source());
    assert_eq!(scope.suppression("ana@example.com").await.unwrap(), None);
}

both_databases!(
    an_address_is_suppressed_once_and_let_go_once,
    what_is_no_address_is_an_error_of_the_user,
    who_may_only_read_changes_nothing,
    d17_a_mutation_by_get_is_405_and_changes_nothing,
);
