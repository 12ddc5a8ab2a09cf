//! SQL beside the store: what it has no business to offer, and a test has to see or to spoil.

use laurel_store::{Store, Tx};
use sea_orm::{ConnectionTrait, DbBackend, Statement, TryGetable};
use tokio::task::JoinHandle;

/// Runs statements and makes them durable.
pub(crate) async fn run(store: &Store, sql: &str) {
    let tx = store.begin().await.expect("a transaction");
    tx.connection()
        .execute_unprepared(sql)
        .await
        .expect("a statement that runs");
    tx.commit().await.expect("a commit");
}

/// The first column of the first row.
pub(crate) async fn value<T: TryGetable>(store: &Store, sql: &str) -> T {
    let tx = store.begin().await.expect("a transaction");
    let value = first(&tx, sql).await;
    tx.rollback().await.expect("a rollback");
    value
}

/// The first column of the first row, as the transaction sees it.
pub(crate) async fn first<T: TryGetable>(tx: &Tx, sql: &str) -> T {
    let statement = Statement::from_string(backend(tx), sql);
    let row = tx.connection().query_one_raw(statement).await;
    let row = row.expect("an answer").expect("a row");
    row.try_get_by_index(0).expect("a value of that type")
}

/// Which database it is.
pub(crate) fn backend(tx: &Tx) -> DbBackend {
    tx.connection().get_database_backend()
}

/// Lets every lease on the rows of a table run out, as if their workers had died long ago.
pub(crate) async fn expire_leases(store: &Store, table: &str) {
    let sql = format!("UPDATE {table} SET locked_until = 1 WHERE locked_until IS NOT NULL");
    run(store, &sql).await;
}

/// Waits until `waiting` sessions of this database wait for a lock, or the task has ended. On SQLite there are no
/// sessions to be seen, and it waits for nothing.
pub(crate) async fn until_blocked<T>(store: &Store, waiting: i64, task: &JoinHandle<T>) {
    let tx = store.begin().await.expect("a transaction");
    if backend(&tx) != DbBackend::Postgres {
        return;
    }
    let sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
               AND wait_event_type = 'Lock'";
    while !task.is_finished() && value::<i64>(store, sql).await < waiting {}
}
