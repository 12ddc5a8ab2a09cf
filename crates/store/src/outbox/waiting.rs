//! Messages that wait for an address, kept out of the way of claims.
//!
//! Whether a message waits is decided by what is known of its customer, each time it is looked at. The column `waiting`
//! only spares claims that look: it is set by a claim that has found nobody to write to, and taken back by the transaction
//! that learns a profile. So that no claim sets it beside a transaction that has yet to commit the address, only messages
//! are set aside that are older than any transaction that could have missed them, under a lock that it would wait for.

use std::collections::BTreeMap;
use std::time::Duration;

use sea_orm::{ConnectionTrait, DbBackend};

use crate::history::CustomerUpdate;
use crate::{Result, Source, Store, Tx, sql};

/// Longer than a transaction lasts (its handler has a deadline of a second) and younger than what is set aside.
const OLD_ENOUGH: Duration = Duration::from_secs(15);

/// Whoever can be written to, or is not to be at all, does not wait.
pub(super) const REACHABLE: &str = "EXISTS (SELECT 1 FROM customers WHERE customers.source = outbox.source \
     AND customers.customer_id = outbox.customer_id \
     AND (customers.email IS NOT NULL OR customers.is_anonymous OR customers.status <> 'ACTIVE'))";

impl Store {
    /// Sets messages aside whose customers cannot be written to yet.
    /// They are named by the events that they are about.
    pub(super) async fn set_aside(&self, channel: &str, messages: Vec<i64>) -> Result<()> {
        if messages.is_empty() {
            return Ok(());
        }
        let backend = self.backend();
        let old = self.clock().now().saturating_sub(OLD_ENOUGH).micros();
        let tx = self.begin().await?;
        let messages = tx.take_unlocked(channel, messages).await?;
        let sql = format!(
            "UPDATE outbox SET waiting = TRUE WHERE channel = $1 AND event_seq {} AND state = 'pending' \
             AND NOT waiting AND created_at <= $3 AND NOT {REACHABLE}",
            sql::in_list(backend, 2)
        );
        let values = [channel.into(), sql::list(backend, messages), old.into()];
        sql::execute(tx.connection(), &sql, values).await?;
        tx.commit().await
    }
}

impl Tx {
    /// Locks those of the messages that nobody else has locked: they may be about to become reachable.
    async fn take_unlocked(&self, channel: &str, messages: Vec<i64>) -> Result<Vec<i64>> {
        let backend = self.connection().get_database_backend();
        if backend != DbBackend::Postgres {
            return Ok(messages);
        }
        let sql = format!(
            "SELECT event_seq FROM outbox WHERE channel = $1 AND event_seq {} FOR UPDATE SKIP LOCKED",
            sql::in_list(backend, 2)
        );
        let values = [channel.into(), sql::list(backend, messages)];
        let rows = sql::query(self.connection(), &sql, values).await?;
        rows.iter()
            .map(|row| Ok(row.try_get("", "event_seq")?))
            .collect()
    }

    /// Has the messages of customers whose profile is told here be looked at again.
    pub(crate) async fn wake(&self, updates: &[CustomerUpdate]) -> Result<()> {
        let mut told = BTreeMap::<&Source, Vec<String>>::new();
        for update in updates.iter().filter(|update| update.profile.is_some()) {
            told.entry(&update.source)
                .or_default()
                .push(update.customer_id.to_string());
        }
        let backend = self.connection().get_database_backend();
        let theirs = format!(
            "source = $1 AND customer_id {} AND state = 'pending'",
            sql::in_list(backend, 2)
        );
        for (source, customers) in told {
            let values = [source.as_str().into(), sql::list(backend, customers)];
            // In the order in which claims take them; who sets messages aside leaves those alone that are locked.
            if backend == DbBackend::Postgres {
                let sql = format!(
                    "SELECT id FROM outbox WHERE {theirs} ORDER BY customer_id, event_seq FOR UPDATE"
                );
                sql::query(self.connection(), &sql, values.clone()).await?;
            }
            let sql = format!("UPDATE outbox SET waiting = FALSE WHERE {theirs} AND waiting");
            if sql::execute(self.connection(), &sql, values).await? > 0 {
                self.note_enqueue();
            }
        }
        Ok(())
    }
}
