//! What the operator sees of deliveries: the backlog, the dead letters, and an event's own.

use laurel_payloads::Timestamp;
use sea_orm::QueryResult;
use uuid::Uuid;

use crate::{Result, Scope, Store, sql};

/// A delivery that was given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// The source of its event.
    pub source: String,
    /// The subscriber that could not handle it.
    pub subscriber: String,
    /// Its event.
    pub event_id: Uuid,
    /// The event's place in the log.
    pub event_seq: i64,
    /// The event's name, as sent.
    pub kind: Option<String>,
    /// How many times it was tried.
    pub attempts: i64,
    /// When it was given up.
    pub dead_at: Timestamp,
    /// The reason of the last failure.
    pub last_error: Option<String>,
}

/// A delivery of one event that is not done. One that is done leaves no trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryRecord {
    /// The event's place in the log.
    pub event_seq: i64,
    /// Who is to handle it.
    pub subscriber: String,
    /// How many times it was tried.
    pub attempts: i64,
    /// When it is tried next.
    pub due_at: Timestamp,
    /// When it was given up.
    pub dead_at: Option<Timestamp>,
    /// The reason of the last failure.
    pub last_error: Option<String>,
}

/// How many deliveries of a subscriber are waiting, and how many were given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backlog {
    /// The subscriber.
    pub subscriber: String,
    /// Deliveries that are due, held or waiting for a retry.
    pub pending: i64,
    /// Deliveries that were given up.
    pub dead: i64,
}

impl Store {
    /// The dead letters of every source, oldest first: those of the next `events` events from `after` (an event's `seq`,
    /// exclusive) on. An event's dead letters are never parted, so that the last `seq` is where the next page starts.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn dead_letters(&self, after: i64, events: u32) -> Result<Vec<DeadLetter>> {
        let sql = "SELECT e.source, d.subscriber, e.id, d.event_seq, e.kind, d.attempts, d.dead_at, d.last_error \
                   FROM deliveries d JOIN events e ON e.seq = d.event_seq WHERE d.dead_at IS NOT NULL \
                   AND d.event_seq IN (SELECT DISTINCT event_seq FROM deliveries WHERE dead_at IS NOT NULL \
                   AND event_seq > $1 ORDER BY event_seq LIMIT $2) ORDER BY d.event_seq, d.subscriber";
        let values = [after.into(), i64::from(events).into()];
        let rows = sql::query(self.reader(), sql, values).await?;
        rows.iter().map(dead_letter).collect()
    }

    /// Gives dead letters another life: those of one subscriber or of all, of one event or of all. Returns how many.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn revive(&self, subscriber: Option<&str>, event: Option<Uuid>) -> Result<u64> {
        let sql = "UPDATE deliveries SET dead_at = NULL, attempts = 0, crashes = 0, due_at = $1 \
                   WHERE dead_at IS NOT NULL AND subscriber = COALESCE($2, subscriber) \
                   AND ($3 OR event_seq = (SELECT seq FROM events WHERE id = $4))";
        let values = [
            self.clock().now().micros().into(),
            subscriber.map(str::to_owned).into(),
            event.is_none().into(),
            event.unwrap_or_default().into(),
        ];
        let revived = sql::execute(self.writer(), sql, values).await?;
        self.announce_append();
        Ok(revived)
    }

    /// The backlog of every subscriber, by name.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn backlog(&self) -> Result<Vec<Backlog>> {
        let sql = "SELECT s.name, count(d.event_seq) AS total, count(d.dead_at) AS dead \
                   FROM subscribers s LEFT JOIN deliveries d ON d.subscriber = s.name \
                   GROUP BY s.name ORDER BY s.name";
        let rows = sql::query(self.reader(), sql, []).await?;
        rows.iter()
            .map(|row| {
                let (total, dead): (i64, i64) =
                    (row.try_get("", "total")?, row.try_get("", "dead")?);
                Ok(Backlog {
                    subscriber: row.try_get("", "name")?,
                    pending: total - dead,
                    dead,
                })
            })
            .collect()
    }
}

impl Scope {
    /// What is still to be done about these events, by `seq`.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn deliveries(&self, seqs: &[i64]) -> Result<Vec<DeliveryRecord>> {
        let backend = self.store().backend();
        let sql = format!(
            "SELECT d.event_seq, d.subscriber, d.attempts, d.due_at, d.dead_at, d.last_error \
             FROM subscribers s JOIN deliveries d ON d.subscriber = s.name \
             JOIN events e ON e.seq = d.event_seq WHERE d.event_seq {} AND e.source = $2 \
             ORDER BY d.event_seq, d.subscriber",
            sql::in_list(backend, 1)
        );
        let values = [
            sql::list(backend, seqs.to_vec()),
            self.source().as_str().into(),
        ];
        let rows = sql::query(self.reader(), &sql, values).await?;
        rows.iter().map(delivery).collect()
    }
}

fn dead_letter(row: &QueryResult) -> Result<DeadLetter> {
    Ok(DeadLetter {
        source: row.try_get("", "source")?,
        subscriber: row.try_get("", "subscriber")?,
        event_id: row.try_get("", "id")?,
        event_seq: row.try_get("", "event_seq")?,
        kind: row.try_get("", "kind")?,
        attempts: row.try_get("", "attempts")?,
        dead_at: Timestamp::from_micros(row.try_get("", "dead_at")?),
        last_error: row.try_get("", "last_error")?,
    })
}

fn delivery(row: &QueryResult) -> Result<DeliveryRecord> {
    Ok(DeliveryRecord {
        event_seq: row.try_get("", "event_seq")?,
        subscriber: row.try_get("", "subscriber")?,
        attempts: row.try_get("", "attempts")?,
        due_at: Timestamp::from_micros(row.try_get("", "due_at")?),
        dead_at: row
            .try_get::<Option<i64>>("", "dead_at")?
            .map(Timestamp::from_micros),
        last_error: row.try_get("", "last_error")?,
    })
}
