//! `MailSubscriber`: gives every tier change its message in the outbox.

use std::time::Duration;

use async_trait::async_trait;
use laurel_dispatch::{Context, Kinds, RecordedEvent, Rejection, Subscriber};
use laurel_payloads::{EventKind, Payload};
use laurel_store::{NewMessage, TierStep};

use crate::MAIL;

/// Writes one message for each tier change, whatever may become of it: an event that has had its
/// message gets no other, so a replay mails nobody twice.
///
/// It looks at nothing but the event. Whether, when and to which address a mail goes out is decided
/// when it is sent.
///
/// ```
/// use std::time::Duration;
///
/// use laurel_dispatch::Subscriber;
/// use laurel_notify::MailSubscriber;
///
/// let mail = MailSubscriber::new(Duration::from_mins(1));
/// assert_eq!(mail.name(), "mail");
/// // What `Platform::channel` registers beside a channel.
/// let push = MailSubscriber::of("push", Duration::ZERO);
/// assert_eq!(push.name(), "push");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct MailSubscriber {
    channel: &'static str,
    settle: Duration,
}

impl MailSubscriber {
    /// Messages become due `settle` after their event was received, so that a change that follows
    /// at once can join them.
    #[must_use]
    pub fn new(settle: Duration) -> Self {
        Self::of(MAIL, settle)
    }

    /// The same for another channel, by whose name it is registered.
    #[must_use]
    pub fn of(channel: &'static str, settle: Duration) -> Self {
        Self { channel, settle }
    }

    fn message(&self, event: &RecordedEvent) -> Result<Option<NewMessage>, Rejection> {
        let give_up = |reason: String| Rejection::give_up(reason).for_event(event);
        let parsed = event
            .parse()
            .map_err(|unreadable| give_up(unreadable.reason.as_str().to_owned()))?;
        let kind = parsed.kind();
        let (Payload::TierUpgrade(change) | Payload::TierDowngrade(change)) = parsed.payload else {
            return Ok(None);
        };
        let Some(customer_id) = parsed.customer_id else {
            return Err(give_up("a tier change without a customer".to_owned()));
        };
        let (from, to) = TierStep::sides(&change);
        Ok(Some(NewMessage {
            source: event.source.clone(),
            customer_id,
            channel: self.channel.to_owned(),
            event_seq: event.seq,
            event_id: event.id,
            kind,
            from,
            to,
            triggered_by: change.triggered_by,
            received_at: event.received_at,
            due_at: event.received_at.saturating_add(self.settle),
        }))
    }
}

#[async_trait]
impl Subscriber for MailSubscriber {
    fn name(&self) -> &'static str {
        self.channel
    }

    fn kinds(&self) -> Kinds {
        Kinds::of([EventKind::TierUpgrade, EventKind::TierDowngrade])
    }

    async fn handle(
        &self,
        cx: &mut Context<'_>,
        events: &[RecordedEvent],
    ) -> Result<(), Rejection> {
        let mut messages = Vec::with_capacity(events.len());
        for event in events {
            messages.extend(self.message(event)?);
        }
        cx.write().await?.enqueue(&messages).await?;
        Ok(())
    }
}
