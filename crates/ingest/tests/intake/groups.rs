//! Group commit: what is queued becomes one transaction, and each request its own answer.

use std::collections::HashSet;

use axum::http::StatusCode;
use futures_util::future::join_all;
use laurel_ingest::Settings;
use laurel_store::Kinds;
use laurel_testkit::{TestDatabase, both_databases};

use crate::client::{hold_the_writer, intake, intake_with, log, post, run, start};

both_databases!(
    many_posts_are_stored_in_few_statements,
    no_more_is_stored_in_a_second_than_may_be,
    what_would_wait_for_longer_than_a_second_is_turned_away,
    what_comes_while_another_group_is_written_is_written_together,
    a_group_is_no_larger_than_it_may_be,
    repeats_in_one_group_are_answered_each,
    only_the_event_at_fault_is_refused,
    several_writers_store_each_event_once,
);

fn body(number: usize) -> Vec<u8> {
    format!(r#"{{"event":"X","data":{{"customer_id":"c{number}"}}}}"#).into_bytes()
}

/// Posts all of `bodies` while the writer is held, and lets it go: how many statements it took.
async fn post_at_once(
    database: &TestDatabase,
    settings: Settings,
    bodies: &[Vec<u8>],
) -> (Vec<String>, u64) {
    let router = intake_with(database, settings);
    let busy = hold_the_writer(database).await;
    let waiting: Vec<_> = bodies
        .iter()
        .map(|body| start(post(&router, body)))
        .collect();
    let before = database.store.statements();
    busy.rollback().await.expect("a rollback");
    let answers = join_all(waiting).await;
    let statements = database.store.statements() - before;
    (
        answers.iter().map(crate::client::Answer::taken).collect(),
        statements,
    )
}

async fn many_posts_are_stored_in_few_statements(database: TestDatabase) {
    let registered = database.store.register("all", &Kinds::All).await;
    registered.expect("a subscriber");
    let bodies: Vec<_> = (0..64).map(body).collect();
    let (taken, statements) = post_at_once(&database, Settings::default(), &bodies).await;
    assert!(taken.iter().all(|status| status == "accepted"));
    assert_eq!(log(&database).await.len(), 64);
    // The first of them may have been alone; one by one they would take four statements each.
    assert!(statements <= 60, "{statements} statements for 64 events");
}

async fn no_more_is_stored_in_a_second_than_may_be(database: TestDatabase) {
    let settings = Settings {
        events_per_second: std::num::NonZeroU32::new(100),
        ..Settings::default()
    };
    let router = intake_with(&database, settings);
    let bodies: Vec<_> = (0..60).map(body).collect();
    let began = std::time::Instant::now();
    let answers = join_all(bodies.iter().map(|body| post(&router, body))).await;
    // The first ten go at once, the rest at ten each tenth of a second.
    assert!(began.elapsed().as_millis() >= 500, "{:?}", began.elapsed());
    assert!(answers.iter().all(|answer| answer.taken() == "accepted"));
}

async fn what_would_wait_for_longer_than_a_second_is_turned_away(database: TestDatabase) {
    let settings = Settings {
        events_per_second: std::num::NonZeroU32::new(10),
        ..Settings::default()
    };
    let router = intake_with(&database, settings);
    let bodies: Vec<_> = (0..40).map(body).collect();
    let answers = join_all(bodies.iter().map(|body| post(&router, body))).await;
    let stored = answers.iter().filter(|answer| answer.status == 200).count();
    assert!((10..=20).contains(&stored), "{stored} of 40");
    assert_eq!(log(&database).await.len(), stored);
}

async fn what_comes_while_another_group_is_written_is_written_together(database: TestDatabase) {
    let settings = Settings {
        writers: 4,
        ..Settings::default()
    };
    let bodies: Vec<_> = (0..40).map(body).collect();
    let (taken, statements) = post_at_once(&database, settings, &bodies).await;
    assert!(taken.iter().all(|status| status == "accepted"));
    // The first of them may have been alone.
    assert!(statements <= 24, "{statements} statements for two groups");
}

async fn a_group_is_no_larger_than_it_may_be(database: TestDatabase) {
    let bodies: Vec<_> = (0..12).map(body).collect();
    let settings = Settings {
        batch: 1,
        ..Settings::default()
    };
    let (_, statements) = post_at_once(&database, settings, &bodies).await;
    assert!(
        statements >= 12,
        "{statements} statements for 12 transactions"
    );
    assert_eq!(log(&database).await.len(), 12);
}

async fn repeats_in_one_group_are_answered_each(database: TestDatabase) {
    let bodies: Vec<_> = [1, 2, 1, 1, 2].into_iter().map(body).collect();
    let (taken, _) = post_at_once(&database, Settings::default(), &bodies).await;
    assert_eq!(
        taken,
        [
            "accepted",
            "accepted",
            "duplicate",
            "duplicate",
            "duplicate"
        ]
    );
    let counts: Vec<_> = log(&database)
        .await
        .iter()
        .map(|event| event.delivery_count)
        .collect();
    assert_eq!(counts, [3, 2]);
}

async fn only_the_event_at_fault_is_refused(database: TestDatabase) {
    run(
        &database,
        "CREATE TRIGGER poison BEFORE INSERT ON events WHEN NEW.customer_id = 'c3' \
         BEGIN SELECT RAISE(ABORT, 'poison'); END",
        "ALTER TABLE events ADD CONSTRAINT poison CHECK (customer_id <> 'c3')",
    )
    .await;
    let router = intake(&database);
    let bodies: Vec<_> = (0..6).map(body).collect();
    let busy = hold_the_writer(&database).await;
    let waiting: Vec<_> = bodies
        .iter()
        .map(|body| start(post(&router, body)))
        .collect();
    busy.rollback().await.expect("a rollback");
    let statuses: Vec<_> = join_all(waiting)
        .await
        .iter()
        .map(|answer| answer.status)
        .collect();
    for (number, status) in statuses.into_iter().enumerate() {
        let expected = if number == 3 {
            StatusCode::SERVICE_UNAVAILABLE
        } else {
            StatusCode::OK
        };
        assert_eq!(status, expected, "{number}");
    }
    assert_eq!(log(&database).await.len(), 5);
}

async fn several_writers_store_each_event_once(database: TestDatabase) {
    let settings = Settings {
        writers: 3,
        batch: 4,
        ..Settings::default()
    };
    let router = intake_with(&database, settings);
    let bodies: Vec<_> = (0..90).map(|number| body(number % 30)).collect();
    let answers = join_all(bodies.iter().map(|body| post(&router, body))).await;
    let accepted = answers.iter().filter(|answer| answer.taken() == "accepted");
    assert_eq!(accepted.count(), 30);
    let ids: HashSet<_> = answers.iter().map(crate::client::Answer::id).collect();
    assert_eq!(ids.len(), 30);
    let log = log(&database).await;
    assert!(log.iter().all(|event| event.delivery_count == 3));
}
