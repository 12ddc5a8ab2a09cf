//! Sums movements over intervals of time, exactly.

use laurel_payloads::{Amount, CustomerId, RewardId, Timestamp};

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
    /// What was earned.
    pub earned: Amount,
    /// What was redeemed, as a positive amount.
    pub redeemed: Amount,
    /// How many events moved it.
    pub entries: i64,
}

impl Scope {
    /// What a customer earned and redeemed, by interval and reward; an interval without a movement is left out.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn movements(
        &self,
        customer_id: &CustomerId,
        intervals: &[Interval],
    ) -> Result<Vec<Movements>> {
        let mut movements = Vec::new();
        let sql = "SELECT reward_id, count(DISTINCT event_seq) AS entries, \
                   CAST(sum(CASE WHEN kind = 'CUSTOMER_ACCUMULATION' THEN amount ELSE 0 END) AS BIGINT) AS earned, \
                   CAST(-sum(CASE WHEN kind = 'CUSTOMER_REDEMPTION' THEN amount ELSE 0 END) AS BIGINT) AS redeemed \
                   FROM reward_lines WHERE source = $1 AND customer_id = $2 AND occurred_at >= $3 AND occurred_at < $4 \
                   AND kind IN ('CUSTOMER_ACCUMULATION', 'CUSTOMER_REDEMPTION') GROUP BY reward_id ORDER BY reward_id";
        for &interval in intervals {
            let values = [
                self.source().as_str().into(),
                customer_id.as_str().into(),
                interval.from.micros().into(),
                interval.to.micros().into(),
            ];
            for row in sql::query(self.reader(), sql, values).await? {
                let reward_id: String = row.try_get("", "reward_id")?;
                movements.push(Movements {
                    interval,
                    reward_id: parsed(RewardId::try_from(reward_id))?,
                    earned: Amount::from_millionths(row.try_get("", "earned")?),
                    redeemed: Amount::from_millionths(row.try_get("", "redeemed")?),
                    entries: row.try_get("", "entries")?,
                });
            }
        }
        Ok(movements)
    }
}
