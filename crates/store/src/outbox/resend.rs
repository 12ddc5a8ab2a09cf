//! Sends a message anew, because somebody says so: the same row, and with it the same Message-ID.

use std::time::Duration;

use laurel_payloads::Timestamp;
use sea_orm::{ConnectionTrait, DbBackend, QueryResult};
use uuid::Uuid;

use crate::{Result, Scope, Tx, sql};

/// A change older than this, counted from its receipt, is no news: nobody is written to about it.
pub const STALE_AFTER: Duration = Duration::from_hours(7 * 24);

/// What became of the wish to send a message anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resend {
    /// It is to go out again, together with those that were merged into it.
    Pending,
    /// There is no such message.
    Unknown,
    /// It is to go out anyway.
    OnItsWay,
    /// Another message tells of it: that is the one to send anew.
    Merged {
        /// That other.
        into: Uuid,
    },
    /// It was taken back, for its customer is erased.
    Cancelled,
    /// Several changes came to nothing together: there is nothing to tell.
    NothingToTell,
    /// A later change of the same customer has a message of its own: this one is no longer true.
    Superseded,
    /// The change was received too long ago.
    Stale,
}

/// What decides about a message.
struct Candidate {
    customer_id: String,
    channel: String,
    event_seq: i64,
    received_at: Timestamp,
    state: String,
    reason: Option<String>,
    merged_into: Option<Uuid>,
}

impl Scope {
    /// Has a message that was sent, skipped or given up go out again. Whether it does is decided anew when it is sent, as
    /// for any other: nobody is written to who is not to be.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn resend(&self, message: Uuid) -> Result<Resend> {
        let tx = self.store().begin().await?;
        let resend = tx.resend(self, message).await?;
        if resend == Resend::Pending {
            tx.note_enqueue();
        }
        tx.commit().await?;
        Ok(resend)
    }
}

impl Tx {
    async fn resend(&self, scope: &Scope, id: Uuid) -> Result<Resend> {
        let lock = match self.connection().get_database_backend() {
            DbBackend::Postgres => "FOR UPDATE",
            _ => "",
        };
        let sql = format!(
            "SELECT customer_id, channel, event_seq, received_at, state, reason, merged_into FROM outbox \
             WHERE source = $1 AND id = $2 {lock}"
        );
        let values = [scope.source().as_str().into(), id.into()];
        let rows = sql::query(self.connection(), &sql, values).await?;
        let Some(message) = rows.first().map(Candidate::read).transpose()? else {
            return Ok(Resend::Unknown);
        };
        let now = self.store().clock().now();
        if let Some(objection) = message.objection(now) {
            return Ok(objection);
        }
        if self.has_later(scope, id, &message).await? {
            return Ok(Resend::Superseded);
        }
        let sql = "UPDATE outbox SET state = 'pending', reason = NULL, merged_into = NULL, last_error = NULL, \
                   finished_at = NULL, due_at = $3, resent_at = $3 WHERE source = $1 AND (id = $2 OR merged_into = $2)";
        let values = [
            scope.source().as_str().into(),
            id.into(),
            now.micros().into(),
        ];
        sql::execute(self.connection(), sql, values).await?;
        Ok(Resend::Pending)
    }

    /// Whether a change that is not told of by this message came after all that are.
    async fn has_later(&self, scope: &Scope, id: Uuid, message: &Candidate) -> Result<bool> {
        let sql = "SELECT EXISTS (SELECT 1 FROM outbox WHERE source = $1 AND customer_id = $2 AND channel = $3 \
                   AND event_seq > $4 AND (merged_into IS NULL OR merged_into <> $5)) AS later";
        let values = [
            scope.source().as_str().into(),
            message.customer_id.as_str().into(),
            message.channel.as_str().into(),
            message.event_seq.into(),
            id.into(),
        ];
        let rows = sql::query(self.connection(), sql, values).await?;
        let later = rows.first().map(|row| row.try_get("", "later"));
        Ok(later.transpose()?.unwrap_or(false))
    }
}

impl Candidate {
    fn read(row: &QueryResult) -> Result<Self> {
        Ok(Self {
            customer_id: row.try_get("", "customer_id")?,
            channel: row.try_get("", "channel")?,
            event_seq: row.try_get("", "event_seq")?,
            received_at: Timestamp::from_micros(row.try_get("", "received_at")?),
            state: row.try_get("", "state")?,
            reason: row.try_get("", "reason")?,
            merged_into: row.try_get("", "merged_into")?,
        })
    }

    fn objection(&self, now: Timestamp) -> Option<Resend> {
        match (self.state.as_str(), self.merged_into) {
            ("pending", _) => Some(Resend::OnItsWay),
            ("merged", Some(into)) => Some(Resend::Merged { into }),
            ("cancelled", _) => Some(Resend::Cancelled),
            _ if self.reason.as_deref() == Some("no_net_change") => Some(Resend::NothingToTell),
            _ if self.received_at <= now.saturating_sub(STALE_AFTER) => Some(Resend::Stale),
            _ => None,
        }
    }
}
