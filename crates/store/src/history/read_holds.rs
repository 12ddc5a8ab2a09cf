//! How long reservations have been open: one that nobody closes is for the operator to see.

use laurel_payloads::Timestamp;

use super::holds::{NEVER, join_lines};
use super::read_wallets::open_amount;
use crate::convert::parsed;
use crate::{Result, Source, Store, sql};

/// The oldest reservation of a source that is still open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OldestHold {
    /// Whose customer made it.
    pub source: Source,
    /// When it was made.
    pub since: Timestamp,
}

impl Store {
    /// The oldest open reservation of each source that has one. Looks at every hold that there ever was, and reads the
    /// lines of those that may be open: to be asked now and then.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn oldest_holds(&self) -> Result<Vec<OldestHold>> {
        let sql = format!(
            "WITH open AS (SELECT h.source, min(CASE WHEN l.kind = 'REWARDS_RESERVATION' THEN l.occurred_at END) AS since \
               FROM holds h {} WHERE h.closed_seq = {NEVER} AND h.ends_at > $1 \
               GROUP BY h.source, h.customer_id, h.reward_id, h.campaign_id, h.issued_at HAVING {}) \
             SELECT source, min(since) AS since FROM open GROUP BY source ORDER BY source",
            join_lines(self.backend()),
            sql::is_positive(&open_amount("l.amount", "$1")),
        );
        let now = self.clock().now().micros();
        let rows = sql::query(self.reader(), &sql, [now.into()]).await?;
        let hold = |row: &sea_orm::QueryResult| {
            let source: String = row.try_get("", "source")?;
            Ok(OldestHold {
                source: parsed(Source::new(&source))?,
                since: Timestamp::from_micros(row.try_get("", "since")?),
            })
        };
        rows.iter().map(hold).collect()
    }
}
