//! Reads figures of a whole programme.

use laurel_payloads::{EventKind, TierId, Timestamp};
use sea_orm::QueryResult;

use super::Interval;
use crate::convert::parsed;
use crate::{Error, Result, Scope, sql};

/// How many customers are in a tier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TierShare {
    /// The tier; none for those of whom no change of tier has told one.
    pub tier_id: Option<TierId>,
    /// How many are in it.
    pub customers: i64,
}

/// How many entries of one kind happened within a quarter of an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Activity {
    /// When the quarter began: a multiple of 15 minutes, which is where any zone's midnight lies.
    pub quarter: Timestamp,
    /// The kind.
    pub kind: EventKind,
    /// How many.
    pub entries: i64,
}

/// A quarter of an hour in microseconds.
const QUARTER: i64 = 15 * 60 * 1_000_000;

impl Scope {
    /// How many entries all histories have. Walks through all of them.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn count_entries(&self) -> Result<i64> {
        let sql = "SELECT count(*) AS n FROM history_entries WHERE source = $1";
        let rows = sql::query(self.reader(), sql, [self.source().as_str().into()]).await?;
        let count = rows.first().map(|row| row.try_get("", "n"));
        Ok(count.transpose()?.unwrap_or(0))
    }

    /// How many customers each tier has, by tier. Walks through an index of all customers.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn tier_shares(&self) -> Result<Vec<TierShare>> {
        let sql = "SELECT tier_id, count(*) AS n FROM customers WHERE source = $1 GROUP BY tier_id ORDER BY tier_id";
        let rows = sql::query(self.reader(), sql, [self.source().as_str().into()]).await?;
        rows.iter().map(tier_share).collect()
    }

    /// What happened within an interval, by quarters of an hour and kinds, the earliest first. Walks through all
    /// histories once, however long the interval.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn activity(&self, interval: Interval) -> Result<Vec<Activity>> {
        let sql = format!(
            "SELECT occurred_at / {QUARTER} AS quarter, kind, count(*) AS n FROM history_entries \
             WHERE source = $1 AND occurred_at >= $2 AND occurred_at < $3 \
             GROUP BY occurred_at / {QUARTER}, kind ORDER BY occurred_at / {QUARTER}, kind"
        );
        let values = [
            self.source().as_str().into(),
            interval.from.micros().into(),
            interval.to.micros().into(),
        ];
        let rows = sql::query(self.reader(), &sql, values).await?;
        rows.iter().map(activity).collect()
    }
}

fn tier_share(row: &QueryResult) -> Result<TierShare> {
    let tier_id: Option<String> = row.try_get("", "tier_id")?;
    Ok(TierShare {
        tier_id: tier_id.map(|id| parsed(TierId::try_from(id))).transpose()?,
        customers: row.try_get("", "n")?,
    })
}

fn activity(row: &QueryResult) -> Result<Activity> {
    let (quarter, kind): (i64, String) = (row.try_get("", "quarter")?, row.try_get("", "kind")?);
    Ok(Activity {
        quarter: Timestamp::from_micros(quarter * QUARTER),
        kind: EventKind::parse_stored(&kind)
            .ok_or_else(|| Error::Corrupt(format!("no kind of entry: {kind}")))?,
        entries: row.try_get("", "n")?,
    })
}
