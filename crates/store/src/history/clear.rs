//! Empties the read models, before they are derived anew from the log.

use sea_orm::{ConnectionTrait, DbBackend};

use crate::{Result, Tx};

/// What the `history` subscriber writes, and nothing that it does not.
const DERIVED: [&str; 9] = [
    "customers",
    "wallet_balances",
    "history_entries",
    "behavior_failures",
    "reward_lines",
    "holds",
    "tier_changes",
    "rewards",
    "tiers",
];

impl Tx {
    /// Empties the read models. Events, outbox and aliases are not touched.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn clear_history(&self) -> Result<()> {
        if self.connection().get_database_backend() == DbBackend::Postgres {
            // A worker writes customers first: none is half-way through a batch while this lock is held.
            let sql = "LOCK TABLE customers IN EXCLUSIVE MODE";
            self.connection().execute_unprepared(sql).await?;
        }
        self.note_names();
        for table in DERIVED {
            self.connection()
                .execute_unprepared(&format!("DELETE FROM {table}"))
                .await?;
        }
        Ok(())
    }
}
