//! A client that goes away before it is answered: its event is stored, and its retry is a duplicate.

use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use futures_util::{StreamExt, stream};
use laurel_testkit::{TestDatabase, both_databases};

use crate::client::{TIER, hold_the_writer, hook, intake, log, post, send, start};

both_databases!(
    a34_the_event_of_a_client_that_went_away_is_stored,
    a_client_that_goes_away_before_its_body_is_whole_leaves_nothing,
    intake_that_ends_stores_what_is_queued,
);

async fn a34_the_event_of_a_client_that_went_away_is_stored(database: TestDatabase) {
    let router = intake(&database);
    let busy = hold_the_writer(&database).await;
    for _ in 0..3 {
        drop(start(post(&router, TIER)));
    }
    busy.rollback().await.expect("a rollback");
    let retry = post(&router, TIER).await;
    assert_eq!(retry.taken(), "duplicate");
    let log = log(&database).await;
    assert_eq!(log.len(), 1);
    assert_eq!(log[0].id, retry.id());
    assert_eq!(log[0].delivery_count, 4);
}

async fn a_client_that_goes_away_before_its_body_is_whole_leaves_nothing(database: TestDatabase) {
    let router = intake(&database);
    let beginning = Ok::<_, std::convert::Infallible>(Bytes::from_static(TIER));
    let body = stream::iter([beginning]).chain(stream::pending());
    drop(start(send(&router, hook(Body::from_stream(body)))));
    assert_eq!(post(&router, TIER).await.taken(), "accepted");
    assert_eq!(log(&database).await.len(), 1);
}

async fn intake_that_ends_stores_what_is_queued(database: TestDatabase) {
    let router = intake(&database);
    let busy = hold_the_writer(&database).await;
    let waiting = start(post(&router, TIER));
    let answered = tokio::spawn({
        let router = intake(&database);
        async move { post(&router, br#"{"event":"X","data":{}}"#).await.status }
    });
    drop(waiting);
    drop(router);
    busy.rollback().await.expect("a rollback");
    assert_eq!(answered.await.expect("an answer"), StatusCode::OK);
    // Its own writer has nobody left to answer: ask until it has written.
    while log(&database).await.len() < 2 {
        tokio::task::yield_now().await;
    }
}
