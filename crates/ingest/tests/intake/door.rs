//! What is decided at the door, before a body is read; what names a request; and who is sent away for a while.

use std::convert::Infallible;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, Method, Request, StatusCode, header};
use futures_util::stream;
use laurel_ingest::{Intake, RateLimit, Settings, SourceSettings, TokenVerifier, router};
use laurel_testkit::{TestDatabase, both_databases};
use uuid::Uuid;

use crate::client::{
    HOOK, TIER, TOKEN, hold_the_writer, hook, intake, intake_with, post, request, send, start,
};

both_databases!(
    a1_a4_who_is_refused_by_the_head_is_not_asked_for_a_body,
    a38_who_is_turned_away_is_not_asked_for_a_body,
    a33_a_share_is_for_those_who_are_known,
    every_answer_names_its_request,
    bodies_hold_no_more_memory_than_they_may,
    what_waits_to_be_stored_counts_when_its_sender_has_gone,
);

/// A request whose body tells whether anybody has asked for it. Its sender waits to be told to go on.
fn watched(method: Method, uri: &str) -> (Request<Body>, Arc<AtomicBool>) {
    let asked = Arc::new(AtomicBool::new(false));
    let watch = Arc::clone(&asked);
    let body = stream::poll_fn(move |_| {
        watch.store(true, Ordering::Release);
        std::task::Poll::Ready(None::<Result<Bytes, Infallible>>)
    });
    let mut request = request(method, uri, Body::from_stream(body));
    let waits = HeaderValue::from_static("100-continue");
    request.headers_mut().insert(header::EXPECT, waits);
    (request, asked)
}

async fn a1_a4_who_is_refused_by_the_head_is_not_asked_for_a_body(database: TestDatabase) {
    let router = intake(&database);
    for (method, uri, status) in [
        (Method::PUT, HOOK, StatusCode::METHOD_NOT_ALLOWED),
        (Method::OPTIONS, HOOK, StatusCode::NO_CONTENT),
        (Method::POST, "/webhooks/masivo", StatusCode::UNAUTHORIZED),
        (
            Method::POST,
            "/webhooks/masivo/wrong",
            StatusCode::UNAUTHORIZED,
        ),
        (
            Method::POST,
            "/webhooks/nobody/wrong",
            StatusCode::UNAUTHORIZED,
        ),
    ] {
        let (request, asked) = watched(method, uri);
        assert_eq!(send(&router, request).await.status, status, "{uri}");
        assert!(!asked.load(Ordering::Acquire), "{uri}");
    }
    let (request, asked) = watched(Method::POST, HOOK);
    let answer = send(&router, request).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "nothing was sent");
    assert!(asked.load(Ordering::Acquire));
}

async fn a38_who_is_turned_away_is_not_asked_for_a_body(database: TestDatabase) {
    let settings = Settings {
        queue: 1,
        batch: 1,
        ..Settings::default()
    };
    let router = intake_with(&database, settings);
    let busy = hold_the_writer(&database).await;
    // One for the writer, which may or may not have taken it yet, and one for the queue.
    let mut waiting = Vec::new();
    let turned_away = loop {
        let (request, asked) = watched(Method::POST, HOOK);
        let body = format!(r#"{{"event":"X","data":{{"n":{}}}}}"#, waiting.len());
        let answer = {
            let router = router.clone();
            tokio::spawn(async move { post(&router, body.as_bytes()).await })
        };
        waiting.push(answer);
        let answer = send(&router, request).await;
        if answer.status == StatusCode::SERVICE_UNAVAILABLE {
            assert!(!asked.load(Ordering::Acquire));
            break answer;
        }
    };
    assert!(turned_away.headers.contains_key(header::RETRY_AFTER));
    assert_eq!(turned_away.json()["code"], "unavailable");
    busy.rollback().await.expect("a rollback");
    for answer in waiting {
        let status = answer.await.expect("an answer").status;
        assert!([StatusCode::OK, StatusCode::SERVICE_UNAVAILABLE].contains(&status));
    }
}

/// Intake for one source, with a share of three at once.
fn limited(database: &TestDatabase) -> Router {
    let few = |number| NonZeroU32::new(number).expect("a number");
    let source = SourceSettings {
        rate_limit: Some(RateLimit {
            per_second: few(1),
            burst: few(3),
        }),
        ..SourceSettings::new(
            database.source(),
            vec![Arc::new(TokenVerifier::new([TOKEN]))],
        )
    };
    let store = database.store.clone();
    router(Intake::start(store, vec![source], Settings::default()))
}

async fn a33_a_share_is_for_those_who_are_known(database: TestDatabase) {
    let router = limited(&database);
    for _ in 0..10 {
        let stranger = request(Method::POST, "/webhooks/masivo/wrong", TIER);
        assert_eq!(
            send(&router, stranger).await.status,
            StatusCode::UNAUTHORIZED
        );
    }
    let statuses = [
        post(&router, TIER).await.taken(),
        post(&router, TIER).await.taken(),
        post(&router, TIER).await.taken(),
    ];
    assert_eq!(statuses, ["accepted", "duplicate", "duplicate"]);
    let told = loop {
        let answer = post(&router, TIER).await;
        if answer.status != StatusCode::OK {
            break answer;
        }
    };
    assert_eq!(told.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(told.headers[header::RETRY_AFTER], "1");
    assert_eq!(
        told.headers[header::CONTENT_TYPE],
        "application/problem+json"
    );
    assert_eq!(told.json()["code"], "rate_limited");
}

async fn every_answer_names_its_request(database: TestDatabase) {
    let router = intake(&database);
    let mut ids = Vec::new();
    for request in [
        hook(TIER),
        hook(TIER),
        hook("{{{"),
        request(Method::GET, HOOK, ""),
        request(Method::OPTIONS, HOOK, ""),
        request(Method::POST, "/webhooks/masivo/wrong", TIER),
    ] {
        let answer = send(&router, request).await;
        let id = answer.headers["x-request-id"].to_str().expect("an id");
        let id: Uuid = id.parse().expect("an id");
        if answer.headers.get(header::CONTENT_TYPE)
            == Some(&HeaderValue::from_static("application/problem+json"))
        {
            assert_eq!(answer.json()["instance"], format!("urn:uuid:{id}"));
        }
        assert!(!ids.contains(&id));
        ids.push(id);
    }
}

/// A body whose end does not come.
fn unfinished(bytes: usize) -> Body {
    let beginning = Ok::<_, Infallible>(Bytes::from(vec![b' '; bytes]));
    Body::from_stream(futures_util::StreamExt::chain(
        stream::iter([beginning]),
        stream::pending(),
    ))
}

async fn bodies_hold_no_more_memory_than_they_may(database: TestDatabase) {
    let settings = Settings {
        max_body: 50_000,
        max_in_flight: 100_000,
        ..Settings::default()
    };
    let router = intake_with(&database, settings);
    let slow = start(send(&router, hook(unfinished(50_000))));
    let turned_away = send(&router, hook(unfinished(50_000))).await;
    assert_eq!(turned_away.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(turned_away.headers.contains_key(header::RETRY_AFTER));
    assert_eq!(post(&router, TIER).await.taken(), "accepted");
    drop(slow);
    let large = format!("{}{}", " ".repeat(40_000), r#"{"event":"X","data":{}}"#);
    assert_eq!(
        post(&router, large.as_bytes()).await.taken(),
        "accepted",
        "what a sender held is free when it has gone"
    );
}

async fn what_waits_to_be_stored_counts_when_its_sender_has_gone(database: TestDatabase) {
    let settings = Settings {
        max_body: 50_000,
        max_in_flight: 150_000,
        ..Settings::default()
    };
    let router = intake_with(&database, settings);
    let busy = hold_the_writer(&database).await;
    let large = |event: &str| {
        let event = format!(r#"{{"event":"{event}","data":{{}}}}"#);
        format!("{}{event}", " ".repeat(40_000)).into_bytes()
    };
    let (first, second) = (large("FIRST"), large("SECOND"));
    for body in [&first, &second] {
        drop(start(post(&router, body)));
    }
    let third = post(&router, &large("THIRD")).await;
    assert_eq!(third.status, StatusCode::SERVICE_UNAVAILABLE);
    busy.rollback().await.expect("a rollback");
    for body in [first, second] {
        let answer = loop {
            let answer = post(&router, &body).await;
            if answer.status == StatusCode::OK {
                break answer;
            }
        };
        assert_eq!(answer.taken(), "duplicate", "it was stored all the same");
    }
}
