//! Trusted documents: what apps send was stored beforehand.

use std::fs;
use std::path::Path;

use axum::http::StatusCode;
use laurel_graphql::{Settings, TrustedDocuments};
use laurel_store::KeyScope;
use laurel_testkit::{TestDatabase, both_databases};
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};

use crate::client::{ANA, Api, codes, json_of};

const WALLET: &str = "query Own { viewer { customerId } }";
const OTHER: &str = "{ viewer { id } }";

fn hash(text: &str) -> String {
    let digest = digest(&SHA256, text.as_bytes());
    let hex = digest.as_ref().iter().map(|byte| format!("{byte:02x}"));
    hex.collect()
}

async fn api(database: TestDatabase) -> Api {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("own.graphql"), WALLET).unwrap();
    fs::write(folder.path().join("notes.txt"), "not a document").unwrap();
    let documents = TrustedDocuments::open(folder.path()).unwrap();
    let settings = Settings {
        documents: Some(documents),
        ..Settings::default()
    };
    Api::with_story_and(database, settings).await
}

async fn asked(api: &Api, body: Value) -> (StatusCode, Value) {
    let response = api.send(api.post(body.to_string())).await;
    let status = response.status();
    let mut answer = json_of(response).await;
    // What it cost is no part of what is compared.
    answer.as_object_mut().unwrap().remove("extensions");
    (status, answer)
}

async fn a_customer_runs_what_is_stored_and_nothing_else(database: TestDatabase) {
    let api = api(database).await.asked_by_customer(ANA).await;
    let own = json!({ "data": { "viewer": { "customerId": ANA } } });
    let hash = hash(WALLET);
    for body in [
        json!({ "documentId": format!("sha256:{hash}") }),
        json!({ "documentId": "own", "operationName": "Own" }),
        json!({ "extensions": { "persistedQuery": { "version": 1, "sha256Hash": hash } } }),
        json!({ "query": WALLET }),
    ] {
        assert_eq!(
            asked(&api, body.clone()).await,
            (StatusCode::OK, own.clone()),
            "{body}"
        );
    }
    let address = format!("/graphql?documentId=sha256:{hash}");
    let answer = json_of(api.send(api.get(&address)).await).await;
    assert_eq!(answer["data"], own["data"]);
    for (body, code) in [
        (json!({ "query": OTHER }), "FORBIDDEN"),
        (json!({ "query": format!("{WALLET} ") }), "FORBIDDEN"),
        (
            json!({ "documentId": "other" }),
            "PERSISTED_QUERY_NOT_FOUND",
        ),
        (
            json!({ "documentId": "../own" }),
            "PERSISTED_QUERY_NOT_FOUND",
        ),
    ] {
        let (status, answer) = asked(&api, body.clone()).await;
        assert_eq!(
            (status, codes(&answer)),
            (StatusCode::BAD_REQUEST, vec![code.to_owned()]),
            "{body}"
        );
    }
}

async fn an_api_key_may_ask_anything_and_by_id_too(database: TestDatabase) {
    let api = api(database)
        .await
        .asked_by("masivo", &[KeyScope::Read])
        .await;
    let nobody = json!({ "data": { "viewer": null } });
    for body in [json!({ "query": OTHER }), json!({ "documentId": "own" })] {
        assert_eq!(asked(&api, body).await, (StatusCode::OK, nobody.clone()));
    }
}

async fn d37_a_hash_that_is_not_the_documents_is_400_and_none_is_remembered(
    database: TestDatabase,
) {
    let api = Api::with_story(database).await;
    let hashed = |text: Option<&str>, hash: &str| {
        json!({ "query": text,
        "extensions": { "persistedQuery": { "version": 1, "sha256Hash": hash } } })
    };
    let (status, answer) = asked(&api, hashed(Some(OTHER), &hash(WALLET))).await;
    assert_eq!(
        (status, codes(&answer)),
        (StatusCode::BAD_REQUEST, vec!["BAD_REQUEST".to_owned()])
    );
    let (status, _) = asked(&api, hashed(Some(WALLET), &hash(WALLET))).await;
    assert_eq!(status, StatusCode::OK);
    let (status, answer) = asked(&api, hashed(None, &hash(WALLET))).await;
    let expected = vec!["PERSISTED_QUERY_NOT_SUPPORTED".to_owned()];
    assert_eq!(
        (status, codes(&answer)),
        (StatusCode::BAD_REQUEST, expected),
        "nothing was stored"
    );
}

fn opened(text: &str) -> Result<TrustedDocuments, String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("documents.json");
    fs::write(&file, text).unwrap();
    TrustedDocuments::open(&file).map_err(|error| error.to_string())
}

#[test]
fn a_manifest_is_relays_or_apollos() {
    assert!(opened(r#"{"0a1b": "{ viewer { id } }"}"#).is_ok());
    assert!(opened(r#"{"format": "apollo-persisted-query-manifest", "version": 1,
        "operations": [{"id": "0a1b", "name": "Own", "type": "query", "body": "{ viewer { id } }"}]}"#).is_ok());
    for (text, problem) in [
        ("[]", "is no manifest"),
        (r#"{"a": 1}"#, "is no manifest"),
        (r#"{"operations": [{"id": "a"}]}"#, "is no manifest"),
        ("{}", "holds no documents"),
        (r#"{"a": "{ viewer {"}"#, "is not GraphQL"),
        (
            r#"{"operations": [{"id": "a", "body": "{ a }"}, {"id": "a", "body": "{ b }"}]}"#,
            "two documents with the id \"a\"",
        ),
    ] {
        let error = opened(text).unwrap_err();
        assert!(error.contains(problem), "{text}: {error}");
    }
    let missing = TrustedDocuments::open(Path::new("no/such/file"))
        .unwrap_err()
        .to_string();
    assert!(missing.contains("no/such/file cannot be read"), "{missing}");
}

both_databases!(
    a_customer_runs_what_is_stored_and_nothing_else,
    an_api_key_may_ask_anything_and_by_id_too,
    d37_a_hash_that_is_not_the_documents_is_400_and_none_is_remembered,
);
