//! The store itself, its write transaction, and a tenant's view of it.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use sea_orm::{
    DatabaseConnection, DatabaseTransaction, DbBackend, SqliteTransactionMode, TransactionOptions,
    TransactionTrait,
};
use tokio::sync::watch;

use crate::connect::{self, Options};
use crate::erasure::ErasureKey;
use crate::history::Names;
use crate::kept::Kept;
use crate::{ApiKeyRecord, Clock, Error, Result, Source, sql};

/// Durable facts and read models, on SQLite or PostgreSQL. Cheap to clone.
///
/// ```
/// # async fn example(store: laurel_store::Store) -> Result<(), Box<dyn std::error::Error>> {
/// use laurel_store::Source;
///
/// // What a key opens is one source; everything a tenant may see is read through its scope.
/// if let Some(key) = store.authenticate("laurel_…").await? {
///     let tiers = store.scope(&key.source).tiers().await?;
///     println!("{} tiers", tiers.len());
/// }
/// // Writes that belong together are one transaction.
/// let tx = store.begin().await?;
/// tx.commit().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    writer: DatabaseConnection,
    reader: DatabaseConnection,
    clock: Arc<dyn Clock>,
    statements: Arc<AtomicU64>,
    appended: watch::Sender<()>,
    enqueued: watch::Sender<()>,
    fed: watch::Sender<()>,
    erasure_key: OnceLock<ErasureKey>,
    names: Kept<Source, Names>,
    keys: Kept<Vec<u8>, ApiKeyRecord>,
}

impl fmt::Debug for Store {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Store")
            .field("backend", &self.backend())
            .finish_non_exhaustive()
    }
}

impl Store {
    /// Opens a database that the migrations have been applied to.
    ///
    /// # Errors
    /// [`Error::Database`] where it cannot be reached, [`Error::Unsuitable`] where it cannot keep what it is given.
    ///
    /// ```
    /// # async fn example() -> laurel_store::Result<()> {
    /// use std::sync::Arc;
    ///
    /// use laurel_store::{Options, Store, SystemClock};
    ///
    /// // For a program of its own; `laurel::Platform` hands its extensions a store that is open.
    /// let store = Store::connect(&Options::new("sqlite://laurel.db"), Arc::new(SystemClock)).await?;
    /// store.close().await
    /// # }
    /// ```
    pub async fn connect(options: &Options, clock: Arc<dyn Clock>) -> Result<Self> {
        let statements = Arc::new(AtomicU64::new(0));
        let pools = connect::open(options, &statements).await?;
        Ok(Self(Arc::new(Inner {
            writer: pools.writer,
            reader: pools.reader,
            clock,
            statements,
            appended: watch::Sender::new(()),
            enqueued: watch::Sender::new(()),
            fed: watch::Sender::new(()),
            erasure_key: OnceLock::new(),
            names: Kept::default(),
            keys: Kept::default(),
        })))
    }

    /// The clock that this store was given.
    ///
    /// ```
    /// # fn example(store: laurel_store::Store) {
    /// // Never the system's: tests move this one.
    /// let noticed_at = store.clock().now().micros();
    /// let id = store.clock().id();
    /// # }
    /// ```
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.0.clock
    }

    /// A tenant's view: every query made through it is limited to this source.
    ///
    /// ```
    /// # async fn example(store: laurel_store::Store) -> Result<(), Box<dyn std::error::Error>> {
    /// use laurel_store::Source;
    ///
    /// let club = store.scope(&Source::new("masivo")?);
    /// let ana = club.customer(&"ana-0042".parse()?).await?;
    /// println!("{:?}", ana.and_then(|ana| ana.name));
    /// # Ok(())
    /// # }
    /// ```
    pub fn scope(&self, source: &Source) -> Scope {
        Scope {
            store: self.clone(),
            source: source.clone(),
        }
    }

    /// Opens a write transaction: IMMEDIATE on SQLite, where it is the only one until it ends.
    ///
    /// # Errors
    /// [`Error::Database`] where no connection, or not the write lock, is to be had in time.
    ///
    /// ```
    /// # async fn example(store: laurel_store::Store) -> Result<(), Box<dyn std::error::Error>> {
    /// use sea_orm::ConnectionTrait;
    ///
    /// let tx = store.begin().await?;
    /// tx.connection().execute_unprepared("DELETE FROM cafe_stamps").await?;
    /// tx.commit().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn begin(&self) -> Result<Tx> {
        let store = self.clone();
        // A BEGIN that is cancelled half-way can leave a pooled connection inside a transaction (sqlx 0.9): in a task
        // of its own it always runs to its end, and a transaction that nobody waits for is rolled back.
        let begun = tokio::spawn(async move {
            let options = TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                ..TransactionOptions::default()
            };
            store.0.writer.begin_with_options(options).await
        });
        let transaction = begun.await.map_err(|_| Error::Stopped)??;
        Ok(Tx {
            transaction,
            store: self.clone(),
            enqueued: AtomicBool::new(false),
            fed: AtomicBool::new(false),
            renamed: AtomicBool::new(false),
        })
    }

    /// The connections that only read, for the tables that an extension owns.
    ///
    /// ```
    /// # async fn example(store: laurel_store::Store, source: laurel_store::Source) -> Result<(), sea_orm::DbErr> {
    /// use sea_orm::{ConnectionTrait, Statement};
    ///
    /// // A tenant sees its own rows only, by the `WHERE`.
    /// let connection = store.connection();
    /// let sql = "SELECT count(*) AS stamps FROM cafe_stamps WHERE source = $1";
    /// let values = [source.as_str().into()];
    /// let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
    /// let row = connection.query_one_raw(statement).await?;
    /// let stamps: i64 = row.map_or(Ok(0), |row| row.try_get("", "stamps"))?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn connection(&self) -> &DatabaseConnection {
        self.reader()
    }

    /// How many SQL statements this store has sent.
    pub fn statements(&self) -> u64 {
        self.0.statements.load(Ordering::Relaxed)
    }

    /// Answers whether the database answers.
    ///
    /// # Errors
    /// [`Error::Database`] where it does not.
    pub async fn ping(&self) -> Result<()> {
        Ok(self.0.writer.ping().await?)
    }

    /// How far the database's clock is ahead of ours, in microseconds; negative where it is behind.
    ///
    /// # Errors
    /// [`Error::Database`] where it does not answer.
    pub async fn clock_skew(&self) -> Result<i64> {
        let sql = format!("SELECT {} AS now", sql::now(self.backend()));
        let rows = sql::query(self.reader(), &sql, []).await?;
        let theirs: Option<i64> = rows.first().map(|row| row.try_get("", "now")).transpose()?;
        let ours = self.clock().now().micros();
        Ok(theirs.map_or(0, |theirs| theirs - ours))
    }

    /// Closes every connection; on SQLite the write-ahead log is merged into the file.
    ///
    /// # Errors
    /// [`Error::Database`] where a connection does not close.
    pub async fn close(&self) -> Result<()> {
        // The writer last: only a connection that may write can merge the log.
        self.0.reader.close_by_ref().await?;
        Ok(self.0.writer.close_by_ref().await?)
    }

    /// Changes whenever this process has stored events; other copies' events need polling.
    pub fn appends(&self) -> watch::Receiver<()> {
        self.0.appended.subscribe()
    }

    /// Changes whenever this process has written to the outbox.
    pub fn enqueues(&self) -> watch::Receiver<()> {
        self.0.enqueued.subscribe()
    }

    /// Changes whenever this process has written to the feed and, while it [listens](Self::listen), when any has.
    pub fn feedings(&self) -> watch::Receiver<()> {
        self.0.fed.subscribe()
    }

    pub(crate) fn announce_feed(&self) {
        self.0.fed.send_replace(());
    }

    pub(crate) fn announce_append(&self) {
        self.0.appended.send_replace(());
    }

    pub(crate) fn announce_enqueue(&self) {
        self.0.enqueued.send_replace(());
    }

    pub(crate) fn erasure_key(&self) -> &OnceLock<ErasureKey> {
        &self.0.erasure_key
    }

    pub(crate) fn kept_names(&self) -> &Kept<Source, Names> {
        &self.0.names
    }

    pub(crate) fn kept_keys(&self) -> &Kept<Vec<u8>, ApiKeyRecord> {
        &self.0.keys
    }

    pub(crate) fn backend(&self) -> DbBackend {
        self.0.writer.get_database_backend()
    }

    pub(crate) fn writer(&self) -> &DatabaseConnection {
        &self.0.writer
    }

    pub(crate) fn reader(&self) -> &DatabaseConnection {
        &self.0.reader
    }
}

/// A write transaction. Dropped without [`commit`](Self::commit), it is rolled back.
///
/// ```
/// # async fn example(store: laurel_store::Store) -> Result<(), Box<dyn std::error::Error>> {
/// use sea_orm::ConnectionTrait;
///
/// let tx = store.begin().await?;
/// tx.connection().execute_unprepared("UPDATE cafe_stamps SET stamps = 0").await?;
/// drop(tx); // as if nothing had been written
/// # Ok(())
/// # }
/// ```
pub struct Tx {
    transaction: DatabaseTransaction,
    store: Store,
    enqueued: AtomicBool,
    fed: AtomicBool,
    renamed: AtomicBool,
}

impl fmt::Debug for Tx {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Tx").finish_non_exhaustive()
    }
}

impl Tx {
    /// The connection inside the transaction, for the tables that an extension owns.
    ///
    /// ```
    /// # async fn example(tx: laurel_store::Tx) -> Result<(), Box<dyn std::error::Error>> {
    /// use sea_orm::{ConnectionTrait, Statement};
    ///
    /// let backend = tx.connection().get_database_backend();
    /// let sql = "UPDATE cafe_stamps SET stamps = stamps + 1 WHERE source = $1 AND customer_id = $2";
    /// let values = ["masivo".into(), "ana-0042".into()];
    /// tx.connection().execute_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
    /// tx.commit().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn connection(&self) -> &DatabaseTransaction {
        &self.transaction
    }

    /// Makes everything that was written durable and visible.
    ///
    /// # Errors
    /// [`Error::Database`]; where the connection broke, the outcome is unknown.
    pub async fn commit(self) -> Result<()> {
        self.transaction.commit().await?;
        if self.renamed.into_inner() {
            self.store.0.names.forget();
        }
        if self.enqueued.into_inner() {
            self.store.announce_enqueue();
        }
        if self.fed.into_inner() {
            self.store.announce_feed();
        }
        Ok(())
    }

    /// Undoes everything that was written.
    ///
    /// # Errors
    /// [`Error::Database`] where the database did not answer; the transaction ends with its connection.
    pub async fn rollback(self) -> Result<()> {
        Ok(self.transaction.rollback().await?)
    }

    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    /// Has the commit announce that the feed was written to.
    pub(crate) fn note_feed(&self) {
        self.fed.store(true, Ordering::Relaxed);
    }

    /// Has the commit forget the names that are kept at hand.
    pub(crate) fn note_names(&self) {
        self.renamed.store(true, Ordering::Relaxed);
    }

    /// Has the commit announce that the outbox was written to.
    pub(crate) fn note_enqueue(&self) {
        self.enqueued.store(true, Ordering::Relaxed);
    }
}

/// A tenant's view of the store. There is no way to read a tenant's rows but through one.
///
/// ```
/// # async fn example(scope: laurel_store::Scope) -> laurel_store::Result<()> {
/// for reward in scope.rewards().await? {
///     println!("{} {}", scope.source(), reward.name.unwrap_or_default());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Scope {
    store: Store,
    source: Source,
}

impl Scope {
    /// The source that this view is limited to.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// The store behind it.
    ///
    /// ```
    /// # async fn example(scope: laurel_store::Scope) {
    /// // For the tables that an extension owns, together with `scope.source()`.
    /// let connection = scope.store().connection();
    /// # }
    /// ```
    pub fn store(&self) -> &Store {
        &self.store
    }

    pub(crate) fn reader(&self) -> &DatabaseConnection {
        self.store.reader()
    }
}
