//! Writes messages to the outbox, in the transaction that handles their event.

use laurel_payloads::{CustomerId, EventKind, Timestamp};
use uuid::Uuid;

use crate::erasure::ERASED;
use crate::text::storable;
use crate::{Result, Source, TierStep, Tx, sql};

/// A message that is to go out about one tier change.
#[derive(Debug, Clone, PartialEq)]
pub struct NewMessage {
    /// Whose customer it is for.
    pub source: Source,
    /// Whom it is for.
    pub customer_id: CustomerId,
    /// The channel that carries it, such as `email`.
    pub channel: String,
    /// The place in the log of the event that it is about.
    pub event_seq: i64,
    /// That event.
    pub event_id: Uuid,
    /// `TIER_UPGRADE` or `TIER_DOWNGRADE`.
    pub kind: EventKind,
    /// The tier before.
    pub from: TierStep,
    /// The tier after.
    pub to: TierStep,
    /// What set the change off.
    pub triggered_by: Option<String>,
    /// When the event was received.
    pub received_at: Timestamp,
    /// When it may go out: the end of its settle window.
    pub due_at: Timestamp,
}

impl Tx {
    /// Writes messages; an event that has its message on that channel, whatever became of it, gets no other. Returns
    /// how many are new.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn enqueue(&self, messages: &[NewMessage]) -> Result<usize> {
        let clock = self.store().clock();
        let text = |text: &Option<String>| text.as_deref().map(storable);
        let rows = messages.iter().map(|message| {
            [
                clock.id().into(),
                message.source.as_str().into(),
                message.customer_id.as_str().into(),
                message.channel.as_str().into(),
                message.event_seq.into(),
                message.event_id.into(),
                message.kind.as_str().into(),
                message
                    .from
                    .tier_id
                    .as_ref()
                    .map(|id| id.as_str().to_owned())
                    .into(),
                message
                    .to
                    .tier_id
                    .as_ref()
                    .map(|id| id.as_str().to_owned())
                    .into(),
                text(&message.from.name).into(),
                text(&message.to.name).into(),
                message.from.level.into(),
                message.to.level.into(),
                text(&message.triggered_by).into(),
                message.received_at.micros().into(),
                clock.now().micros().into(),
                "pending".into(),
                message.due_at.micros().into(),
            ]
        });
        let into = "outbox (id, source, customer_id, channel, event_seq, event_id, kind, from_tier_id, to_tier_id, \
                    from_tier_name, to_tier_name, from_tier_level, to_tier_level, triggered_by, received_at, \
                    created_at, state, due_at)";
        let tail = "ON CONFLICT (event_seq, channel) DO NOTHING";
        let new = sql::insert(self.connection(), into, rows.collect(), tail).await?;
        self.cancel_erased(messages).await?;
        if new > 0 {
            self.note_enqueue();
        }
        Ok(usize::try_from(new).unwrap_or(usize::MAX))
    }

    /// Takes back what is to be sent to erased customers.
    async fn cancel_erased(&self, messages: &[NewMessage]) -> Result<()> {
        let customers = messages.iter();
        let customers = customers.map(|message| (&message.source, &message.customer_id));
        for (source, customer) in self.erased(customers.collect()).await? {
            let sql = "UPDATE outbox SET state = 'cancelled', reason = $3, finished_at = $4 \
                       WHERE source = $1 AND customer_id = $2 AND state = 'pending'";
            let values = [
                source.as_str().into(),
                customer.as_str().into(),
                ERASED.into(),
                self.store().clock().now().micros().into(),
            ];
            sql::execute(self.connection(), sql, values).await?;
        }
        Ok(())
    }
}
