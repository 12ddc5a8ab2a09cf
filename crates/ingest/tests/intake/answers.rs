//! What a sender is told: accepted, duplicate or quarantined, each with the event's id; and the methods that there are.

use axum::http::{Method, StatusCode, header};
use laurel_store::EventState;
use laurel_testkit::{FIXTURES, TestDatabase, both_databases};

use crate::client::{HOOK, TIER, hook, intake, log, post, request, send};

both_databases!(
    every_sample_is_accepted_and_its_repeat_a_duplicate,
    an_unreadable_object_is_quarantined_and_its_repeat_a_duplicate,
    the_token_travels_in_the_path_or_in_the_header,
    b33_a_name_that_nobody_knows_is_accepted,
    a1_anything_but_post_is_refused_and_says_what_is_allowed,
    a2_a_browser_is_granted_nothing,
    a_trace_context_is_kept_where_it_is_one,
    a5_a26_odd_headers_that_nobody_reads_are_ignored,
);

async fn every_sample_is_accepted_and_its_repeat_a_duplicate(database: TestDatabase) {
    let router = intake(&database);
    let mut ids = Vec::new();
    for (name, body) in FIXTURES {
        let answer = post(&router, body).await;
        assert_eq!(answer.taken(), "accepted", "{name}");
        assert_eq!(answer.headers[header::CONTENT_TYPE], "application/json");
        let json = answer.json();
        let keys: Vec<_> = json.as_object().expect("an object").keys().collect();
        assert_eq!(keys, ["id", "status"]);
        ids.push(answer.id());
    }
    for ((name, body), id) in FIXTURES.iter().zip(&ids) {
        let answer = post(&router, body).await;
        assert_eq!(answer.taken(), "duplicate", "{name}");
        assert_eq!(answer.id(), *id, "{name}");
    }
    let log = log(&database).await;
    assert_eq!(log.len(), FIXTURES.len());
    assert!(log.iter().all(|event| event.delivery_count == 2));
}

async fn an_unreadable_object_is_quarantined_and_its_repeat_a_duplicate(database: TestDatabase) {
    let router = intake(&database);
    let body = br#"{"event":"TIER_UPGRADE","data":null}"#;
    let first = post(&router, body).await;
    assert_eq!(first.taken(), "quarantined");
    let again = post(&router, br#"{"data":null, "event":"TIER_UPGRADE"}"#).await;
    assert_eq!(again.taken(), "duplicate");
    assert_eq!(again.id(), first.id());
}

async fn the_token_travels_in_the_path_or_in_the_header(database: TestDatabase) {
    let router = intake(&database);
    let mut in_header = request(Method::POST, "/webhooks/masivo", TIER);
    let bearer = "Bearer the-token-of-masivo".parse().expect("a header");
    in_header
        .headers_mut()
        .insert(header::AUTHORIZATION, bearer);
    assert_eq!(send(&router, in_header).await.taken(), "accepted");
    assert_eq!(send(&router, hook(TIER)).await.taken(), "duplicate");
    let old = request(
        Method::POST,
        "/webhooks/masivo/a-token-on-its-way-out",
        TIER,
    );
    assert_eq!(send(&router, old).await.taken(), "duplicate");
    let encoded = request(
        Method::POST,
        "/webhooks/%6dasivo/the-token%2Dof-masivo",
        TIER,
    );
    assert_eq!(send(&router, encoded).await.taken(), "duplicate");
}

async fn b33_a_name_that_nobody_knows_is_accepted(database: TestDatabase) {
    let router = intake(&database);
    let longest = "N".repeat(128);
    for name in [
        "CUSTOMER_ANONYMOUS_TO_REGISTERED",
        "tier_upgrade",
        " ",
        "évent 💎",
        &longest,
    ] {
        let body = format!(r#"{{"event":"{name}","data":{{"customer_id":"ana"}}}}"#);
        assert_eq!(
            post(&router, body.as_bytes()).await.taken(),
            "accepted",
            "{name}"
        );
    }
    let names: Vec<_> = log(&database)
        .await
        .into_iter()
        .filter_map(|event| event.kind)
        .collect();
    assert_eq!(names[1], "tier_upgrade");
    assert_eq!(names[4], longest);
}

async fn a1_anything_but_post_is_refused_and_says_what_is_allowed(database: TestDatabase) {
    let router = intake(&database);
    for method in [
        Method::GET,
        Method::HEAD,
        Method::PUT,
        Method::DELETE,
        Method::PATCH,
        Method::TRACE,
    ] {
        for uri in [HOOK, "/webhooks/masivo", "/webhooks/nobody/x"] {
            let answer = send(&router, request(method.clone(), uri, TIER)).await;
            assert_eq!(
                answer.status,
                StatusCode::METHOD_NOT_ALLOWED,
                "{method} {uri}"
            );
            let allow = answer.headers[header::ALLOW].to_str().expect("a list");
            assert!(
                allow.split(", ").any(|allowed| allowed == "POST"),
                "{method} {uri}"
            );
            assert!(!allow.contains("GET"), "{method} {uri}");
        }
    }
    assert_eq!(log(&database).await, []);
}

async fn a2_a_browser_is_granted_nothing(database: TestDatabase) {
    let router = intake(&database);
    let mut preflight = request(Method::OPTIONS, HOOK, "");
    let headers = preflight.headers_mut();
    headers.insert(
        header::ORIGIN,
        "https://example.com".parse().expect("a header"),
    );
    let method = "POST".parse().expect("a header");
    headers.insert(header::ACCESS_CONTROL_REQUEST_METHOD, method);
    let answer = send(&router, preflight).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    assert_eq!(answer.body, b"");
    let grants = |name: &header::HeaderName| name.as_str().starts_with("access-control");
    assert!(!answer.headers.keys().any(grants));
}

async fn a_trace_context_is_kept_where_it_is_one(database: TestDatabase) {
    let router = intake(&database);
    let context = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let nonsense = [
        "",
        "00-x-y-01",
        "\u{7f}",
        &context.to_uppercase(),
        &context.repeat(2),
    ];
    for (number, value) in nonsense.iter().chain([&context]).enumerate() {
        let body = format!(r#"{{"event":"X","data":{{"n":{number}}}}}"#);
        let mut request = hook(body);
        if let Ok(value) = value.parse() {
            request.headers_mut().insert("traceparent", value);
        }
        assert_eq!(send(&router, request).await.taken(), "accepted");
    }
    let contexts: Vec<_> = log(&database)
        .await
        .into_iter()
        .filter_map(|event| event.trace_context)
        .collect();
    assert_eq!(contexts, [context]);
}

async fn a5_a26_odd_headers_that_nobody_reads_are_ignored(database: TestDatabase) {
    let router = intake(&database);
    let mut odd = hook(TIER);
    let bytes = axum::http::HeaderValue::from_bytes(b"\xff\xfe caf\xe9").expect("opaque bytes");
    for name in [
        "x-odd",
        "traceparent",
        "user-agent",
        "authorization",
        "content-language",
    ] {
        odd.headers_mut().insert(name, bytes.clone());
    }
    assert_eq!(send(&router, odd).await.taken(), "accepted");
    let event = &log(&database).await[0];
    assert_eq!(event.state, EventState::Accepted);
    assert_eq!(event.trace_context, None);
}
