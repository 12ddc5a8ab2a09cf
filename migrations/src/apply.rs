//! Brings a database up to this binary's schema, one copy at a time.

use std::time::Duration;

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{
    ConnectOptions, Database, DatabaseConnection, DbBackend, RuntimeErr,
};

use crate::{Migrations, Migrator};

/// Two copies that start at once must not migrate at once; the number is arbitrary and ours.
const POSTGRES_LOCK: i64 = 0x6c61_7572_656c;

/// How many times a lock is tried for, two seconds each.
const TRIES: u32 = 30;

/// Why a database is not usable.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A newer Laurel has migrated this database; this one would not understand it. Nothing was changed.
    #[error("the database is newer than this binary: it holds {}, unknown here", .0.join(", "))]
    Newer(Vec<String>),
    /// The database refused or could not be reached. A migration that failed was rolled back.
    #[error("{0}")]
    Database(#[from] DbErr),
}

/// What a database holds, seen from this binary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// Names of migrations that are applied, oldest first.
    pub applied: Vec<String>,
    /// Names of migrations that `migrate` would apply, oldest first.
    pub pending: Vec<String>,
}

/// Applies what is pending and returns the names of what was applied, oldest first.
///
/// `url` is `sqlite://…?mode=rwc` or `postgres://…`. On PostgreSQL other copies wait for an advisory lock, which ends
/// with the connection.
///
/// # Errors
/// [`Error::Newer`] before anything is touched; [`Error::Database`] with the failed migration rolled back.
pub async fn migrate(url: &str) -> Result<Vec<String>, Error> {
    migrate_with(url, &[]).await
}

/// Applies what is pending, ours first and then each extension's, all of it under one lock.
///
/// # Errors
/// As for [`migrate`].
pub async fn migrate_with(url: &str, extensions: &[Migrations]) -> Result<Vec<String>, Error> {
    let database = connect(url).await?;
    let mut tries = 1;
    let applied = loop {
        match locked(&database, extensions).await {
            Err(Error::Database(error)) if is_lock_timeout(&error) && tries < TRIES => tries += 1,
            result => break result,
        }
    };
    database.close().await?;
    applied
}

/// Applies what is pending once no other copy does. A lock that is not to be had soon is let go of, so that nobody queues
/// up behind it.
async fn locked(
    database: &DatabaseConnection,
    extensions: &[Migrations],
) -> Result<Vec<String>, Error> {
    if database.get_database_backend() == DbBackend::Postgres {
        let lock = format!("SET lock_timeout = '2s'; SELECT pg_advisory_lock({POSTGRES_LOCK})");
        database.execute_unprepared(&lock).await?;
    }
    apply(database, extensions).await
}

/// PostgreSQL's `lock_not_available`: the statement gave up waiting, and its transaction is rolled back.
fn is_lock_timeout(error: &DbErr) -> bool {
    let (DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error))) =
        error
    else {
        return false;
    };
    error
        .as_database_error()
        .is_some_and(|answer| answer.code().as_deref() == Some("55P03"))
}

/// Compares a database with this binary, without changing it.
///
/// # Errors
/// [`Error::Newer`] and [`Error::Database`], as for [`migrate`].
pub async fn status(url: &str) -> Result<Status, Error> {
    status_with(url, &[]).await
}

/// Compares a database with this binary and its extensions, without changing it.
///
/// # Errors
/// As for [`status`].
pub async fn status_with(url: &str, extensions: &[Migrations]) -> Result<Status, Error> {
    let database = connect(url).await?;
    let statuses = compare(&database, extensions).await;
    database.close().await?;
    let (mut applied, mut pending) = (Vec::new(), Vec::new());
    for (_, status) in statuses? {
        applied.extend(status.applied);
        pending.extend(status.pending);
    }
    Ok(Status { applied, pending })
}

async fn apply(
    database: &DatabaseConnection,
    extensions: &[Migrations],
) -> Result<Vec<String>, Error> {
    let mut applied = Vec::new();
    for (migrations, status) in compare(database, extensions).await? {
        if !status.pending.is_empty() {
            migrations.up(database).await?;
            applied.extend(status.pending);
        }
    }
    Ok(applied)
}

/// What each migrator would apply, ours first. All are asked before any does.
async fn compare(
    database: &DatabaseConnection,
    extensions: &[Migrations],
) -> Result<Vec<(Migrations, Status)>, Error> {
    let mut statuses = Vec::new();
    for migrations in std::iter::once(&Migrations::of::<Migrator>()).chain(extensions) {
        let status = migrations.status(database).await?;
        statuses.push((migrations.clone(), status));
    }
    Ok(statuses)
}

/// One connection, so that the advisory lock and the migrations share a session.
async fn connect(url: &str) -> Result<DatabaseConnection, DbErr> {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(1)
        .acquire_timeout(Duration::from_secs(10))
        .sqlx_logging(false);
    Database::connect(options).await
}
