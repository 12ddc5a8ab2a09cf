//! GraphQL over HTTP, by its specification.

use std::time::Duration;

use axum::body::Body;
use axum::http::header::{ACCEPT, ALLOW, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderName, Method, Request, StatusCode};
use laurel_graphql::Settings;
use laurel_testkit::{TestDatabase, both_databases};
use serde_json::{Value, json};

use crate::client::{Api, codes, json_of};

const SPECIFIED: &str = "application/graphql-response+json";

fn with(mut request: Request<Body>, name: HeaderName, value: &'static str) -> Request<Body> {
    request.headers_mut().insert(name, value.parse().unwrap());
    request
}

async fn status(api: &Api, request: Request<Body>) -> StatusCode {
    api.send(request).await.status()
}

async fn the_status_and_the_media_type_follow_what_the_client_accepts(database: TestDatabase) {
    let api = Api::new(database).await;
    let executed = json!({ "query": "{ __typename }" }).to_string();
    let refused = [
        "{",
        "{ nonsense }",
        "query($id: ID!) { customer(id: $id) { id } }",
        "{ customers(first: 0) { totalCount } }",
    ];
    for (accept, media, refusal) in [
        (SPECIFIED, SPECIFIED, StatusCode::BAD_REQUEST),
        ("application/json", "application/json", StatusCode::OK),
        ("*/*", "application/json", StatusCode::OK),
    ] {
        let response = api
            .send(with(api.post(executed.clone()), ACCEPT, accept))
            .await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(
            response.headers()[CONTENT_TYPE],
            format!("{media}; charset=utf-8")
        );
        assert_eq!(
            json_of(response).await,
            json!({
                "data": { "__typename": "Query" },
                "extensions": { "cost": { "requested": 1, "limit": 20_000 } }
            })
        );
        for query in refused {
            let body = json!({ "query": query }).to_string();
            let response = api.send(with(api.post(body), ACCEPT, accept)).await;
            assert_eq!(response.status(), refusal, "{accept}: {query}");
            let answer = json_of(response).await;
            assert!(answer.get("data").is_none(), "{query}");
            assert!(!answer["errors"].as_array().unwrap().is_empty());
        }
    }
}

async fn what_is_no_graphql_request_is_400_whoever_asks(database: TestDatabase) {
    let api = Api::new(database).await;
    for body in [
        "",
        "{",
        "[]",
        r#"[{"query":"{ __typename }"}]"#,
        "{}",
        r#"{"query":1}"#,
        r#"{"query":"{ __typename }","variables":[]}"#,
        r#"{"query":"{ __typename }","operationName":1}"#,
        r#"{"query":"{ __typename }","extensions":"x"}"#,
    ] {
        for accept in [SPECIFIED, "application/json"] {
            let response = api.send(with(api.post(body), ACCEPT, accept)).await;
            assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{body}");
            assert_eq!(codes(&json_of(response).await), ["BAD_REQUEST"]);
        }
    }
}

async fn a_query_may_come_by_get_and_a_mutation_may_not(database: TestDatabase) {
    let api = Api::new(database).await;
    let address = "/graphql?query=query($n:Int)%7B__typename%20customers(first:$n)%7BtotalCount%7D%7D&variables=%7B%22n%22:1%7D";
    let response = api.send(api.get(address)).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(json_of(response).await["data"]["__typename"], "Query");
    let response = api.send(api.get("/graphql?query=mutation%7Ba%7D")).await;
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(response.headers()[ALLOW], "POST");
    assert_eq!(
        status(&api, api.get("/graphql")).await,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(
        status(&api, api.get("/graphql?query=%7B__typename%7D&variables=1")).await,
        StatusCode::BAD_REQUEST
    );
}

async fn other_methods_types_and_encodings_are_refused(database: TestDatabase) {
    let api = Api::new(database).await;
    let body = r#"{"query":"{ __typename }"}"#;
    for method in [Method::PUT, Method::DELETE, Method::PATCH] {
        let mut request = api.post(body);
        *request.method_mut() = method;
        let response = api.send(request).await;
        assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(response.headers()[ALLOW], "GET, POST");
    }
    for (name, value, expected) in [
        (
            CONTENT_TYPE,
            "text/plain",
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ),
        (
            CONTENT_TYPE,
            "multipart/form-data; boundary=x",
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ),
        (CONTENT_ENCODING, "gzip", StatusCode::UNSUPPORTED_MEDIA_TYPE),
        (ACCEPT, "multipart/mixed", StatusCode::NOT_ACCEPTABLE),
        (CONTENT_LENGTH, "10000000000", StatusCode::PAYLOAD_TOO_LARGE),
    ] {
        assert_eq!(
            status(&api, with(api.post(body), name, value)).await,
            expected,
            "{value}"
        );
    }
    let endless = Body::from_stream(futures_util::stream::repeat_with(|| {
        Ok::<_, std::io::Error>(vec![b' '; 1024])
    }));
    assert_eq!(
        status(&api, api.post(endless)).await,
        StatusCode::PAYLOAD_TOO_LARGE
    );
}

async fn one_of_several_operations_is_chosen_by_its_name(database: TestDatabase) {
    let api = Api::new(database).await;
    let query = "query A { a: __typename } query B($id: ID!) { b: customer(id: $id) { id } }";
    for (name, expected) in [
        ("A", json!({ "a": "Query" })),
        ("B", Value::Null),
        ("C", Value::Null),
    ] {
        let body = json!({ "query": query, "operationName": name }).to_string();
        let answer = json_of(api.send(api.post(body)).await).await;
        match name {
            "A" => assert_eq!(answer["data"], expected),
            "B" => assert_eq!(
                codes(&answer),
                ["BAD_USER_INPUT"],
                "its variable is missing"
            ),
            _ => assert_eq!(codes(&answer), ["OPERATION_RESOLUTION_FAILURE"]),
        }
    }
    assert_eq!(
        api.codes(query, Value::Null).await,
        ["OPERATION_RESOLUTION_FAILURE"]
    );
}

async fn who_sends_too_slowly_or_asks_for_what_takes_too_long_is_told_so(database: TestDatabase) {
    let mut api = Api::with_story(database).await;
    let impatient = |body_deadline, deadline| {
        let settings = Settings {
            body_deadline,
            deadline,
            ..Settings::default()
        };
        laurel_graphql::router(api.app.database.store.clone(), settings)
    };
    let (hasty, slow) = (Duration::from_millis(1), Duration::from_mins(1));
    let (for_bodies, for_answers) = (impatient(hasty, slow), impatient(slow, hasty));
    api.router = for_bodies;
    let silence = Body::from_stream(futures_util::stream::pending::<
        Result<Vec<u8>, std::io::Error>,
    >());
    let response = api.send(api.post(silence)).await;
    assert_eq!(response.status(), StatusCode::REQUEST_TIMEOUT);
    assert_eq!(codes(&json_of(response).await), ["TIMEOUT"]);
    api.router = for_answers;
    // A hundred statements do not fit into a millisecond.
    let fields = (0..50).fold(String::new(), |all, n| {
        all + &format!("c{n}: customer(id: \"ana-0042\") {{ history(first: 100) {{ nodes {{ id }} totalCount }} }} ")
    });
    let body = json!({ "query": format!("{{ {fields} }}") }).to_string();
    let response = api.send(api.post(body)).await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(codes(&json_of(response).await), ["TIMEOUT"]);
}

async fn an_object_of_which_nothing_is_shown_is_an_empty_one(database: TestDatabase) {
    let api = Api::with_story(database).await;
    let of_ana = |fields: &str| format!("{{ customer(id: \"ana-0042\") {{ {fields} }} }}");
    let entries = "history(first: 100) { nodes { ... on CouponRedemption { code } } }";
    let told = api.ask(&of_ana(entries), Value::Null).await;
    let nodes = told["customer"]["history"]["nodes"].as_array().unwrap();
    assert_eq!(nodes.len(), 13);
    let shown = |node: &&Value| node.as_object().is_some_and(|node| !node.is_empty());
    assert_eq!(nodes.iter().filter(shown).count(), 1, "{nodes:?}");
    assert!(nodes.iter().all(Value::is_object), "{nodes:?}");
    for (query, expected) in [
        ("{ tiers @skip(if: true) { id } }".to_owned(), json!({})),
        (
            "{ ... @include(if: false) { tiers { id } } }".to_owned(),
            json!({}),
        ),
        (
            "mutation { suppressEmail(input: { address: \"a\" }) @skip(if: true) { __typename } }"
                .to_owned(),
            json!({}),
        ),
        (of_ana("name @skip(if: true)"), json!({ "customer": {} })),
        (
            of_ana("...F } } fragment F on Customer { ... on Node { id @skip(if: true)"),
            json!({ "customer": {} }),
        ),
        (
            "{ __schema { ... @skip(if: true) { types { name } } } }".to_owned(),
            json!({ "__schema": {} }),
        ),
        (
            "{ customer(id: \"nobody\") { ...F } } fragment F on Customer { id }".to_owned(),
            json!({ "customer": null }),
        ),
    ] {
        assert_eq!(api.ask(&query, Value::Null).await, expected, "{query}");
    }
}

async fn a_key_that_stands_twice_is_400(database: TestDatabase) {
    let api = Api::new(database).await;
    for body in [
        r#"{"query":"{ tiers { id } }","query":"{ rewards { id } }"}"#,
        r#"{"query":"query($id: ID!) { customer(id: $id) { id } }","variables":{"id":"a","id":"b"}}"#,
    ] {
        let response = api.send(api.post(body)).await;
        assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{body}");
        assert_eq!(codes(&json_of(response).await), ["BAD_REQUEST"], "{body}");
    }
}

both_databases!(
    an_object_of_which_nothing_is_shown_is_an_empty_one,
    a_key_that_stands_twice_is_400,
    who_sends_too_slowly_or_asks_for_what_takes_too_long_is_told_so,
    the_status_and_the_media_type_follow_what_the_client_accepts,
    what_is_no_graphql_request_is_400_whoever_asks,
    a_query_may_come_by_get_and_a_mutation_may_not,
    other_methods_types_and_encodings_are_refused,
    one_of_several_operations_is_chosen_by_its_name,
);
