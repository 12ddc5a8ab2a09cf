//! A database that goes away and comes back: what fails says so, and nothing that was answered is lost.

use laurel_store::{Class, Kinds, Outcome, Store};
use laurel_testkit::{TestDatabase, both_databases};
use sea_orm::DbBackend;

use crate::bodies::{coupon, event};
use crate::deliveries::{claim, subscribe};
use crate::raw;

both_databases!(
    a_closed_store_is_unavailable,
    sessions_that_are_killed_are_replaced,
    a_late_commit_of_an_earlier_event_is_not_skipped,
    a_full_disk_refuses_and_keeps_what_it_has,
);

async fn a_closed_store_is_unavailable(database: TestDatabase) {
    let store = &database.store;
    store.close().await.expect("a clean end");
    let batch = [event(&database, &coupon("ana", 1))];
    let error = store.append(&batch).await.expect_err("a closed store");
    assert_eq!(error.class(), Class::Unavailable, "{error}");
    let error = store
        .claim_deliveries("all", 1, crate::deliveries::LEASE)
        .await;
    assert_eq!(
        error.expect_err("a closed store").class(),
        Class::Unavailable
    );
    assert!(store.ping().await.is_err());
}

async fn backend(store: &Store) -> DbBackend {
    let tx = store.begin().await.expect("a transaction");
    raw::backend(&tx)
}

async fn sessions_that_are_killed_are_replaced(database: TestDatabase) {
    let store = &database.store;
    if backend(store).await != DbBackend::Postgres {
        return; // There is no server that could go away.
    }
    let observer = database.another_store().await;
    let mut stored = 0;
    for number in 0..20 {
        let kill = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
                    WHERE datname = current_database() AND pid <> pg_backend_pid()";
        raw::value::<i64>(&observer, kill).await;
        let batch = [event(&database, &coupon("ana", number))];
        match store.append(&batch).await {
            Ok(answers) => {
                assert_eq!(answers[0].outcome, Outcome::Accepted);
                stored += 1;
            }
            Err(error) => assert_eq!(error.class(), Class::Unavailable, "{error}"),
        }
        let answers = store.append(&batch).await.expect("a session that lives");
        stored += i64::from(answers[0].outcome == Outcome::Accepted);
    }
    let events: i64 = raw::value(store, "SELECT count(*) FROM events").await;
    assert_eq!((events, stored), (20, 20));
}

async fn a_late_commit_of_an_earlier_event_is_not_skipped(database: TestDatabase) {
    let store = &database.store;
    if backend(store).await != DbBackend::Postgres {
        return; // One writer: what is earlier is committed earlier.
    }
    subscribe(store, "all", &Kinds::All).await;
    database.append(&[&coupon("ana", 1)]).await;
    let late = store.begin().await.expect("a transaction");
    let columns = "source, kind, state, body, digest, received_at, occurred_at, last_delivered_at";
    let seq: i64 = raw::first(
        &late,
        &format!(
            "WITH late AS (INSERT INTO events (id, {columns}) SELECT gen_random_uuid(), {columns} FROM events \
             RETURNING seq) INSERT INTO deliveries (subscriber, event_seq, due_at) \
             SELECT 'all', seq, 0 FROM late RETURNING event_seq"
        ),
    )
    .await;
    database.append(&[&coupon("ana", 2)]).await;
    let early = claim(store, "all", 10).await;
    assert_eq!(early.len(), 2);
    assert!(early[1].event.seq > seq, "a later event is visible earlier");
    late.commit().await.expect("a commit");
    let rest = claim(store, "all", 10).await;
    assert_eq!(rest.len(), 1);
    assert_eq!(rest[0].event.seq, seq);
}

async fn a_full_disk_refuses_and_keeps_what_it_has(database: TestDatabase) {
    let store = &database.store;
    database.append(&[&coupon("ana", 1)]).await;
    if backend(store).await != DbBackend::Sqlite {
        return; // PostgreSQL's disk cannot be filled from here; its code is among those that are classified.
    }
    let pages: i64 = raw::value(store, "PRAGMA page_count").await;
    raw::value::<i64>(store, &format!("PRAGMA max_page_count = {pages}")).await;
    let filler = "x".repeat(500_000);
    let body = format!(r#"{{"event":"X","data":{{"a":"{filler}"}}}}"#);
    let batch = [event(&database, body.as_bytes())];
    let error = store.append(&batch).await.expect_err("a full disk");
    assert_eq!(error.class(), Class::Unavailable, "{error}");
    raw::value::<i64>(store, "PRAGMA max_page_count = 1000000").await;
    let answers = store.append(&batch).await.expect("room again");
    assert_eq!(answers[0].outcome, Outcome::Accepted);
    let events: i64 = raw::value(store, "SELECT count(*) FROM events").await;
    assert_eq!(events, 2);
}
