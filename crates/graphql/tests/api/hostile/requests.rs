//! HTTP requests that are none of GraphQL, or too much of one.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Body;
use axum::http::header::{ACCEPT, ALLOW, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue, Request, StatusCode};
use laurel_store::KeyScope;
use laurel_testkit::{TestDatabase, both_databases};
use serde_json::{Value, json};

use super::turned_away;
use crate::client::{Api, codes, json_of};

const MAX_BODY: usize = 64 * 1024;
const QUERY: &str = r#"{"query":"{ __typename }"}"#;

fn with(mut request: Request<Body>, name: HeaderName, value: &str) -> Request<Body> {
    let value = HeaderValue::from_str(value).unwrap();
    request.headers_mut().append(name, value);
    request
}

fn without(mut request: Request<Body>, name: &HeaderName) -> Request<Body> {
    request.headers_mut().remove(name);
    request
}

async fn d13_a_batch_is_refused_however_long(database: TestDatabase) {
    let api = Api::new(database).await;
    for count in [0, 1, 1_000] {
        let batch = format!("[{}]", vec![QUERY; count].join(","));
        for accept in ["application/json", "application/graphql-response+json"] {
            let request = with(without(api.post(batch.clone()), &ACCEPT), ACCEPT, accept);
            turned_away(&api, request, StatusCode::BAD_REQUEST, "BAD_REQUEST").await;
        }
    }
    for body in [
        r#"{"query":["{ a }","{ b }"]}"#,
        r#"{"query":{"0":"{ a }"}}"#,
    ] {
        turned_away(&api, api.post(body), StatusCode::BAD_REQUEST, "BAD_REQUEST").await;
    }
}

async fn d17_what_comes_by_get_asks_and_never_changes(database: TestDatabase) {
    let api = Api::new(database)
        .await
        .asked_by("masivo", &[KeyScope::Admin])
        .await;
    let response = api.send(api.get("/graphql?query=%7B__typename%7D")).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(
        json_of(response).await["data"],
        json!({ "__typename": "Query" })
    );
    let suppress = "suppressEmail(input:%7Baddress:%22a@b.example%22%7D)%7BuserErrors%7Bcode%7D%7D";
    for address in [
        format!("/graphql?query=mutation%7B{suppress}%7D"),
        format!(
            "/graphql?query=mutation%20m%7B{suppress}%7D%20query%20q%7B__typename%7D&operationName=m"
        ),
        "/graphql?query=subscription%7B__typename%7D".to_owned(),
    ] {
        let before = api.app.database.store.statements();
        let response = api.send(api.get(&address)).await;
        assert_eq!(
            response.status(),
            StatusCode::METHOD_NOT_ALLOWED,
            "{address}"
        );
        assert_eq!(response.headers()[ALLOW], "POST");
        assert_eq!(codes(&json_of(response).await), ["BAD_REQUEST"]);
        let read = api.app.database.store.statements() - before;
        assert!(read <= 1, "{address}: {read} statements");
    }
}

async fn d18_only_json_is_read_as_a_request(database: TestDatabase) {
    let api = Api::new(database).await;
    for media in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/graphql",
        "application/json; charset=utf-16",
        "application/xml",
        "",
    ] {
        let (unread, body) = watched(1);
        let request = with(without(api.post(body), &CONTENT_TYPE), CONTENT_TYPE, media);
        turned_away(
            &api,
            request,
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "BAD_REQUEST",
        )
        .await;
        assert_eq!(
            unread.load(Ordering::SeqCst),
            0,
            "{media}: read nevertheless"
        );
    }
    let none = without(api.post(QUERY), &CONTENT_TYPE);
    turned_away(
        &api,
        none,
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "BAD_REQUEST",
    )
    .await;
    let two = with(api.post(QUERY), CONTENT_TYPE, "text/plain");
    turned_away(&api, two, StatusCode::UNSUPPORTED_MEDIA_TYPE, "BAD_REQUEST").await;
    let packed = with(api.post(QUERY), CONTENT_ENCODING, "gzip");
    turned_away(
        &api,
        packed,
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "BAD_REQUEST",
    )
    .await;
}

/// A body of so many kilobytes that counts those that were read.
fn watched(kilobytes: usize) -> (Arc<AtomicUsize>, Body) {
    let read = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&read);
    let chunks = futures_util::stream::iter((0..kilobytes).map(move |_| {
        counter.fetch_add(1, Ordering::SeqCst);
        Ok::<_, std::io::Error>(vec![b' '; 1024])
    }));
    (read, Body::from_stream(chunks))
}

async fn d19_a_body_is_read_up_to_its_limit_and_no_further(database: TestDatabase) {
    let api = Api::new(database).await;
    let fits = format!("{QUERY}{}", " ".repeat(MAX_BODY - QUERY.len()));
    assert_eq!(
        api.send(api.post(fits.clone())).await.status(),
        StatusCode::OK
    );
    let request = api.post(fits + " ");
    turned_away(
        &api,
        request,
        StatusCode::PAYLOAD_TOO_LARGE,
        "QUERY_TOO_LARGE",
    )
    .await;
    for announced in ["10737418240", "65537", "99999999999999999999999"] {
        let (read, body) = watched(1);
        let request = with(api.post(body), CONTENT_LENGTH, announced);
        if announced.len() > 20 {
            // No number of bytes: what comes is counted.
            assert_eq!(api.send(request).await.status(), StatusCode::BAD_REQUEST);
            continue;
        }
        turned_away(
            &api,
            request,
            StatusCode::PAYLOAD_TOO_LARGE,
            "QUERY_TOO_LARGE",
        )
        .await;
        assert_eq!(read.load(Ordering::SeqCst), 0, "read nevertheless");
    }
    // Ten gigabytes without a word about their length.
    let (read, endless) = watched(10 * 1024 * 1024);
    turned_away(
        &api,
        api.post(endless),
        StatusCode::PAYLOAD_TOO_LARGE,
        "QUERY_TOO_LARGE",
    )
    .await;
    assert!(read.load(Ordering::SeqCst) <= MAX_BODY / 1024 + 1);
}

async fn d20_variables_are_neither_deep_nor_large(database: TestDatabase) {
    let api = Api::new(database).await;
    let body = |value: &str| {
        format!(
            r#"{{"query":"query($a: [ID!]!) {{ nodes(ids: $a) {{ id }} }}","variables":{{"a":{value}}}}}"#
        )
    };
    for depth in [33, 127, 129, 10_000] {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let value = format!("{}1{}", open.repeat(depth), close.repeat(depth));
            let response = api.send(api.post(body(&value))).await;
            let status = response.status();
            assert_eq!(status, StatusCode::BAD_REQUEST, "{depth} of {open}");
            let found = codes(&json_of(response).await);
            let expected = if depth < 127 {
                "QUERY_TOO_DEEP"
            } else {
                "BAD_REQUEST"
            };
            if depth != 127 {
                assert_eq!(found, [expected], "{depth} of {open}");
            }
        }
    }
    let large = body(&format!("[\"{}\"]", "a".repeat(1 << 20)));
    turned_away(
        &api,
        api.post(large),
        StatusCode::PAYLOAD_TOO_LARGE,
        "QUERY_TOO_LARGE",
    )
    .await;
    let address = format!(
        "/graphql?query=%7B__typename%7D&variables={}",
        "[".repeat(200)
    );
    turned_away(
        &api,
        api.get(&address),
        StatusCode::BAD_REQUEST,
        "BAD_REQUEST",
    )
    .await;
}

async fn d36_what_cannot_be_accepted_is_not_asked(database: TestDatabase) {
    let api = Api::new(database).await;
    for accept in [
        "multipart/mixed",
        "multipart/mixed; deferSpec=20220824",
        "text/event-stream",
        "text/html",
        "*/*;q=0",
        "application/json;q=0",
        "nonsense",
        "",
    ] {
        let request = with(without(api.post(QUERY), &ACCEPT), ACCEPT, accept);
        turned_away(&api, request, StatusCode::NOT_ACCEPTABLE, "BAD_REQUEST").await;
    }
    let request = with(
        without(api.post(QUERY), &ACCEPT),
        ACCEPT,
        "multipart/mixed, application/json;q=0.1",
    );
    assert_eq!(api.send(request).await.status(), StatusCode::OK);
    api.ask("{ __typename }", Value::Null).await;
}

both_databases!(
    d13_a_batch_is_refused_however_long,
    d17_what_comes_by_get_asks_and_never_changes,
    d18_only_json_is_read_as_a_request,
    d19_a_body_is_read_up_to_its_limit_and_no_further,
    d20_variables_are_neither_deep_nor_large,
    d36_what_cannot_be_accepted_is_not_asked,
);
