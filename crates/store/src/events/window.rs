//! The duplicate window's memory, and its end.

use crate::{Result, Store, sql};

impl Store {
    /// Forgets content whose window is over, up to a thousand entries. Answers whether there may be more.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn forget_expired(&self) -> Result<bool> {
        const STEP: u64 = 1_000;
        // What an append is touching is stepped over: it is being renewed, or about to be answered by.
        let sql = format!(
            "WITH expired AS MATERIALIZED (SELECT source, digest FROM recent WHERE expires_at <= $1 \
             ORDER BY expires_at LIMIT {STEP} {skip}) \
             DELETE FROM recent WHERE (source, digest) IN (SELECT source, digest FROM expired)",
            skip = sql::skip_locked(self.backend()),
        );
        let now = self.clock().now().micros();
        Ok(sql::execute(self.writer(), &sql, [now.into()]).await? == STEP)
    }
}
