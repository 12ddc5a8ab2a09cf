//! What the outbox says of the mails in it, asked beside the server.

use std::sync::Arc;

use anyhow::ensure;
use laurel_store::{Options, Store, SystemClock};
use sea_orm::{ConnectionTrait as _, Statement};
use tokio::runtime::Runtime;

/// An outbox to look into.
pub(super) struct Outbox<'a> {
    runtime: &'a Runtime,
    store: Store,
}

impl<'a> Outbox<'a> {
    pub(super) fn open(runtime: &'a Runtime, url: &str) -> anyhow::Result<Self> {
        let options = Options::new(url);
        let store = Store::connect(&options, Arc::new(SystemClock));
        Ok(Self {
            store: runtime.block_on(store)?,
            runtime,
        })
    }

    /// How many have not found their end.
    pub(super) fn pending(&self) -> anyhow::Result<i64> {
        Ok(self.runtime.block_on(self.store.outbox_pending("mail"))?)
    }

    /// How many were sent.
    pub(super) fn sent(&self) -> anyhow::Result<i64> {
        let counted = self.column("SELECT count(*) AS n FROM outbox WHERE state = 'sent'")?;
        Ok(counted.first().copied().unwrap_or(0))
    }

    /// How long after its webhook was received each was with the relay, in microseconds. The first clock is read before
    /// the webhook is answered and the second after the relay has answered, so it is never too short.
    pub(super) fn times(&self) -> anyhow::Result<Vec<i64>> {
        self.column("SELECT finished_at - received_at AS n FROM outbox WHERE state = 'sent'")
    }

    /// None was given up or skipped: what is measured is mail.
    pub(super) fn ensure_all_sent(&self, wanted: i64) -> anyhow::Result<()> {
        let sent = self.sent()?;
        ensure!(sent == wanted, "{sent} of {wanted} mails were sent");
        Ok(())
    }

    fn column(&self, sql: &str) -> anyhow::Result<Vec<i64>> {
        let rows = async {
            let tx = self.store.begin().await?;
            let backend = tx.connection().get_database_backend();
            let statement = Statement::from_string(backend, sql);
            let rows = tx.connection().query_all_raw(statement).await?;
            tx.commit().await?;
            anyhow::Ok(rows)
        };
        let rows = self.runtime.block_on(rows)?;
        let number = |row: &sea_orm::QueryResult| Ok(row.try_get("", "n")?);
        rows.iter().map(number).collect()
    }
}
