//! Records what became of messages, under the lease that they were claimed by.

use std::collections::HashSet;
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

/// What is to be recorded of one group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    /// What the worker holds it by.
    pub lease: OutboxLease,
    /// What became of its messages, the head's among them.
    pub outcomes: Vec<(Uuid, OutboxOutcome)>,
    /// The try to send it, where there was one.
    pub attempt: Option<AttemptRecord>,
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
        let settlement = Settlement {
            lease: held.clone(),
            outcomes: outcomes.to_vec(),
            attempt: attempt.cloned(),
        };
        let settled = self.settle_outbox_groups(&[settlement]).await?;
        Ok(settled == [true])
    }

    /// Records what became of several groups, in one transaction. Each is answered as by [`Store::settle_outbox`].
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database): nothing was written of any.
    pub async fn settle_outbox_groups(&self, settlements: &[Settlement]) -> Result<Vec<bool>> {
        let tx = self.begin().await?;
        // Nearly all of them, where many go out: a few statements for all.
        let sent: Vec<_> = settlements.iter().filter_map(Settlement::sent).collect();
        let recorded = tx.settle_sent(&sent).await?;
        let mut settled = Vec::with_capacity(settlements.len());
        for settlement in settlements {
            settled.push(match settlement.sent() {
                Some((lease, _)) => recorded.contains(&lease.head),
                None => tx.settle_group(settlement).await?,
            });
        }
        tx.commit().await?;
        self.announce_enqueue();
        Ok(settled)
    }
}

impl Settlement {
    /// What it says where one message went out, by itself.
    fn sent(&self) -> Option<(&OutboxLease, &AttemptRecord)> {
        let attempt = self.attempt.as_ref()?;
        let head = self.lease.head;
        (self.outcomes == [(head, OutboxOutcome::Sent)]).then_some((&self.lease, attempt))
    }
}

impl Tx {
    /// Records messages that went out, each by itself; returns those whose leases were still held.
    async fn settle_sent(&self, sent: &[(&OutboxLease, &AttemptRecord)]) -> Result<HashSet<Uuid>> {
        let now = self.store().clock().now().micros();
        let rows = sent.iter().map(|(lease, _)| {
            [
                lease.head.into(),
                lease.attempts.into(),
                lease.locked_until.into(),
                now.into(),
            ]
        });
        let columns = "id, attempts, locked_until, now";
        let mut recorded = HashSet::with_capacity(sent.len());
        for (held, values) in sql::tables(self.store().backend(), columns, rows.collect()) {
            let sql = format!(
                "WITH held({columns}) AS ({held}) UPDATE outbox SET state = 'sent', reason = NULL, merged_into = NULL, \
                 finished_at = held.now, locked_until = NULL FROM held WHERE outbox.id = held.id \
                 AND outbox.attempts = held.attempts AND outbox.locked_until = held.locked_until \
                 AND outbox.state = 'pending' RETURNING outbox.id"
            );
            for row in sql::query(self.connection(), &sql, values).await? {
                recorded.insert(row.try_get("", "id")?);
            }
        }
        let recorded_attempts = sent
            .iter()
            .filter(|(lease, _)| recorded.contains(&lease.head));
        let attempts = recorded_attempts.map(|(lease, attempt)| attempt_row(lease, attempt));
        sql::insert(self.connection(), ATTEMPTS, attempts.collect(), ON_AGAIN).await?;
        Ok(recorded)
    }

    async fn settle_group(&self, settlement: &Settlement) -> Result<bool> {
        let Settlement {
            lease,
            outcomes,
            attempt,
        } = settlement;
        let (head, others): (Vec<_>, Vec<_>) =
            outcomes.iter().partition(|(id, _)| *id == lease.head);
        let Some((_, outcome)) = head.first() else {
            return Ok(false);
        };
        let by_lease = "locked_until = NULL WHERE id = $1 AND attempts = $2 AND locked_until = $3";
        let values = [
            lease.head.into(),
            lease.attempts.into(),
            lease.locked_until.into(),
        ];
        if self.record_outcome(outcome, by_lease, &values).await? == 0 {
            return Ok(false);
        }
        for (id, outcome) in others {
            let other = "locked_until = locked_until WHERE id = $1";
            self.record_outcome(outcome, other, &[(*id).into()]).await?;
        }
        if let Some(attempt) = attempt {
            self.record_attempt(lease, attempt).await?;
        }
        Ok(true)
    }

    /// Records an outcome of the pending message that the end of a statement finds by these values.
    async fn record_outcome(
        &self,
        outcome: &OutboxOutcome,
        found: &str,
        values: &[Value],
    ) -> Result<u64> {
        let (set, more) = assignments(outcome, values.len(), self.store().clock().now());
        let sql = format!("UPDATE outbox SET {set}, {found} AND state = 'pending'");
        let values = values.iter().cloned().chain(more);
        Ok(sql::execute(self.connection(), &sql, values).await?)
    }

    async fn record_attempt(&self, held: &OutboxLease, attempt: &AttemptRecord) -> Result<()> {
        let row = attempt_row(held, attempt);
        sql::insert(self.connection(), ATTEMPTS, vec![row], ON_AGAIN).await?;
        Ok(())
    }
}

const ATTEMPTS: &str =
    "delivery_attempts (outbox_id, attempt, attempted_at, outcome, relay, code, reply)";

/// A try that was given back has left its number to the next one.
const ON_AGAIN: &str = "ON CONFLICT (outbox_id, attempt) DO UPDATE SET \
     attempted_at = excluded.attempted_at, outcome = excluded.outcome, relay = excluded.relay, \
     code = excluded.code, reply = excluded.reply";

fn attempt_row(held: &OutboxLease, attempt: &AttemptRecord) -> [Value; 7] {
    [
        held.head.into(),
        held.attempts.into(),
        attempt.attempted_at.micros().into(),
        attempt.outcome.as_str().into(),
        attempt.relay.as_deref().map(storable).into(),
        attempt.code.into(),
        attempt.reply.as_deref().map(storable).into(),
    ]
}

/// What an outcome changes, with its values after so many others.
fn assignments(outcome: &OutboxOutcome, before: usize, now: Timestamp) -> (String, Vec<Value>) {
    let end = |state: &str, reason: Option<String>, into: Option<Uuid>| {
        let columns = vec![
            ("state", state.into()),
            ("reason", reason.into()),
            ("merged_into", into.into()),
            ("finished_at", now.micros().into()),
        ];
        (columns, "")
    };
    let (columns, more): (Vec<(&str, Value)>, &str) = match outcome {
        OutboxOutcome::Sent => end("sent", None, None),
        OutboxOutcome::Merged { into } => end("merged", None, Some(*into)),
        OutboxOutcome::Skipped { reason } => end("skipped", Some(storable(reason)), None),
        OutboxOutcome::Dead { reason } => end("dead", Some(storable(reason)), None),
        OutboxOutcome::Retry { due_at, error } => (
            vec![
                ("due_at", due_at.micros().into()),
                ("last_error", storable(error).into()),
            ],
            "",
        ),
        OutboxOutcome::Released { due_at } => (
            vec![("due_at", due_at.micros().into())],
            ", attempts = attempts - 1",
        ),
    };
    let places = columns.iter().zip(before + 1..);
    let set = places.map(|((column, _), place)| format!("{column} = ${place}"));
    let set = set.collect::<Vec<_>>().join(", ") + more;
    (set, columns.into_iter().map(|(_, value)| value).collect())
}
