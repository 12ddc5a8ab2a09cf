//! What a command of an extension works with.

use std::sync::Arc;

use laurel_migrations::Migrations;
use laurel_store::Store;
use tokio::sync::OnceCell;

use crate::config::Config;
use crate::{Failure, cli, database};

/// What a command of an extension works with. Cheap to clone. [`Platform::command`](crate::Platform::command) has an
/// example.
#[derive(Clone, Debug)]
pub struct Session(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    config: Config,
    migrations: Vec<Migrations>,
    store: OnceCell<Store>,
}

impl Session {
    pub(super) fn new(config: Config, migrations: Vec<Migrations>) -> Self {
        Self(Arc::new(Inner {
            config,
            migrations,
            store: OnceCell::new(),
        }))
    }

    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// The store, opened at the first call and closed when the command ends. A server may run beside it.
    ///
    /// # Errors
    ///
    /// The database is not there, or older or newer than this program, extensions included.
    pub async fn store(&self) -> Result<Store, Failure> {
        let Inner {
            config,
            migrations,
            store,
        } = &*self.0;
        let opened = store.get_or_try_init(|| database::open(&config.database, migrations));
        opened.await.cloned()
    }

    /// Writes an answer to standard output; a reader that has seen enough is no failure. What is not an answer belongs
    /// into the log, or on standard error.
    ///
    /// # Errors
    ///
    /// Standard output cannot be written to.
    pub fn print(&self, text: &str) -> Result<(), Failure> {
        cli::print(text)
    }

    pub(super) async fn close(&self) -> Result<(), Failure> {
        match self.0.store.get() {
            Some(store) => Ok(store.close().await?),
            None => Ok(()),
        }
    }
}
