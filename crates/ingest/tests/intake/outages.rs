//! When an event cannot be stored now, the sender is told to come again; it is never told that all is well.

use std::collections::HashSet;
use std::time::Duration;

use axum::http::{StatusCode, header};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use laurel_ingest::Settings;
use laurel_testkit::{TestDatabase, both_databases};

use crate::client::{Answer, TIER, hold_the_writer, intake, intake_with, log, post, run};

both_databases!(
    a38_a_full_queue_sheds_and_what_it_took_is_stored,
    a38_a_database_that_is_gone_is_told_at_once,
    a_database_that_refuses_and_recovers_is_asked_again,
    a_database_that_hangs_is_waited_for_no_longer_than_a_sender_waits,
);

fn assert_told_to_come_again(answer: &Answer) {
    assert_eq!(
        answer.status,
        StatusCode::SERVICE_UNAVAILABLE,
        "{}",
        answer.text()
    );
    let after = answer.headers[header::RETRY_AFTER]
        .to_str()
        .expect("a header");
    assert!((3..=7).contains(&after.parse::<u32>().expect("seconds")));
    assert_eq!(
        answer.headers[header::CONTENT_TYPE],
        "application/problem+json"
    );
    let problem = answer.json();
    assert_eq!(problem["status"], 503);
    assert_eq!(problem["code"], "unavailable");
    let text = answer.text().to_lowercase();
    for inside in ["sql", "connection", "pool", "queue", "events"] {
        assert!(!text.contains(inside), "{inside}");
    }
}

async fn a38_a_full_queue_sheds_and_what_it_took_is_stored(database: TestDatabase) {
    let settings = Settings {
        queue: 2,
        batch: 1,
        ..Settings::default()
    };
    let router = intake_with(&database, settings);
    let busy = hold_the_writer(&database).await;
    let bodies: Vec<Vec<u8>> = (0..8)
        .map(|number| format!(r#"{{"event":"X","data":{{"n":{number}}}}}"#).into_bytes())
        .collect();
    let mut answers: FuturesUnordered<_> = bodies.iter().map(|body| post(&router, body)).collect();
    // The writer has one, two wait: the others are sent away while it is still busy.
    for _ in 0..5 {
        assert_told_to_come_again(&answers.next().await.expect("an answer"));
    }
    busy.rollback().await.expect("a rollback");
    let mut stored = 0;
    while let Some(answer) = answers.next().await {
        if answer.status == StatusCode::OK {
            stored += 1;
        } else {
            assert_told_to_come_again(&answer);
        }
    }
    assert!(stored >= 2);
    assert_eq!(log(&database).await.len(), stored);
    for body in &bodies {
        post(&router, body).await.taken();
    }
    assert_eq!(log(&database).await.len(), 8);
}

async fn a38_a_database_that_is_gone_is_told_at_once(database: TestDatabase) {
    let router = intake(&database);
    assert_eq!(post(&router, TIER).await.taken(), "accepted");
    database.store.close().await.expect("a clean end");
    let mut whiles = HashSet::new();
    for _ in 0..30 {
        let answer = post(&router, TIER).await;
        assert_told_to_come_again(&answer);
        whiles.insert(answer.headers[header::RETRY_AFTER].clone());
    }
    assert!(whiles.len() > 1, "not all of them at once");
}

async fn a_database_that_hangs_is_waited_for_no_longer_than_a_sender_waits(database: TestDatabase) {
    let settings = Settings {
        answer_deadline: Duration::from_millis(100),
        ..Settings::default()
    };
    let (impatient, patient) = (intake_with(&database, settings), intake(&database));
    let busy = hold_the_writer(&database).await;
    assert_told_to_come_again(&post(&impatient, TIER).await);
    busy.rollback().await.expect("a rollback");
    // It was on its way, and is stored once: by whoever comes first.
    let retry = post(&patient, TIER).await;
    assert!(["accepted", "duplicate"].contains(&&*retry.taken()));
    while log(&database).await[0].delivery_count < 2 {
        tokio::task::yield_now().await;
    }
    assert_eq!(log(&database).await.len(), 1);
}

async fn a_database_that_refuses_and_recovers_is_asked_again(database: TestDatabase) {
    let router = intake(&database);
    let away = "ALTER TABLE events RENAME TO elsewhere";
    run(&database, away, away).await;
    for _ in 0..2 {
        assert_told_to_come_again(&post(&router, TIER).await);
    }
    let back = "ALTER TABLE elsewhere RENAME TO events";
    run(&database, back, back).await;
    assert_eq!(
        post(&router, TIER).await.taken(),
        "accepted",
        "nothing was left behind"
    );
}
