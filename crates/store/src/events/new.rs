//! An event on its way into the log.

use std::time::Duration;

use laurel_payloads::{CustomerId, Event, External, Reading, Timestamp, Unreadable};
use sha2::{Digest, Sha256};

use super::{EventState, Quarantine};
use crate::{Source, text};

/// An event that is to be appended.
#[derive(Debug, Clone)]
pub struct NewEvent {
    pub(super) source: Source,
    pub(super) kind: Option<String>,
    pub(super) customer_id: Option<CustomerId>,
    pub(super) state: EventState,
    pub(super) body: Vec<u8>,
    pub(super) digest: [u8; 32],
    pub(super) received_at: Timestamp,
    pub(super) occurred_at: Timestamp,
    pub(super) duplicate_window: Duration,
    pub(super) trace_context: Option<String>,
    pub(super) delivery_id: Option<String>,
}

/// Longer ids are kept as their SHA-256: an index holds what it is given.
const LONGEST_ID: usize = 255;
/// How long two copies that append the same thing meet in the duplicate window; after that the key alone decides.
const AT_ONCE: Duration = Duration::from_hours(24);

impl NewEvent {
    /// What was read from a body that has just been received.
    ///
    /// Equal content within `duplicate_window` of its first receipt is the same event. Content is the SHA-256 of the
    /// body's canonical form, or of its bytes where it has none.
    pub fn new(
        source: Source,
        body: Vec<u8>,
        reading: Reading,
        received_at: Timestamp,
        duplicate_window: Duration,
    ) -> Self {
        let digest = Sha256::digest(reading.canonical.as_deref().unwrap_or(&body)).into();
        let (kind, customer_id, state, occurred_at) = match reading.event {
            Ok(event) => {
                let occurred_at = event.occurred_at(received_at);
                (
                    Some(event.name),
                    event.customer_id,
                    EventState::Accepted,
                    occurred_at,
                )
            }
            Err(unreadable) => {
                let reason = unreadable.reason.as_str().to_owned();
                let quarantine = Quarantine {
                    reason,
                    place: unreadable.place,
                };
                let state = EventState::Quarantined(quarantine);
                (unreadable.name, unreadable.customer_id, state, received_at)
            }
        };
        Self {
            source,
            kind,
            customer_id,
            state,
            body,
            digest,
            received_at,
            occurred_at,
            duplicate_window,
            trace_context: None,
            delivery_id: None,
        }
    }

    /// What an extension appends. What has the same key is the same event, for ever and whatever it says.
    ///
    /// # Errors
    /// [`Unreadable`]: nobody could read it from the log again.
    pub fn external(
        source: Source,
        external: &External,
        received_at: Timestamp,
    ) -> Result<Self, Unreadable> {
        let body = external.body();
        let event = Event::parse(&body)?;
        let key = format!("external:{}", external.key);
        Ok(Self {
            source,
            kind: Some(event.kind().as_str().to_owned()),
            customer_id: Some(external.customer_id.clone()),
            state: EventState::Accepted,
            body,
            digest: Sha256::digest(&key).into(),
            received_at,
            occurred_at: event.occurred_at(received_at),
            duplicate_window: AT_ONCE,
            trace_context: None,
            delivery_id: None,
        }
        .with_delivery_id(Some(key)))
    }

    /// Records the id that the sender signed together with the body (`webhook-id`).
    ///
    /// With the content that first came with it, it is that event delivered again, whenever it comes; with other content
    /// it is quarantined (`id_conflict`).
    #[must_use]
    pub fn with_delivery_id(mut self, id: Option<String>) -> Self {
        let short = |id: String| {
            if id.len() > LONGEST_ID {
                format!("sha256:{:x}", Sha256::digest(id))
            } else {
                text::storable(&id)
            }
        };
        self.delivery_id = id.map(short);
        self
    }

    /// Records the W3C `traceparent` under which it was received.
    #[must_use]
    pub fn with_trace_context(mut self, trace_context: Option<String>) -> Self {
        self.trace_context = trace_context;
        self
    }
}
