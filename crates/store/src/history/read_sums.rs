//! Sums movements over intervals of time, exactly.

use laurel_payloads::{RewardId, Sum, Timestamp};
use sea_orm::{DbBackend, QueryResult};

use super::Identities;
use crate::convert::parsed;
use crate::{Result, Scope, sql};

/// A stretch of time, its end excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interval {
    /// Its first moment.
    pub from: Timestamp,
    /// The moment after its last.
    pub to: Timestamp,
}

/// What moved of one reward within an interval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Movements {
    /// The interval.
    pub interval: Interval,
    /// The reward.
    pub reward_id: RewardId,
    /// What was earned, and what external movements brought.
    pub earned: Sum,
    /// What was redeemed, and what external movements took, as a positive sum.
    pub redeemed: Sum,
    /// How many events moved it.
    pub entries: i64,
}

impl Scope {
    /// What a customer earned and redeemed, by interval and reward, the earliest first; an interval without a movement
    /// is left out.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn movements(
        &self,
        of: impl Into<Identities<'_>>,
        intervals: &[Interval],
    ) -> Result<Vec<Movements>> {
        let backend = self.store().backend();
        // The intervals as a table of two columns, from one list for each; made once, not once a line.
        let intervals_table = match backend {
            DbBackend::Postgres => "SELECT * FROM unnest($3::bigint[], $4::bigint[]) AS i(lo, hi)",
            _ => {
                "SELECT lo.value AS lo, hi.value AS hi \
                 FROM json_each($3) lo JOIN json_each($4) hi ON hi.key = lo.key"
            }
        };
        let earned = "CASE WHEN l.kind = 'CUSTOMER_ACCUMULATION' OR (l.kind = 'EXTERNAL' AND l.amount > 0) \
                      THEN l.amount ELSE 0 END";
        let redeemed = "CASE WHEN l.kind = 'CUSTOMER_REDEMPTION' OR (l.kind = 'EXTERNAL' AND l.amount < 0) \
                        THEN l.amount ELSE 0 END";
        let sql = format!(
            "WITH i AS MATERIALIZED ({intervals_table}) \
             SELECT i.lo, i.hi, l.reward_id, count(DISTINCT l.event_seq) AS entries, \
             {} AS earned, {} AS earned_rest, {} AS redeemed, {} AS redeemed_rest \
             FROM i JOIN reward_lines l ON l.occurred_at >= i.lo AND l.occurred_at < i.hi \
             WHERE l.source = $1 AND l.customer_id {} \
             AND l.kind IN ('CUSTOMER_ACCUMULATION', 'CUSTOMER_REDEMPTION', 'EXTERNAL') \
             GROUP BY i.lo, i.hi, l.reward_id ORDER BY i.lo, l.reward_id",
            sql::whole(earned),
            sql::rest(earned),
            sql::whole(redeemed),
            sql::rest(redeemed),
            sql::in_list(backend, 2),
        );
        let bounds = |bound: fn(&Interval) -> Timestamp| {
            let bounds = intervals.iter().map(|interval| bound(interval).micros());
            sql::list(backend, bounds.collect())
        };
        let values = [
            self.source().as_str().into(),
            sql::list(backend, of.into().texts()),
            bounds(|interval| interval.from),
            bounds(|interval| interval.to),
        ];
        let rows = sql::query(self.reader(), &sql, values).await?;
        rows.iter().map(movements).collect()
    }
}

fn movements(row: &QueryResult) -> Result<Movements> {
    let reward_id: String = row.try_get("", "reward_id")?;
    let sum = |whole: &str, rest: &str| -> Result<Sum> {
        Ok(sql::sum(row.try_get("", whole)?, row.try_get("", rest)?))
    };
    Ok(Movements {
        interval: Interval {
            from: Timestamp::from_micros(row.try_get("", "lo")?),
            to: Timestamp::from_micros(row.try_get("", "hi")?),
        },
        reward_id: parsed(RewardId::try_from(reward_id))?,
        earned: sum("earned", "earned_rest")?,
        redeemed: Sum::ZERO - sum("redeemed", "redeemed_rest")?,
        entries: row.try_get("", "entries")?,
    })
}
