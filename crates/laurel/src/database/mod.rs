//! The database, from its URL to a store that can be used.

mod lock;
mod path;

use std::sync::Arc;

use laurel_migrations::Migrations;
use laurel_store::{Options, Store, SystemClock};

pub(crate) use self::lock::Lock;

use crate::Failure;
use crate::config::Database;

/// Clocks that differ by more than this, in microseconds, are worth a word.
const SKEW: i64 = 30_000_000;

/// Makes the database where there is none, brings it up to this binary and its extensions, and returns what was applied.
pub(crate) async fn migrate(
    database: &Database,
    extensions: &[Migrations],
) -> Result<Vec<String>, Failure> {
    path::check(database)?;
    laurel_migrations::migrate_with(&writable_url(database), extensions)
        .await
        .map_err(|error| unusable(database, &error))
}

/// Opens a database that is there and up to date; commands beside a server change no schema.
pub(crate) async fn open(database: &Database, extensions: &[Migrations]) -> Result<Store, Failure> {
    path::check(database)?;
    if let Some(path) = database.sqlite_path().filter(|path| !path.exists()) {
        let path = path.display();
        return Err(Failure::Database(format!(
            "{path} does not exist; `laurel migrate` or `laurel serve` makes it"
        )));
    }
    let status = laurel_migrations::status_with(database.url.expose(), extensions)
        .await
        .map_err(|error| unusable(database, &error))?;
    if !status.pending.is_empty() {
        return Err(Failure::Database(format!(
            "{database} is older than this binary; run `laurel migrate`"
        )));
    }
    connect(database).await
}

/// Connects to a database that was migrated.
pub(crate) async fn connect(database: &Database) -> Result<Store, Failure> {
    let mut options = Options::new(database.url.expose());
    options.readers = database.connections;
    options.writers = database.connections;
    let store = Store::connect(&options, Arc::new(SystemClock)).await;
    let store = store.map_err(|error| unusable(database, &error))?;
    let skew = store.clock_skew().await?.abs();
    if skew > SKEW {
        let seconds = skew / 1_000_000;
        tracing::warn!(
            seconds,
            "the clocks of this machine and of the database disagree"
        );
    }
    Ok(store)
}

fn writable_url(database: &Database) -> String {
    let url = database.url.expose();
    match (database.sqlite_path(), url.contains('?')) {
        (None, _) => url.to_owned(),
        (Some(_), false) => format!("{url}?mode=rwc"),
        (Some(_), true) => format!("{url}&mode=rwc"),
    }
}

fn unusable(database: &Database, error: &dyn std::fmt::Display) -> Failure {
    let error = error.to_string();
    let hint = if error.contains("unsupported startup parameter") {
        "; is there a pooler before it? Laurel holds locks and prepared statements in its sessions: connect to \
         PostgreSQL itself"
    } else {
        ""
    };
    Failure::Database(format!("{database} cannot be used: {error}{hint}"))
}
