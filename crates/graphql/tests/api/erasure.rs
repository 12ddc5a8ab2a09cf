//! Customers who are erased by the API, and what is kept of who did it.

use axum::http::StatusCode;
use laurel_store::KeyScope;
use laurel_testkit::{TestDatabase, both_databases};
use serde_json::{Value, json};

use crate::client::{ANA, Api, codes};

const ERASE: &str = "mutation($id: ID!) { eraseCustomer(input: { customerId: $id }) {
    customerId finished redactedEvents userErrors { code field } } }";
const ISSUE: &str = "mutation($id: ID!) { issueCustomerToken(input: { customerId: $id }) { token userErrors { code } } }";
const PAGE: &str = "query($id: ID!, $after: String) { customer(id: $id) {
    history(first: 3, after: $after) { edges { cursor node { kind } } } } }";

async fn administrator(api: Api) -> Api {
    api.asked_by(
        "masivo",
        &[KeyScope::Read, KeyScope::Operate, KeyScope::Admin],
    )
    .await
}

async fn an_administrator_erases_a_customer_and_it_is_kept_who_did(database: TestDatabase) {
    let api = Api::with_story(database).await;
    let api = api
        .asked_by("masivo", &[KeyScope::Read, KeyScope::Operate])
        .await;
    let answer = api.answer(ERASE, json!({ "id": ANA })).await;
    assert_eq!(codes(&answer), ["FORBIDDEN"]);
    let api = administrator(api).await;
    let nobody = json!({ "customerId": null, "finished": false, "redactedEvents": null,
        "userErrors": [{ "code": "NOT_FOUND", "field": ["input", "customerId"] }] });
    for unknown in ["nobody@example.com", ""] {
        let told = api.ask(ERASE, json!({ "id": unknown })).await;
        assert_eq!(told["eraseCustomer"], nobody);
    }
    let told = api.ask(ERASE, json!({ "id": ANA })).await;
    let redacted = &told["eraseCustomer"]["redactedEvents"];
    assert!(redacted.as_u64().is_some_and(|count| count > 10), "{told}");
    let expected = json!({ "customerId": ANA, "finished": true, "redactedEvents": redacted, "userErrors": [] });
    assert_eq!(told["eraseCustomer"], expected);
    let customer = "query($id: ID!) { customer(id: $id) { name email history { totalCount } } }";
    let left = api.ask(customer, json!({ "id": ANA })).await;
    assert_eq!(
        [&left["customer"]["name"], &left["customer"]["email"]],
        [&Value::Null; 2]
    );
    assert!(left["customer"]["history"]["totalCount"].as_u64() > Some(10));

    let store = &api.app.database.store;
    let log = store.audit_log(None, None, 100).await.unwrap();
    let mut deeds: Vec<_> = log
        .iter()
        .map(|deed| {
            (
                deed.action.as_str(),
                deed.target.as_str(),
                deed.outcome.as_str(),
            )
        })
        .collect();
    let unknown = ("erase_customer", "unknown", "not_found");
    let expected = [
        ("erase_customer", ANA, "done"),
        ("erase_customer", "unknown", "forbidden"),
        unknown,
        unknown,
    ];
    deeds.sort_unstable();
    assert_eq!(deeds, expected);
    let keys = store.api_keys(None).await.unwrap();
    let mut administrators = keys
        .iter()
        .filter(|key| key.scopes.contains(&KeyScope::Admin));
    let done = log.iter().find(|deed| deed.outcome == "done").unwrap();
    assert!(
        administrators.any(|key| done.who == format!("key:{}", key.id)),
        "{done:?}"
    );
}

async fn what_is_kept_of_a_token_is_for_whom_it_was_made(database: TestDatabase) {
    let api = Api::with_story(database).await;
    let issue = "mutation($id: ID!, $ttl: Int) { issueCustomerToken(input: { customerId: $id, ttl: $ttl }) { token } }";
    let forbidden = api.codes(issue, json!({ "id": ANA })).await;
    assert_eq!(forbidden, ["FORBIDDEN"]);
    let api = administrator(api).await;
    let told = api.ask(issue, json!({ "id": ANA })).await;
    api.ask(issue, json!({ "id": ANA, "ttl": 0 })).await;
    api.ask(issue, json!({ "id": "ana@example.com" })).await;
    let store = &api.app.database.store;
    let log = store.audit_log(None, None, 10).await.unwrap();
    let mut kept: Vec<_> = log
        .iter()
        .map(|deed| (deed.target.as_str(), deed.outcome.as_str()))
        .collect();
    kept.sort_unstable();
    let expected = [
        (ANA, "done"),
        (ANA, "invalid"),
        ("unknown", "forbidden"),
        ("unknown", "not_found"),
    ];
    assert_eq!(kept, expected);
    assert!(log.iter().all(|deed| deed.action == "issue_customer_token"));
    let token = told["issueCustomerToken"]["token"].as_str().unwrap();
    assert!(!format!("{log:?}").contains(token));
}

async fn what_is_kept_of_a_suppression_does_not_tell_the_address(database: TestDatabase) {
    let api = administrator(Api::new(database).await).await;
    let suppress = "mutation { suppressEmail(input: { address: \"ana@example.com\" }) { userErrors { code } } }";
    api.ask(suppress, Value::Null).await;
    let store = &api.app.database.store;
    let log = store
        .audit_log(Some(&api.app.database.source()), None, 10)
        .await
        .unwrap();
    let [deed] = &*log else { panic!("{log:?}") };
    assert!(
        deed.target.starts_with("hmac-sha256:") && !deed.target.contains("ana"),
        "{deed:?}"
    );
    let again = store
        .alias_of_address(&api.app.database.source(), "ANA@example.com")
        .await
        .unwrap();
    assert_eq!(deed.target, again, "who knows the address finds it");
}

async fn d25_a_cursor_goes_on_in_the_history_of_an_erased_customer(database: TestDatabase) {
    let api = administrator(Api::with_story(database).await).await;
    let page = api.ask(PAGE, json!({ "id": ANA })).await;
    let cursor = page["customer"]["history"]["edges"][2]["cursor"].clone();
    let next = json!({ "id": ANA, "after": cursor });
    let before = api.ask(PAGE, next.clone()).await;
    api.ask(ERASE, json!({ "id": ANA })).await;
    assert_eq!(api.ask(PAGE, next).await, before);
}

async fn d30_a_token_of_an_erased_customer_opens_nothing(database: TestDatabase) {
    let mut api = administrator(Api::with_story(database).await).await;
    let issued = api.ask(ISSUE, json!({ "id": ANA })).await;
    let token = issued["issueCustomerToken"]["token"]
        .as_str()
        .unwrap()
        .to_owned();
    let key = std::mem::replace(&mut api.key, token.clone());
    let viewer = r#"{"query":"{ viewer { name } }"}"#;
    assert_eq!(api.send(api.post(viewer)).await.status(), StatusCode::OK);
    api.key = key;
    api.ask(ERASE, json!({ "id": ANA })).await;
    api.key = token;
    assert_eq!(
        api.send(api.post(viewer)).await.status(),
        StatusCode::UNAUTHORIZED
    );
}

both_databases!(
    an_administrator_erases_a_customer_and_it_is_kept_who_did,
    what_is_kept_of_a_suppression_does_not_tell_the_address,
    what_is_kept_of_a_token_is_for_whom_it_was_made,
    d25_a_cursor_goes_on_in_the_history_of_an_erased_customer,
    d30_a_token_of_an_erased_customer_opens_nothing,
);
