//! Reads what events moved, and what is in the log and has not moved anything yet.

use laurel_payloads::{RewardId, Sum, Timestamp};

use super::Identities;
use crate::convert::parsed;
use crate::{Result, Scope, sql};

/// What one event moved of one reward.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MovedRecord {
    /// The event, by its place in the log.
    pub event_seq: i64,
    /// The reward.
    pub reward_id: RewardId,
    /// How much: negative where the customer lost it.
    pub amount: Sum,
}

impl Scope {
    /// What these events moved in a customer's wallet. What is reserved or released is not moved.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn moved(
        &self,
        of: impl Into<Identities<'_>>,
        seqs: Vec<i64>,
    ) -> Result<Vec<MovedRecord>> {
        let backend = self.store().backend();
        let sql = format!(
            "SELECT event_seq, reward_id, {} AS whole, {} AS rest FROM reward_lines WHERE source = $1 AND customer_id {} \
             AND event_seq {} AND kind IN ('CUSTOMER_ACCUMULATION', 'CUSTOMER_REDEMPTION', 'EXTERNAL') \
             GROUP BY event_seq, reward_id",
            sql::whole("amount"),
            sql::rest("amount"),
            sql::in_list(backend, 2),
            sql::in_list(backend, 3),
        );
        let values = [
            self.source().as_str().into(),
            sql::list(backend, of.into().texts()),
            sql::list(backend, seqs),
        ];
        let moved = |row: &sea_orm::QueryResult| {
            let reward_id: String = row.try_get("", "reward_id")?;
            Ok(MovedRecord {
                event_seq: row.try_get("", "event_seq")?,
                reward_id: parsed(RewardId::try_from(reward_id))?,
                amount: sql::sum(row.try_get("", "whole")?, row.try_get("", "rest")?),
            })
        };
        let rows = sql::query(self.reader(), &sql, values).await?;
        rows.iter().map(moved).collect()
    }

    /// When the newest event of a customer's was received that is in the log and not in the history yet: it is on its way,
    /// has been given up, or is kept aside.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn unsettled(&self, of: impl Into<Identities<'_>>) -> Result<Option<Timestamp>> {
        let backend = self.store().backend();
        let ids = sql::in_list(backend, 2);
        let sql = format!(
            "SELECT max(received_at) AS at FROM (SELECT received_at FROM events WHERE source = $1 \
               AND state = 'quarantined' AND customer_id {ids} \
             UNION ALL SELECT e.received_at FROM deliveries d JOIN events e ON e.seq = d.event_seq \
               WHERE d.subscriber = 'history' AND e.source = $1 AND e.customer_id {ids}) AS waiting"
        );
        let values = [
            self.source().as_str().into(),
            sql::list(backend, of.into().texts()),
        ];
        let rows = sql::query(self.reader(), &sql, values).await?;
        let newest = rows.first().map(|row| row.try_get::<Option<i64>>("", "at"));
        Ok(newest.transpose()?.flatten().map(Timestamp::from_micros))
    }
}
