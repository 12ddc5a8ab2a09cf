//! Records what became of messages, under the lease that they were claimed by.

use std::time::Duration;

use laurel_payloads::Timestamp;
use sea_orm::Value;
use uuid::Uuid;

use crate::deliveries::micros;
use crate::text::storable;
use crate::{Result, Store, Tx, sql};

/// What a worker holds a group of messages by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxLease {
    pub(super) head: Uuid,
    pub(super) attempts: i64,
    pub(super) locked_until: i64,
}

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutboxOutcome {
    /// The channel took it.
    Sent,
    /// It went out, or came to nothing, together with another.
    Merged {
        /// That other.
        into: Uuid,
    },
    /// It is not to go out.
    Skipped {
        /// Why: a short code such as `no_consent`.
        reason: String,
    },
    /// It was given up.
    Dead {
        /// Why, in the relay's words where there are any.
        reason: String,
    },
    /// It goes back until `due_at`.
    Retry {
        /// When it is tried again.
        due_at: Timestamp,
        /// Why it failed.
        error: String,
    },
    /// It goes back until `due_at` as if it had not been tried.
    Released {
        /// When it is tried again.
        due_at: Timestamp,
    },
}

/// One try to send a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptRecord {
    /// When it began.
    pub attempted_at: Timestamp,
    /// How it ended, as a short code: `sent`, `retry`, `dead`, `paused`.
    pub outcome: String,
    /// The relay, as host and port.
    pub relay: Option<String>,
    /// The relay's reply code.
    pub code: Option<i64>,
    /// The relay's reply, or the error in its place.
    pub reply: Option<String>,
}

impl Store {
    /// Extends a lease. Answers false where it has passed to another worker.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn extend_outbox(&self, held: &mut OutboxLease, lease: Duration) -> Result<bool> {
        let sql = format!(
            "UPDATE outbox SET locked_until = {now} + $4 WHERE id = $1 AND attempts = $2 AND locked_until = $3 \
             AND locked_until > {now} RETURNING locked_until",
            now = sql::now(self.backend())
        );
        let values = [
            held.head.into(),
            held.attempts.into(),
            held.locked_until.into(),
            micros(lease).into(),
        ];
        let rows = sql::query(self.writer(), &sql, values).await?;
        if let Some(row) = rows.first() {
            held.locked_until = row.try_get("", "locked_until")?;
        }
        Ok(!rows.is_empty())
    }

    /// Records what became of a group's messages, the head's among them, and of the try to send it. Answers false, and
    /// writes nothing, where the lease has passed to another worker.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn settle_outbox(
        &self,
        held: &OutboxLease,
        outcomes: &[(Uuid, OutboxOutcome)],
        attempt: Option<&AttemptRecord>,
    ) -> Result<bool> {
        let tx = self.begin().await?;
        let sql = "UPDATE outbox SET locked_until = NULL WHERE id = $1 AND attempts = $2 AND locked_until = $3 \
                   AND state = 'pending'";
        let values = [
            held.head.into(),
            held.attempts.into(),
            held.locked_until.into(),
        ];
        if sql::execute(tx.connection(), sql, values).await? == 0 {
            tx.rollback().await?;
            return Ok(false);
        }
        for (id, outcome) in outcomes {
            tx.record_outcome(*id, outcome).await?;
        }
        if let Some(attempt) = attempt {
            tx.record_attempt(held, attempt).await?;
        }
        tx.commit().await?;
        self.announce_enqueue();
        Ok(true)
    }
}

impl Tx {
    async fn record_outcome(&self, id: Uuid, outcome: &OutboxOutcome) -> Result<()> {
        let now = self.store().clock().now().micros();
        let end = |state: &str, reason: Option<String>, into: Option<Uuid>| {
            let set = "state = $2, reason = $3, merged_into = $4, finished_at = $5";
            (
                set,
                vec![state.into(), reason.into(), into.into(), now.into()],
            )
        };
        let (set, values): (&str, Vec<Value>) = match outcome {
            OutboxOutcome::Sent => end("sent", None, None),
            OutboxOutcome::Merged { into } => end("merged", None, Some(*into)),
            OutboxOutcome::Skipped { reason } => end("skipped", Some(storable(reason)), None),
            OutboxOutcome::Dead { reason } => end("dead", Some(storable(reason)), None),
            OutboxOutcome::Retry { due_at, error } => (
                "due_at = $2, last_error = $3",
                vec![due_at.micros().into(), storable(error).into()],
            ),
            OutboxOutcome::Released { due_at } => (
                "due_at = $2, attempts = attempts - 1",
                vec![due_at.micros().into()],
            ),
        };
        let sql = format!("UPDATE outbox SET {set} WHERE id = $1 AND state = 'pending'");
        let values = std::iter::once(id.into()).chain(values);
        sql::execute(self.connection(), &sql, values).await?;
        Ok(())
    }

    async fn record_attempt(&self, held: &OutboxLease, attempt: &AttemptRecord) -> Result<()> {
        // A try that was given back has left its number to the next one.
        let sql = "INSERT INTO delivery_attempts (outbox_id, attempt, attempted_at, outcome, relay, code, reply) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (outbox_id, attempt) DO UPDATE SET \
                   attempted_at = excluded.attempted_at, outcome = excluded.outcome, relay = excluded.relay, \
                   code = excluded.code, reply = excluded.reply";
        let values = [
            held.head.into(),
            held.attempts.into(),
            attempt.attempted_at.micros().into(),
            attempt.outcome.as_str().into(),
            attempt.relay.as_deref().map(storable).into(),
            attempt.code.into(),
            attempt.reply.as_deref().map(storable).into(),
        ];
        sql::execute(self.connection(), sql, values).await?;
        Ok(())
    }
}
