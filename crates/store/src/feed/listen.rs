//! Hears of what other copies of the server write.

use std::convert::Infallible;
use std::time::Duration;

use sea_orm::DbBackend;
use sea_orm::sqlx::Error;
use sea_orm::sqlx::postgres::{PgListener, PgPoolOptions};

use crate::Store;

/// What a commit that wrote to the feed notifies.
pub(super) const CHANNEL: &str = "laurel_feed";

/// How long to wait before a connection that cannot be had is asked for again.
const PAUSE: Duration = Duration::from_secs(1);

impl Store {
    /// Announces to [`feedings`](Self::feedings) what other copies write, for as long as it is awaited. A connection that
    /// is lost is made anew, and announced: something may have been missed. On SQLite, whose other processes cannot be
    /// heard, it does nothing.
    pub async fn listen(&self) {
        if self.backend() != DbBackend::Postgres {
            return std::future::pending().await;
        }
        let mut failing = false;
        loop {
            match self.listen_once(&mut failing).await {
                Err(error) if !failing => {
                    failing = true;
                    tracing::warn!(%error, "cannot listen to other copies: their updates come late");
                }
                _ => {}
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn listen_once(&self, failing: &mut bool) -> Result<Infallible, Error> {
        let options = self.writer().get_postgres_connection_pool();
        let options = options.connect_options().as_ref().clone();
        // A connection of its own: the pool's are for those who come and go.
        let pool = PgPoolOptions::new()
            .max_connections(1)
            .max_lifetime(None)
            .idle_timeout(None);
        let pool = pool.connect_with(options).await?;
        let mut listener = PgListener::connect_with(&pool).await?;
        listener.listen(CHANNEL).await?;
        *failing = false;
        loop {
            self.announce_feed();
            listener.try_recv().await?;
        }
    }
}
