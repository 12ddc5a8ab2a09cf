//! What every entry of a history has, whatever its type.

use std::sync::{Arc, OnceLock};

use async_graphql::{Context, ID, Result};
use laurel_payloads::{CustomerId, Event, EventKind, Timestamp};
use laurel_store::{CustomerRecord, EventBody, HistoryEntryRecord, Moment, TierChangeRecord};
use uuid::Uuid;

use crate::asking::Asking;
use crate::global_id::GlobalId;
use crate::reads::{BodyOf, read};
use crate::types::Customer;

/// The row of an entry: everything but its details.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    customer_id: CustomerId,
    pub(super) event_seq: i64,
    event_id: Uuid,
    pub(super) kind: EventKind,
    pub(super) occurred_at: Timestamp,
    pub(super) received_at: Timestamp,
    pub(super) attempts: i64,
    pub(super) last_occurred_at: Timestamp,
    /// Where the row came with its customer or with its event's body.
    customer: Option<Arc<CustomerRecord>>,
    body: Option<Arc<EventBody>>,
    parsed: OnceLock<Arc<Event>>,
}

/// An entry together with what was read along with it.
#[derive(Clone)]
pub(crate) struct Row {
    pub(super) entry: HistoryEntryRecord,
    pub(super) customer: Arc<CustomerRecord>,
    pub(super) body: Option<Arc<EventBody>>,
}

impl From<Row> for Entry {
    fn from(row: Row) -> Self {
        // The row may be under an id that the customer had before: it is the same customer.
        Self {
            customer: Some(row.customer),
            body: row.body,
            ..row.entry.into()
        }
    }
}

impl From<HistoryEntryRecord> for Entry {
    fn from(record: HistoryEntryRecord) -> Self {
        Self {
            customer_id: record.customer_id,
            event_seq: record.event_seq,
            event_id: record.event_id,
            kind: record.kind,
            occurred_at: record.occurred_at,
            received_at: record.received_at,
            attempts: record.attempts,
            last_occurred_at: record.last_occurred_at,
            customer: None,
            body: None,
            parsed: OnceLock::new(),
        }
    }
}

impl From<&TierChangeRecord> for Entry {
    fn from(record: &TierChangeRecord) -> Self {
        Self {
            customer_id: record.customer_id.clone(),
            event_seq: record.event_seq,
            event_id: record.event_id,
            kind: record.kind,
            occurred_at: record.occurred_at,
            received_at: record.received_at,
            attempts: 1,
            last_occurred_at: record.occurred_at,
            customer: None,
            body: None,
            parsed: OnceLock::new(),
        }
    }
}

impl Entry {
    pub(super) fn id(&self, context: &Context<'_>) -> ID {
        GlobalId::Entry(self.event_id).encode(Asking::of(context).scope.source())
    }

    pub(super) async fn customer(&self, context: &Context<'_>) -> Result<Customer> {
        if let Some(customer) = &self.customer {
            return Ok(Customer(Arc::clone(customer)));
        }
        let customer = read(context, self.customer_id.clone()).await?;
        Ok(Customer(customer.ok_or_else(|| {
            Asking::of(context).failed(&Missing("customer"))
        })?))
    }

    /// Right after the entry's event.
    pub(super) fn moment(&self) -> Moment {
        Moment {
            customer_id: self.customer_id.clone(),
            event_seq: self.event_seq,
            occurred_at: self.occurred_at,
        }
    }

    /// The event behind the entry. Those of a page are read together.
    pub(super) async fn details(&self, context: &Context<'_>) -> Result<Arc<Event>> {
        if let Some(parsed) = self.parsed.get() {
            return Ok(Arc::clone(parsed));
        }
        let body = match &self.body {
            Some(body) => Some(Arc::clone(body)),
            None => read(context, BodyOf(self.event_seq)).await?.transpose()?,
        };
        // Another field may have waited for the same body.
        if let Some(parsed) = self.parsed.get() {
            return Ok(Arc::clone(parsed));
        }
        let failed = |error: &(dyn std::error::Error + 'static)| Asking::of(context).failed(error);
        let body = body.ok_or_else(|| failed(&Missing("event")))?;
        let parsed = body.parse().map_err(|error| failed(&error))?;
        Ok(Arc::clone(self.parsed.get_or_init(|| Arc::new(parsed))))
    }
}

/// A row that another row points to is not there.
#[derive(Debug, thiserror::Error)]
#[error("the {0} of a history entry is missing")]
struct Missing(&'static str);

/// A type of entry: the fields that all have, and its own.
macro_rules! entry_type {
    ($(#[doc = $doc:literal])+ $name:ident { $($fields:tt)* }) => {
        $(#[doc = $doc])+
        pub(crate) struct $name(pub(super) $crate::types::history::entry::Entry);

        entry_type!($(#[doc = $doc])+ impl $name, 0 { $($fields)* });
    };
    ($(#[doc = $doc:literal])+ impl $name:ident, $entry:tt { $($fields:tt)* }) => {
        $(#[doc = $doc])+
        #[async_graphql::Object]
        impl $name {
            /// The global id.
            pub(crate) async fn id(&self, context: &async_graphql::Context<'_>) -> async_graphql::ID {
                self.$entry.id(context)
            }

            /// The kind of event that made the entry.
            pub(crate) async fn kind(&self) -> $crate::types::history::EventKind {
                self.$entry.kind.into()
            }

            /// When it happened, as far as the event tells; else when it was received.
            pub(crate) async fn occurred_at(&self) -> $crate::scalars::DateTime {
                self.$entry.occurred_at.into()
            }

            /// When its event was received.
            pub(crate) async fn received_at(&self) -> $crate::scalars::DateTime {
                self.$entry.received_at.into()
            }

            /// The customer to whom it happened.
            pub(crate) async fn customer(
                &self,
                context: &async_graphql::Context<'_>,
            ) -> async_graphql::Result<$crate::types::Customer> {
                self.$entry.customer(context).await
            }

            $($fields)*
        }
    };
}
