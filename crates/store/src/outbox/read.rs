//! Reads what became of messages: a tenant's view of the outbox.

use laurel_payloads::{CustomerId, EventKind, Timestamp};
use sea_orm::{QueryResult, Value};
use uuid::Uuid;

use super::AttemptRecord;
use crate::convert::customer_id;
use crate::history::{Identities, UnionPage};
use crate::{Error, Page, PageRequest, Result, Scope, sql};

/// A message, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageRecord {
    /// Its identity.
    pub id: Uuid,
    /// Whom it is for.
    pub customer_id: CustomerId,
    /// The channel that carries it, such as `mail`.
    pub channel: String,
    /// The place in the log of the event that it is about.
    pub event_seq: i64,
    /// `TIER_UPGRADE` or `TIER_DOWNGRADE`.
    pub kind: EventKind,
    /// What became of it.
    pub state: MessageState,
    /// Why it was skipped, a short code such as `no_consent`; why it was given up, in the relay's words.
    pub reason: Option<String>,
    /// When it was written to the outbox.
    pub created_at: Timestamp,
    /// When it found its end.
    pub finished_at: Option<Timestamp>,
}

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageState {
    /// It is to go out.
    Pending,
    /// It is to go out once the customer's address is known.
    Waiting,
    /// The channel took it.
    Sent,
    /// It went out, or came to nothing, together with another.
    Merged,
    /// It was not to go out.
    Skipped,
    /// It was taken back.
    Cancelled,
    /// It was given up.
    Dead,
}

/// Where a page of messages starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageCursor {
    /// The place in the log of the event that the message is about.
    pub event_seq: i64,
    /// The channel: an event has a message on each.
    pub channel: String,
}

/// Who waits for an address is who [claims](super::OutboxClaim) leave out for it.
const COLUMNS: &str = "id, customer_id, channel, event_seq, kind, reason, created_at, finished_at, \
     CASE WHEN state = 'pending' AND NOT EXISTS (SELECT 1 FROM customers WHERE customers.source = outbox.source \
       AND customers.customer_id = outbox.customer_id \
       AND (customers.email IS NOT NULL OR customers.is_anonymous OR customers.status <> 'ACTIVE')) \
     THEN 'waiting' ELSE state END AS state";

impl Scope {
    /// A page of the messages for a customer, those about the newest events first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn messages(
        &self,
        of: impl Into<Identities<'_>>,
        page: &PageRequest<MessageCursor>,
    ) -> Result<Page<MessageRecord>> {
        let order = ["event_seq", "channel"];
        let mut union = UnionPage::new(self, of.into(), COLUMNS, "outbox", order);
        union.cut(page, |at| [at.event_seq.into(), at.channel.as_str().into()]);
        let (sql, values) = union.rows(page);
        let rows = sql::query(self.reader(), &sql, values).await?;
        Ok(page.cut(rows.iter().map(message).collect::<Result<_>>()?))
    }

    /// How many messages there are for a customer.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn count_messages(&self, of: impl Into<Identities<'_>>) -> Result<u64> {
        let order = ["event_seq", "channel"];
        let union = UnionPage::new(self, of.into(), COLUMNS, "outbox", order);
        let (sql, values) = union.count();
        sql::count(self.reader(), &sql, values).await
    }

    /// The messages with these ids, in no order; unknown ones are left out.
    ///
    /// # Errors
    /// [`Error::Database`].
    ///
    /// ```
    /// # async fn example(scope: laurel_store::Scope, message: uuid::Uuid) -> laurel_store::Result<()> {
    /// // A channel knows the message that it carries by its id, and asks here whose it is.
    /// for message in scope.messages_by_id(&[message]).await? {
    ///     println!("{}", message.customer_id);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn messages_by_id(&self, ids: &[Uuid]) -> Result<Vec<MessageRecord>> {
        self.find_messages("id", ids.iter().map(|&id| id.into()))
            .await
    }

    /// The messages about the events with these places in the log, the first that was written for an event first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn messages_by_event(&self, seqs: &[i64]) -> Result<Vec<MessageRecord>> {
        self.find_messages("event_seq", seqs.iter().map(|&seq| seq.into()))
            .await
    }

    async fn find_messages(
        &self,
        column: &str,
        keys: impl ExactSizeIterator<Item = Value>,
    ) -> Result<Vec<MessageRecord>> {
        if keys.len() == 0 {
            return Ok(Vec::new());
        }
        let sql = format!(
            "SELECT {COLUMNS} FROM outbox WHERE source = $1 AND {column} IN ({}) ORDER BY event_seq, id",
            sql::places(2, keys.len())
        );
        let values = std::iter::once(self.source().as_str().into()).chain(keys);
        let rows = sql::query(self.reader(), &sql, values).await?;
        rows.iter().map(message).collect()
    }

    /// The tries to send these messages, each with its message, the earliest first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn attempts(&self, messages: &[Uuid]) -> Result<Vec<(Uuid, AttemptRecord)>> {
        if messages.is_empty() {
            return Ok(Vec::new());
        }
        let sql = format!(
            "SELECT outbox_id, attempted_at, outcome, relay, code, reply FROM delivery_attempts \
             JOIN outbox ON outbox.id = outbox_id WHERE source = $1 AND outbox_id IN ({}) \
             ORDER BY outbox_id, attempt",
            sql::places(2, messages.len())
        );
        let source = self.source().as_str().into();
        let values = std::iter::once(source).chain(messages.iter().map(|&id| id.into()));
        let rows = sql::query(self.reader(), &sql, values).await?;
        rows.iter().map(attempt).collect()
    }
}

fn message(row: &QueryResult) -> Result<MessageRecord> {
    let (kind, state): (String, String) = (row.try_get("", "kind")?, row.try_get("", "state")?);
    let finished: Option<i64> = row.try_get("", "finished_at")?;
    Ok(MessageRecord {
        id: row.try_get("", "id")?,
        customer_id: customer_id(row.try_get("", "customer_id")?)?,
        channel: row.try_get("", "channel")?,
        event_seq: row.try_get("", "event_seq")?,
        kind: EventKind::parse_stored(&kind)
            .ok_or_else(|| Error::Corrupt(format!("no kind of message: {kind}")))?,
        state: MessageState::read(&state)
            .ok_or_else(|| Error::Corrupt(format!("no state of a message: {state}")))?,
        reason: row.try_get("", "reason")?,
        created_at: Timestamp::from_micros(row.try_get("", "created_at")?),
        finished_at: finished.map(Timestamp::from_micros),
    })
}

fn attempt(row: &QueryResult) -> Result<(Uuid, AttemptRecord)> {
    let attempt = AttemptRecord {
        attempted_at: Timestamp::from_micros(row.try_get("", "attempted_at")?),
        outcome: row.try_get("", "outcome")?,
        relay: row.try_get("", "relay")?,
        code: row.try_get("", "code")?,
        reply: row.try_get("", "reply")?,
    };
    Ok((row.try_get("", "outbox_id")?, attempt))
}

impl MessageState {
    fn read(text: &str) -> Option<Self> {
        Some(match text {
            "pending" => Self::Pending,
            "waiting" => Self::Waiting,
            "sent" => Self::Sent,
            "merged" => Self::Merged,
            "skipped" => Self::Skipped,
            "cancelled" => Self::Cancelled,
            "dead" => Self::Dead,
            _ => return None,
        })
    }
}
