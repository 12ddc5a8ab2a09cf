//! What a customer was written, or was not, about a change of tier.

use async_graphql::{Context, Enum, ID, Object, Result};
use laurel_store::{AttemptRecord, MessageRecord, MessageState};

use super::history::TierChangeDirection;
use super::queue_id::queue_id;
use crate::asking::Asking;
use crate::global_id::GlobalId;
use crate::reads::{Attempts, read};
use crate::scalars::DateTime;

/// A message of the asker's source.
pub(crate) struct Notification(pub(crate) MessageRecord);

/// What became of a notification.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "MessageState")]
pub(crate) enum NotificationState {
    /// It is to go out: the settle window is open, or a try has failed and there will be another.
    Pending,
    /// It is to go out, and waits until the customer's address is known.
    Waiting,
    /// The relay has taken it.
    Sent,
    /// Several changes came close together: another notification tells of this one, too.
    Merged,
    /// It was not to go out; `reason` says why.
    Skipped,
    /// It was taken back before it went out.
    Cancelled,
    /// It was tried as often as it is worth, or the relay has refused it for good.
    Dead,
}

/// A message to a customer about a change of tier. Every change has one, whatever became of it.
#[Object]
impl Notification {
    /// The global id.
    pub(crate) async fn id(&self, context: &Context<'_>) -> ID {
        GlobalId::Notification(self.0.id).encode(Asking::of(context).scope.source())
    }

    /// What became of it.
    async fn state(&self) -> NotificationState {
        self.0.state.into()
    }

    /// Why it did not go out: a short code such as `no_consent`. Why it was given up is in the relay's words, which
    /// only operators see.
    async fn reason(&self, context: &Context<'_>) -> Option<&str> {
        let shown = self.0.state != MessageState::Dead || Asking::of(context).operates;
        self.0.reason.as_deref().filter(|_| shown)
    }

    /// What carries it: `mail`, or an extension's channel.
    async fn channel(&self) -> &str {
        &self.0.channel
    }

    /// Which way the tier changed.
    async fn direction(&self) -> TierChangeDirection {
        TierChangeDirection::of(self.0.kind)
    }

    /// When it was decided that there is one: when the change was handled.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }

    /// When it found its end; null while it is pending or waiting.
    async fn finished_at(&self) -> Option<DateTime> {
        self.0.finished_at.map(DateTime)
    }

    /// The tries to send it, the earliest first. One that was merged into another has none of its own.
    async fn attempts(&self, context: &Context<'_>) -> Result<Vec<NotificationAttempt>> {
        let attempts = read(context, Attempts(self.0.id)).await?;
        let attempts = attempts.unwrap_or_default().into_iter();
        Ok(attempts.map(NotificationAttempt).collect())
    }
}

/// A try to send a notification.
pub(crate) struct NotificationAttempt(AttemptRecord);

/// A try to send a notification.
#[Object]
impl NotificationAttempt {
    /// When it began.
    async fn at(&self) -> DateTime {
        self.0.attempted_at.into()
    }

    /// How it ended: `sent`, `retry` (there will be another) or `dead` (there will be none).
    async fn outcome(&self) -> &str {
        &self.0.outcome
    }

    /// The code with which the relay answered, such as 250; null where none came.
    async fn code(&self) -> Option<i64> {
        self.0.code
    }

    /// Who was spoken to: the relay's name and port, or the folder or service of another channel. Only operators
    /// see it.
    async fn relay(&self, context: &Context<'_>) -> Option<&str> {
        let shown = Asking::of(context).operates;
        self.0.relay.as_deref().filter(|_| shown)
    }

    /// The id under which the relay took it, to be looked for in the relay's own log; null where it named none. Only
    /// operators see it.
    async fn queue_id(&self, context: &Context<'_>) -> Option<&str> {
        let shown = Asking::of(context).operates && self.0.outcome == "sent";
        queue_id(self.0.reply.as_deref().filter(|_| shown)?)
    }

    /// What the relay said, or the fault that came in its place. Only operators see it: relays repeat
    /// addresses.
    async fn text(&self, context: &Context<'_>) -> Option<&str> {
        let shown = Asking::of(context).operates;
        self.0.reply.as_deref().filter(|_| shown)
    }
}
