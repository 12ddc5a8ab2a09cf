//! An event of the log, as operators see it: what was received, and what became of it.

use async_graphql::{Context, Enum, ID, Object, Result};
use laurel_payloads::EventKind as Kind;
use laurel_store::{DeliveryRecord, EventHead, EventState};

use super::history::EventKind;
use crate::asking::Asking;
use crate::global_id::GlobalId;
use crate::reads::{BodyOf, Deliveries, read};
use crate::scalars::DateTime;

/// An event of the asker's source.
pub(crate) struct WebhookEvent(pub(crate) EventHead);

/// Whether an event is handed on.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub(crate) enum WebhookEventState {
    /// It is handed to whoever handles its kind.
    Accepted,
    /// It is kept aside, since it cannot be read as it stands.
    Quarantined,
}

/// A webhook in the log. Every one that was answered 2xx is there, with its body as it was sent.
#[Object]
impl WebhookEvent {
    /// The global id.
    pub(crate) async fn id(&self, context: &Context<'_>) -> ID {
        GlobalId::Event(self.0.id).encode(Asking::of(context).scope.source())
    }

    /// The id that its sender was answered, and that the log shows.
    async fn event_id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// The source that received it.
    async fn source(&self) -> &str {
        self.0.source.as_str()
    }

    /// Its name, exactly as it was sent; null where its body holds none.
    async fn name(&self) -> Option<&str> {
        self.0.kind.as_deref()
    }

    /// The kind of event that the name stands for.
    async fn kind(&self) -> EventKind {
        self.0
            .kind
            .as_deref()
            .map_or(Kind::Unrecognized, Kind::from_name)
            .into()
    }

    /// The brand's own id of the customer that it is about.
    async fn customer_id(&self) -> Option<ID> {
        self.0.customer_id.as_ref().map(|id| id.as_str().into())
    }

    /// Whether it is handed on.
    async fn state(&self) -> WebhookEventState {
        (&self.0.state).into()
    }

    /// Why it is kept aside, such as `number_range`, and where in its body.
    async fn quarantine_reason(&self) -> Option<String> {
        match &self.0.state {
            EventState::Quarantined(why) if why.place.is_empty() => Some(why.reason.clone()),
            EventState::Quarantined(why) => Some(format!("{} at {}", why.reason, why.place)),
            EventState::Accepted => None,
        }
    }

    /// When it was first received.
    async fn received_at(&self) -> DateTime {
        self.0.received_at.into()
    }

    /// When it happened, as far as it tells; else when it was received.
    async fn occurred_at(&self) -> DateTime {
        self.0.occurred_at.into()
    }

    /// How many times it was delivered to us. A repeat within the duplicate window is counted, and
    /// processed no second time.
    async fn delivery_count(&self) -> i64 {
        self.0.delivery_count
    }

    /// When it was last delivered to us.
    async fn last_delivered_at(&self) -> DateTime {
        self.0.last_delivered_at.into()
    }

    /// Its body, as it was sent. Null, with an error that says so, where the bodies that a request asks for come to more
    /// than it may load.
    async fn body(&self, context: &Context<'_>) -> Result<Option<String>> {
        let body = read(context, BodyOf(self.0.seq)).await?.transpose()?;
        Ok(body.map(|body| String::from_utf8_lossy(body.bytes()).into_owned()))
    }

    /// What is still to be done with it, by subscriber. What is done leaves no trace here.
    async fn deliveries(&self, context: &Context<'_>) -> Result<Vec<Delivery>> {
        let records = read(context, Deliveries(self.0.seq))
            .await?
            .unwrap_or_default();
        Ok(records.into_iter().map(Delivery).collect())
    }
}

/// Where a delivery stands.
#[derive(Clone, Copy, Enum, PartialEq, Eq)]
pub(crate) enum DeliveryState {
    /// It is waiting for its turn, or under way.
    Pending,
    /// It was tried as often as it is worth; an operator may have it tried again.
    Dead,
}

/// An event on its way to a subscriber.
pub(crate) struct Delivery(DeliveryRecord);

/// An event on its way to one of those who handle events.
#[Object]
impl Delivery {
    /// Who is to handle it: `history`, `mail`, or an extension.
    async fn subscriber(&self) -> &str {
        &self.0.subscriber
    }

    /// Where it stands.
    async fn state(&self) -> DeliveryState {
        if self.0.dead_at.is_some() {
            DeliveryState::Dead
        } else {
            DeliveryState::Pending
        }
    }

    /// How many times it was tried.
    async fn attempts(&self) -> i64 {
        self.0.attempts
    }

    /// When it is tried next; null once it is given up.
    async fn due_at(&self) -> Option<DateTime> {
        self.0.dead_at.is_none().then_some(DateTime(self.0.due_at))
    }

    /// When it was given up.
    async fn dead_at(&self) -> Option<DateTime> {
        self.0.dead_at.map(DateTime)
    }

    /// Why the last try failed.
    async fn last_error(&self) -> Option<&str> {
        self.0.last_error.as_deref()
    }
}
