//! The database, from its URL to a store that can be used.

mod lock;
mod path;

use std::sync::Arc;

use laurel_store::{Options, Store, SystemClock};

pub(crate) use self::lock::Lock;

use crate::Failure;
use crate::config::Database;

/// Makes the database where there is none, brings it up to this binary, and returns what was applied.
pub(crate) async fn migrate(database: &Database) -> Result<Vec<String>, Failure> {
    path::check(database)?;
    laurel_migrations::migrate(&writable_url(database))
        .await
        .map_err(|error| unusable(database, &error))
}

/// Opens a database that is there and up to date; commands beside a server change no schema.
pub(crate) async fn open(database: &Database) -> Result<Store, Failure> {
    path::check(database)?;
    if let Some(path) = database.sqlite_path().filter(|path| !path.exists()) {
        let path = path.display();
        return Err(Failure::Database(format!(
            "{path} does not exist; `laurel migrate` or `laurel serve` makes it"
        )));
    }
    let status = laurel_migrations::status(database.url.expose())
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
    Store::connect(&options, Arc::new(SystemClock))
        .await
        .map_err(|error| unusable(database, &error))
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
    Failure::Database(format!("{database} cannot be used: {error}"))
}
