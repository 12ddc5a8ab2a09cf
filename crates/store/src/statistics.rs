//! What the database knows of its tables when it plans.

use sea_orm::{ConnectionTrait, DbBackend};

use crate::{Result, Store, sql};

/// The tables of which most was written after they were last looked at.
const GROWN: &str = "SELECT quote_ident(stat.relname) AS name FROM pg_stat_user_tables stat \
     JOIN pg_class ON pg_class.oid = stat.relid WHERE stat.schemaname = current_schema() \
     AND stat.n_mod_since_analyze > 1000 + 4 * greatest(pg_class.reltuples, 0)";

impl Store {
    /// Has PostgreSQL look at the tables that have grown to several times their size. It does so by itself, but only about
    /// once a minute; until then it goes on with the plans that it made when they were as good as empty, which read all
    /// of a table for a few of its rows. On SQLite there is nothing to do.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn refresh_statistics(&self) -> Result<()> {
        if self.backend() != DbBackend::Postgres {
            return Ok(());
        }
        for row in sql::query(self.reader(), GROWN, []).await? {
            let name: String = row.try_get("", "name")?;
            // A table that another copy is looking at is left to it.
            let sql = format!("ANALYZE (SKIP_LOCKED) {name}");
            self.writer().execute_unprepared(&sql).await?;
        }
        Ok(())
    }
}
