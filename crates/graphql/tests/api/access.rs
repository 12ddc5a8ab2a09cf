//! Who is answered.

use axum::http::StatusCode;
use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use laurel_store::KeyScope;
use laurel_testkit::{TestDatabase, both_databases};
use serde_json::{Value, json};

use crate::client::{Api, codes, json_of};

async fn who_has_no_key_or_a_wrong_one_is_told_nothing(database: TestDatabase) {
    let api = Api::with_story(database).await;
    let ask = || api.post(r#"{"query":"{ tiers { id } }"}"#);
    let right = ask().headers()[AUTHORIZATION].to_str().unwrap().to_owned();
    let basic = right.replace("Bearer", "Basic");
    let longer = format!("{right}0");
    for wrong in [
        "",
        "Bearer",
        "Bearer x",
        &basic,
        &longer,
        &right[..right.len() - 1],
    ] {
        let mut request = ask();
        request
            .headers_mut()
            .insert(AUTHORIZATION, wrong.parse().unwrap());
        let response = api.send(request).await;
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "{wrong}");
        assert!(
            response.headers()[WWW_AUTHENTICATE]
                .to_str()
                .unwrap()
                .starts_with("Bearer")
        );
        assert_eq!(codes(&json_of(response).await), ["UNAUTHENTICATED"]);
    }
    let mut request = ask();
    request.headers_mut().remove(AUTHORIZATION);
    assert_eq!(api.send(request).await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(api.send(ask()).await.status(), StatusCode::OK);
}

async fn a_revoked_key_is_no_key(database: TestDatabase) {
    let api = Api::new(database).await;
    let store = &api.app.database.store;
    for key in store.api_keys(None).await.unwrap() {
        assert!(store.revoke_api_key(key.id).await.unwrap());
    }
    assert_eq!(
        api.codes("{ tiers { id } }", Value::Null).await,
        ["UNAUTHENTICATED"]
    );
}

async fn the_log_is_for_operators(database: TestDatabase) {
    let api = Api::with_story(database).await;
    let event = api
        .app
        .database
        .append(&[br#"{"event":"X","data":{}}"#])
        .await[0]
        .id;
    for query in [
        "query($id: ID!) { event(id: $id) { id } }",
        "query($id: ID) { events(filter: { customerId: $id }) { totalCount } }",
    ] {
        let answer = api.answer(query, json!({ "id": event })).await;
        assert_eq!(codes(&answer), ["FORBIDDEN"], "{query}");
        assert!(answer["data"].is_null() || answer["data"]["event"].is_null());
    }
    let api = api.asked_by("masivo", &[KeyScope::Admin]).await;
    let told = api
        .ask(
            "query($id: ID!) { event(id: $id) { eventId } }",
            json!({ "id": event }),
        )
        .await;
    assert_eq!(told["event"]["eventId"], event.to_string());
}

async fn where_null_may_not_be_the_answer_as_a_whole_is_null(database: TestDatabase) {
    let api = Api::with_story(database).await;
    let query = "{ events { totalCount } tiers { id } }";
    let answer = api.answer(query, Value::Null).await;
    assert_eq!(answer["data"], Value::Null);
    assert_eq!(answer["errors"][0]["path"], json!(["events"]));
    assert_eq!(codes(&answer), ["FORBIDDEN"]);
}

async fn the_schema_is_given_to_who_has_a_key(database: TestDatabase) {
    let api = Api::new(database).await;
    let response = api.send(api.get("/graphql/schema.graphql")).await;
    assert_eq!(response.status(), StatusCode::OK);
    let body = axum::body::to_bytes(response.into_body(), 1 << 20)
        .await
        .unwrap();
    assert!(body == laurel_graphql::sdl().as_bytes());
    let mut request = api.get("/graphql/schema.graphql");
    request.headers_mut().remove(AUTHORIZATION);
    assert_eq!(api.send(request).await.status(), StatusCode::UNAUTHORIZED);
}

both_databases!(
    who_has_no_key_or_a_wrong_one_is_told_nothing,
    a_revoked_key_is_no_key,
    the_log_is_for_operators,
    where_null_may_not_be_the_answer_as_a_whole_is_null,
    the_schema_is_given_to_who_has_a_key,
);
