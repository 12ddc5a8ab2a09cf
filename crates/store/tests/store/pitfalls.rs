//! What is known to bite in the crates and databases below: see that it does not, so that an upgrade is noticed.

use std::future::Future;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use laurel_store::{EventFilter, Options, Outcome, Store};
use laurel_testkit::{TestDatabase, both_databases};
use sea_orm::{ConnectionTrait, DbBackend};

use crate::bodies::{coupon, event};
use crate::raw;

both_databases!(
    a_begin_that_is_cancelled_leaves_no_session_in_a_transaction,
    an_append_whose_caller_goes_away_is_stored_wholly_or_not_at_all,
    a_transaction_that_is_dropped_is_rolled_back,
    a_transaction_that_the_database_ended_takes_no_other_with_it,
    what_is_read_may_be_written_in_the_same_transaction,
    a_read_does_not_wait_for_an_open_transaction,
    durability_is_on_whatever_the_database_was_set_to,
    every_statement_of_a_transaction_is_counted,
);

/// Polls a future a few times and drops it, wherever it is by then.
async fn abandon<T>(future: impl Future<Output = T>, polls: usize) -> Option<T> {
    let mut future = Box::pin(future);
    for _ in 0..polls {
        let mut context = Context::from_waker(Waker::noop());
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return Some(value);
        }
        tokio::task::yield_now().await;
    }
    None
}

async fn is_postgres(store: &Store) -> bool {
    let tx = store.begin().await.expect("a transaction");
    raw::backend(&tx) == DbBackend::Postgres
}

/// Waits until no session of this database is in a transaction; a session that stays in one fails the test in a minute.
async fn until_nobody_is_in_a_transaction(store: &Store) {
    if !is_postgres(store).await {
        return;
    }
    let sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
               AND pid <> pg_backend_pid() AND state LIKE 'idle in transaction%'";
    while raw::value::<i64>(store, sql).await > 0 {}
}

async fn a_begin_that_is_cancelled_leaves_no_session_in_a_transaction(database: TestDatabase) {
    let store = &database.store;
    for round in 0..300 {
        drop(abandon(store.begin(), round % 30).await);
    }
    let observer = database.another_store().await;
    until_nobody_is_in_a_transaction(&observer).await;
    // With a session left inside a transaction, this would be answered and never be committed.
    for number in 0..20 {
        let answer = database.append(&[&coupon("ana", number)]).await[0];
        assert_eq!(answer.outcome, Outcome::Accepted);
        let made = store.create_api_key(&database.source(), None, &[]).await;
        made.expect("an insert outside of any transaction");
    }
    store.close().await.expect("a clean end");
    let events: i64 = raw::value(&observer, "SELECT count(*) FROM events").await;
    let keys: i64 = raw::value(&observer, "SELECT count(*) FROM api_keys").await;
    assert_eq!((events, keys), (20, 20));
}

async fn an_append_whose_caller_goes_away_is_stored_wholly_or_not_at_all(database: TestDatabase) {
    let store = &database.store;
    store
        .register("all", &laurel_store::Kinds::All)
        .await
        .expect("a subscriber");
    for round in 0..100 {
        let batch = [
            event(&database, &coupon("ana", round)),
            event(&database, &coupon("bob", round)),
        ];
        abandon(store.append(&batch), 1 + round % 60).await;
    }
    let observer = database.another_store().await;
    until_nobody_is_in_a_transaction(&observer).await;
    for table in ["deliveries", "recent"] {
        let sql = format!("SELECT (SELECT count(*) FROM events) - (SELECT count(*) FROM {table})");
        assert_eq!(raw::value::<i64>(&observer, &sql).await, 0, "{table}");
    }
    let odd = "SELECT count(*) FROM events WHERE customer_id = 'ana'";
    let even = "SELECT count(*) FROM events WHERE customer_id = 'bob'";
    assert_eq!(
        raw::value::<i64>(&observer, odd).await,
        raw::value::<i64>(&observer, even).await
    );
    let answer = database.append(&[&coupon("eve", 1)]).await[0];
    assert_eq!(answer.outcome, Outcome::Accepted);
}

async fn a_transaction_that_is_dropped_is_rolled_back(database: TestDatabase) {
    for _ in 0..20 {
        let tx = database.store.begin().await.expect("a transaction");
        let sql = "INSERT INTO suppressions VALUES ('masivo', 'ana@example.com', 'bounce', 1)";
        let inserted = tx.connection().execute_unprepared(sql).await;
        assert_eq!(inserted.expect("an insert").rows_affected(), 1);
        drop(tx);
    }
    let left: i64 = raw::value(&database.store, "SELECT count(*) FROM suppressions").await;
    assert_eq!(left, 0);
}

async fn a_transaction_that_the_database_ended_takes_no_other_with_it(database: TestDatabase) {
    let store = &database.store;
    if is_postgres(store).await {
        return; // It waits for the ROLLBACK.
    }
    raw::run(store, "CREATE TABLE once (n INTEGER UNIQUE)").await;
    raw::run(store, "INSERT INTO once VALUES (1)").await;
    for number in 1..=5 {
        // As SQLite does by itself when the disk is full.
        let tx = store.begin().await.expect("a transaction");
        let twice = "INSERT OR ROLLBACK INTO once VALUES (1)";
        let refused = tx.connection().execute_unprepared(twice).await;
        assert!(refused.is_err(), "it is there already");
        drop(tx);
        let tx = store.begin().await.expect("a transaction");
        tx.rollback().await.expect("a rollback");

        let answer = database.append(&[&coupon("ana", number)]).await[0];
        assert_eq!(answer.outcome, Outcome::Accepted);
        let observer = database.another_store().await;
        let events: i64 = raw::value(&observer, "SELECT count(*) FROM events").await;
        assert_eq!(usize::try_from(events), Ok(number), "what was answered");
    }
}

async fn what_is_read_may_be_written_in_the_same_transaction(database: TestDatabase) {
    raw::run(&database.store, "CREATE TABLE counter (n BIGINT NOT NULL)").await;
    raw::run(&database.store, "INSERT INTO counter VALUES (0)").await;
    let mut writers = Vec::new();
    for _ in 0..4 {
        let store = database.another_store().await;
        writers.push(tokio::spawn(async move {
            for _ in 0..25 {
                let tx = store.begin().await.expect("a transaction");
                // PostgreSQL needs to be told; on SQLite a deferred transaction would fail here with BUSY_SNAPSHOT.
                let lock = match raw::backend(&tx) {
                    DbBackend::Postgres => " FOR UPDATE",
                    _ => "",
                };
                let n: i64 = raw::first(&tx, &format!("SELECT n FROM counter{lock}")).await;
                tokio::task::yield_now().await;
                let sql = format!("UPDATE counter SET n = {}", n + 1);
                let updated = tx.connection().execute_unprepared(&sql).await;
                updated.expect("no BUSY_SNAPSHOT");
                tx.commit().await.expect("a commit");
            }
        }));
    }
    for writer in writers {
        writer.await.expect("a writer that ends");
    }
    let n: i64 = raw::value(&database.store, "SELECT n FROM counter").await;
    assert_eq!(n, 100);
}

async fn a_read_does_not_wait_for_an_open_transaction(database: TestDatabase) {
    let store = &database.store;
    database.append(&[&coupon("ana", 1)]).await;
    let tx = store.begin().await.expect("a transaction");
    tx.connection()
        .execute_unprepared("DELETE FROM events")
        .await
        .expect("a deletion");
    let scope = store.scope(&database.source());
    let events = scope.count_events(&EventFilter::default()).await;
    assert_eq!(events.expect("an answer at once"), 1);
    tx.rollback().await.expect("a rollback");
}

async fn durability_is_on_whatever_the_database_was_set_to(database: TestDatabase) {
    let store = &database.store;
    if is_postgres(store).await {
        let name: String = raw::value(store, "SELECT CAST(current_database() AS TEXT)").await;
        let sql = format!("ALTER DATABASE {name} SET synchronous_commit = off");
        raw::run(store, &sql).await;
        let other = database.another_store().await;
        let commit: String = raw::value(&other, "SHOW synchronous_commit").await;
        assert_eq!(commit, "on");
    } else {
        let other = database.another_store().await;
        let journal: String = raw::value(&other, "PRAGMA journal_mode").await;
        let synchronous: i64 = raw::value(&other, "PRAGMA synchronous").await;
        let foreign_keys: i64 = raw::value(&other, "PRAGMA foreign_keys").await;
        let secure_delete: i64 = raw::value(&other, "PRAGMA secure_delete").await;
        assert_eq!(journal, "wal");
        assert_eq!((synchronous, foreign_keys, secure_delete), (2, 1, 1));
    }
}

async fn every_statement_of_a_transaction_is_counted(database: TestDatabase) {
    let store = &database.store;
    let tx = store.begin().await.expect("a transaction");
    let before = store.statements();
    for _ in 0..3 {
        raw::first::<i64>(&tx, "SELECT count(*) FROM events").await;
    }
    assert_eq!(store.statements() - before, 3);
}

#[tokio::test]
async fn a_database_that_is_not_there_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let missing = folder.path().join("no/such/laurel.db");
    let urls = [
        format!("sqlite://{}", missing.display()),
        format!("sqlite://{}", folder.path().display()),
        "postgres://127.0.0.1:1/laurel".to_owned(),
    ];
    for url in urls {
        let options = Options {
            patience: Duration::from_secs(1),
            ..Options::new(url)
        };
        let clock = std::sync::Arc::new(laurel_testkit::FixedClock::default());
        let error = Store::connect(&options, clock)
            .await
            .expect_err("no database");
        assert_eq!(error.class(), laurel_store::Class::Unavailable, "{error}");
    }
}
