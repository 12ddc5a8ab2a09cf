//! Claims deliveries under a lease.

use std::collections::HashMap;
use std::time::Duration;

use sea_orm::QueryResult;

use crate::{EventRecord, Result, Store, sql};

/// A delivery under whose handling, alone, the process died this many times is dead.
pub const MOST_CRASHES: i64 = 3;

/// A delivery that the caller holds the lease of: nobody else handles it until the lease runs out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The event to handle.
    pub event: EventRecord,
    /// Which try this is, from 1 on. It also tells this lease from any other.
    pub attempt: i64,
}

impl Store {
    /// Claims up to `limit` deliveries of a subscriber that are due and held by nobody, oldest first.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn claim_deliveries(
        &self,
        subscriber: &str,
        limit: u32,
        lease: Duration,
    ) -> Result<Vec<Delivery>> {
        let sql = format!(
            "WITH due AS MATERIALIZED (SELECT event_seq FROM deliveries WHERE subscriber = $1 \
             AND locked_until IS NULL AND dead_at IS NULL AND due_at <= $2 \
             ORDER BY due_at, event_seq LIMIT $3 {skip}) \
             UPDATE deliveries SET locked_until = {now} + $4, attempts = attempts + 1 \
             FROM due WHERE deliveries.subscriber = $1 AND deliveries.event_seq = due.event_seq \
             RETURNING deliveries.event_seq, deliveries.attempts",
            skip = sql::skip_locked(self.backend()),
            now = sql::now(self.backend()),
        );
        let values = [
            subscriber.into(),
            self.clock().now().micros().into(),
            i64::from(limit).into(),
            micros(lease).into(),
        ];
        let rows = sql::query(self.writer(), &sql, values).await?;
        self.with_events(&rows).await
    }

    /// Claims one delivery whose lease ran out, which means that its worker died or hung: alone, so that an event that
    /// kills its worker takes no other with it. One that has done so [`MOST_CRASHES`] times is dead instead; the crash of the
    /// batch that it was in does not count, for it may have been another's.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn claim_orphan(
        &self,
        subscriber: &str,
        lease: Duration,
    ) -> Result<Option<Delivery>> {
        let sql = format!(
            "WITH orphan AS MATERIALIZED (SELECT event_seq FROM deliveries WHERE subscriber = $1 \
             AND locked_until <= {now} AND dead_at IS NULL ORDER BY locked_until LIMIT 1 {skip}) \
             UPDATE deliveries SET crashes = crashes + 1, \
             locked_until = CASE WHEN crashes >= $3 THEN NULL ELSE {now} + $2 END, \
             dead_at = CASE WHEN crashes >= $3 THEN $4 END, \
             last_error = CASE WHEN crashes >= $3 THEN 'the process died while handling it' ELSE last_error END, \
             attempts = attempts + 1 \
             FROM orphan WHERE deliveries.subscriber = $1 AND deliveries.event_seq = orphan.event_seq \
             RETURNING deliveries.event_seq, deliveries.attempts, deliveries.dead_at",
            skip = sql::skip_locked(self.backend()),
            now = sql::now(self.backend()),
        );
        let values = [
            subscriber.into(),
            micros(lease).into(),
            MOST_CRASHES.into(),
            self.clock().now().micros().into(),
        ];
        let mut rows = sql::query(self.writer(), &sql, values).await?;
        if let Some(row) = rows.first()
            && row.try_get::<Option<i64>>("", "dead_at")?.is_some()
        {
            let seq: i64 = row.try_get("", "event_seq")?;
            tracing::error!(
                subscriber,
                event.seq = seq,
                "dead: the process died while handling it"
            );
            rows.clear();
        }
        Ok(self.with_events(&rows).await?.pop())
    }

    async fn with_events(&self, rows: &[QueryResult]) -> Result<Vec<Delivery>> {
        let mut attempts = HashMap::new();
        for row in rows {
            attempts.insert(
                row.try_get::<i64>("", "event_seq")?,
                row.try_get("", "attempts")?,
            );
        }
        let seqs: Vec<i64> = attempts.keys().copied().collect();
        let mut events = self.events_by_seq(&seqs).await?;
        events.sort_by_key(|event| event.seq);
        let held = events.into_iter().filter_map(|event| {
            attempts
                .get(&event.seq)
                .map(|&attempt| Delivery { event, attempt })
        });
        Ok(held.collect())
    }
}

pub(crate) fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}
