//! The duplicate window's memory, and its end.

use crate::{Result, Store, sql};

impl Store {
    /// Forgets content whose window is over, up to a thousand entries. Answers whether there may be more.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn forget_expired(&self) -> Result<bool> {
        const STEP: u64 = 1_000;
        // In the order in which an append touches the same rows.
        let sql = format!(
            "DELETE FROM recent WHERE (source, digest) IN (SELECT source, digest FROM recent \
             WHERE expires_at <= $1 ORDER BY source, digest LIMIT {STEP})"
        );
        let now = self.clock().now().micros();
        Ok(sql::execute(self.writer(), &sql, [now.into()]).await? == STEP)
    }
}
