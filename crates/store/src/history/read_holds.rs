//! How long reservations have been open: one that nobody closes is for the operator to see.

use laurel_payloads::Timestamp;

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
    /// The oldest open reservation of each source that has one. Reads the lines of every reward that was ever reserved:
    /// to be asked now and then.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn oldest_holds(&self) -> Result<Vec<OldestHold>> {
        let sql = format!(
            "WITH held AS (SELECT DISTINCT source, customer_id, reward_id FROM reward_lines \
               WHERE kind = 'REWARDS_RESERVATION'), \
             holds AS (SELECT l.source, {open} AS open, {rest} AS rest, \
                 min(CASE WHEN l.kind = 'REWARDS_RESERVATION' THEN l.occurred_at END) AS since \
               FROM held JOIN reward_lines l ON l.source = held.source AND l.customer_id = held.customer_id \
                 AND l.reward_id = held.reward_id \
               WHERE l.kind IN ('REWARDS_RESERVATION', 'REWARDS_RESERVATION_CANCELLED', 'CUSTOMER_REDEMPTION') \
               GROUP BY l.source, l.customer_id, l.reward_id, l.campaign_id, l.issued_at) \
             SELECT source, min(since) AS since FROM holds WHERE open + rest / {part} > 0 OR (open + rest / {part} = 0 AND rest % {part} > 0) GROUP BY source ORDER BY source",
            open = sql::whole(&open_amount("l.amount", "$1")),
            rest = sql::rest(&open_amount("l.amount", "$1")),
            part = sql::PART,
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
