//! Opens the pools with the settings that durability and isolation rest on, and verifies that they hold.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sea_orm::sqlx::Connection;
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement,
};

use crate::{Error, Result};

/// How to reach the database.
///
/// ```
/// use laurel_store::Options;
///
/// let options = Options { readers: 2, ..Options::new("sqlite://laurel.db") };
/// assert_eq!(options.writers, 8);
/// ```
#[derive(Debug, Clone)]
pub struct Options {
    /// `sqlite://path` or `postgres://…`.
    pub url: String,
    /// Connections that read. SQLite's are read-only.
    pub readers: u32,
    /// Connections that write, on PostgreSQL; SQLite has one writer.
    pub writers: u32,
    /// How long to wait for a connection, or for SQLite's write lock.
    pub patience: Duration,
    /// The longest a query may run, on PostgreSQL.
    pub query_timeout: Duration,
}

impl Options {
    /// The default settings for a database.
    pub fn new(url: impl Into<String>) -> Self {
        let url = url.into();
        // SQLite's writers stand in line. A server that takes as long to be reached is away, and senders are to hear it.
        let patience = Duration::from_secs(if is_sqlite(&url) { 5 } else { 2 });
        Self {
            url,
            readers: 8,
            writers: 8,
            patience,
            query_timeout: Duration::from_secs(3),
        }
    }
}

/// The two pools of a store.
pub(crate) struct Pools {
    pub(crate) writer: DatabaseConnection,
    pub(crate) reader: DatabaseConnection,
}

/// Opens both pools; `statements` counts what is sent through them.
pub(crate) async fn open(options: &Options, statements: &Arc<AtomicU64>) -> Result<Pools> {
    let mut pools = if is_sqlite(&options.url) {
        let writer = Database::connect(sqlite(options, false)).await?;
        verify_sqlite(&writer).await?;
        let reader = Database::connect(sqlite(options, true)).await?;
        Pools { writer, reader }
    } else {
        let writer = Database::connect(postgres(options, options.writers, None)).await?;
        verify_postgres(&writer).await?;
        let timeout = Some(options.query_timeout);
        let reader = Database::connect(postgres(options, options.readers, timeout)).await?;
        Pools { writer, reader }
    };
    for pool in [&mut pools.writer, &mut pools.reader] {
        let statements = Arc::clone(statements);
        pool.set_metric_callback(move |_| {
            statements.fetch_add(1, Ordering::Relaxed);
        });
    }
    Ok(pools)
}

fn is_sqlite(url: &str) -> bool {
    url.starts_with("sqlite:")
}

fn common(options: &Options, connections: u32) -> ConnectOptions {
    let mut common = ConnectOptions::new(&options.url);
    common
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(options.patience)
        // Statements hold personal data as values; they are not to be logged or put into spans.
        .sqlx_logging(false)
        .record_stmt_in_spans(false);
    common
}

fn sqlite(options: &Options, read_only: bool) -> ConnectOptions {
    let patience = options.patience;
    let mut sqlite = common(options, if read_only { options.readers } else { 1 });
    // An idle connection costs nothing; closing the last one would check-point and drop the WAL each time.
    sqlite
        .idle_timeout(None::<Duration>)
        .max_lifetime(None::<Duration>);
    sqlite.test_before_acquire(false);
    // SQLite itself ends a transaction when the disk is full or fails. sqlx 0.9 does not notice: its ROLLBACK fails, it goes
    // on as if inside of that transaction, and what came next would be answered and never committed.
    sqlite.map_sqlx_sqlite_pool_opts(|pool| {
        pool.before_acquire(|connection, _| {
            Box::pin(async {
                // The rollback of a transaction that was dropped is on its way before this.
                connection.ping().await?;
                Ok(!connection.is_in_transaction())
            })
        })
    });
    sqlite.map_sqlx_sqlite_opts(move |sqlx| {
        let sqlx = sqlx
            .foreign_keys(true)
            .busy_timeout(patience)
            .statement_cache_capacity(256)
            .pragma("secure_delete", "ON");
        if read_only {
            sqlx.read_only(true)
        } else {
            // The window of duplicates is hit at random: the writer keeps more of it at hand, and merges the log when
            // more of the same pages have come together (in KiB, and in pages of 4 KiB).
            sqlx.create_if_missing(true)
                .pragma("journal_mode", "WAL")
                .pragma("synchronous", "FULL")
                .pragma("cache_size", "-16384")
                .pragma("wal_autocheckpoint", "8192")
                .pragma("journal_size_limit", "67108864")
        }
    });
    sqlite
}

fn postgres(options: &Options, connections: u32, timeout: Option<Duration>) -> ConnectOptions {
    let mut postgres = common(options, connections);
    postgres.set_application_name("laurel");
    // What is asked looks rows up by their keys: a plan of its own for each value costs more than it can save.
    let planning = match timeout {
        Some(_) => "force_generic_plan",
        None => "auto",
    };
    if let Some(timeout) = timeout {
        postgres.statement_timeout(timeout);
    }
    postgres.map_sqlx_postgres_opts(move |sqlx| {
        sqlx.statement_cache_capacity(256).options([
            ("synchronous_commit", "on"),
            ("idle_in_transaction_session_timeout", "60s"),
            ("lock_timeout", "10s"),
            ("plan_cache_mode", planning),
        ])
    });
    postgres
}

async fn verify_sqlite(writer: &DatabaseConnection) -> Result<()> {
    let journal: String = pragma(writer, "journal_mode").await?;
    let synchronous: i64 = pragma(writer, "synchronous").await?;
    if journal != "wal" || synchronous < 2 {
        return Err(Error::Unsuitable(format!(
            "SQLite would not take journal_mode=WAL and synchronous=FULL (it has {journal} and {synchronous}); \
             is the file on a network file system?"
        )));
    }
    Ok(())
}

async fn pragma<T: sea_orm::TryGetable>(db: &DatabaseConnection, name: &str) -> Result<T> {
    first_column(db, DbBackend::Sqlite, format!("PRAGMA {name}")).await
}

async fn verify_postgres(writer: &DatabaseConnection) -> Result<()> {
    for setting in ["synchronous_commit", "fsync"] {
        let sql = format!("SHOW {setting}");
        let value: String = first_column(writer, DbBackend::Postgres, sql).await?;
        match (setting, value.as_str()) {
            ("synchronous_commit", "off" | "local") => {
                let message = format!("PostgreSQL has synchronous_commit={value}");
                return Err(Error::Unsuitable(message));
            }
            ("fsync", "off") => {
                tracing::warn!("PostgreSQL has fsync=off: a power cut loses events");
            }
            _ => {}
        }
    }
    Ok(())
}

async fn first_column<T: sea_orm::TryGetable>(
    db: &DatabaseConnection,
    backend: DbBackend,
    sql: String,
) -> Result<T> {
    let row = db
        .query_one_raw(Statement::from_string(backend, sql))
        .await?;
    let row = row.ok_or_else(|| Error::Corrupt("a setting has no value".to_owned()))?;
    Ok(row.try_get_by_index(0)?)
}
