//! Entries about behavior events: what customers did, and what came of it.

use std::sync::Arc;

use async_graphql::{Context, ID, Json, Object, Result};
use laurel_payloads::{BehaviorEvent as Payload, Event, Payload as Payloads};
use serde_json::value::RawValue;

use super::entry::Entry;
use crate::scalars::DateTime;

entry_type! {
    /// A behavior event was fulfilled: a purchase, a visit, or whatever else the brand reports.
    BehaviorEventFulfilled {
        /// The behavior event.
        async fn behavior_event(&self, context: &Context<'_>) -> Result<BehaviorEvent> {
            BehaviorEvent::of(&self.0, context).await
        }

        /// How many times Masivo has reported it.
        async fn attempts(&self) -> i64 {
            self.0.attempts
        }
    }
}

entry_type! {
    /// A behavior event failed. Masivo tries again; the failures of one behavior event are one entry,
    /// which happened when the first of them did.
    BehaviorEventFailed {
        /// The behavior event, as the first failure told of it.
        async fn behavior_event(&self, context: &Context<'_>) -> Result<BehaviorEvent> {
            BehaviorEvent::of(&self.0, context).await
        }

        /// How many times it has failed.
        async fn attempts(&self) -> i64 {
            self.0.attempts
        }

        /// When it failed last.
        async fn last_failed_at(&self) -> DateTime {
            self.0.last_occurred_at.into()
        }
    }
}

/// A behavior event, inside the event that told of it.
pub(crate) struct BehaviorEvent(Arc<Event>);

impl BehaviorEvent {
    async fn of(entry: &Entry, context: &Context<'_>) -> Result<Self> {
        Ok(Self(entry.details(context).await?))
    }

    fn payload(&self) -> Option<&Payload> {
        match &self.0.payload {
            Payloads::BehaviorEventFulfilled(outcome) | Payloads::BehaviorEventFailed(outcome) => {
                Some(&outcome.event)
            }
            _ => None,
        }
    }
}

/// Something that a customer did, as the brand reported it to Masivo.
#[Object]
impl BehaviorEvent {
    /// Masivo's id of it.
    async fn id(&self) -> Option<ID> {
        self.payload()?.id.as_ref().map(|id| id.as_str().into())
    }

    /// What was done: `PURCHASE`, `REGISTRATION`, `ADD_TO_CART`, `REVERSE`, or a type of the brand's own.
    #[graphql(name = "type")]
    async fn kind(&self) -> Option<&str> {
        self.payload()?.r#type.as_deref()
    }

    /// Where it stands: `PENDING`, `PROCESSING`, `FAILED`, `RESOLVED`, `CANCELLED`, `EXPIRED`, `REVERSED`.
    async fn status(&self) -> Option<&str> {
        self.payload()?.status.as_deref()
    }

    /// False for a purchase that only reserves.
    async fn fulfilled(&self) -> Option<bool> {
        self.payload()?.fulfilled
    }

    /// What the brand sent with it, as it was sent.
    async fn data(&self) -> Option<Json<Box<RawValue>>> {
        self.payload()?.data.clone().map(Json)
    }

    /// What came of it, as it was sent.
    async fn result(&self) -> Option<Json<Box<RawValue>>> {
        self.payload()?.result.clone().map(Json)
    }

    /// When it was sent to Masivo.
    async fn issued_at(&self) -> Option<DateTime> {
        self.payload()?.issued_at.map(DateTime)
    }

    /// When Masivo began with it.
    async fn processing_at(&self) -> Option<DateTime> {
        self.payload()?.processing_at.map(DateTime)
    }

    /// When Masivo was done with it.
    async fn resolved_at(&self) -> Option<DateTime> {
        self.payload()?.resolved_at.map(DateTime)
    }

    /// When it was cancelled.
    async fn cancelled_at(&self) -> Option<DateTime> {
        self.payload()?.cancelled_at.map(DateTime)
    }

    /// When it expired.
    async fn expired_at(&self) -> Option<DateTime> {
        self.payload()?.expired_at.map(DateTime)
    }

    /// When it was reversed.
    async fn reversed_at(&self) -> Option<DateTime> {
        self.payload()?.reversed_at.map(DateTime)
    }
}
