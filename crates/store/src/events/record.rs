//! An event as the log holds it.

use laurel_payloads::{CustomerId, Event, Timestamp, Unreadable};
use sea_orm::QueryResult;
use uuid::Uuid;

use crate::{Error, Result, Source};

/// One webhook as it was received, or one event that an extension appended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRecord {
    /// Its identity, made at receipt (UUID v7).
    pub id: Uuid,
    /// Its place in the order of receipt, assigned by the database.
    pub seq: i64,
    /// Whose it is.
    pub source: Source,
    /// The name in its envelope, exactly as sent; none where the body holds none.
    pub kind: Option<String>,
    /// The brand's own id of the customer, where the body names one.
    pub customer_id: Option<CustomerId>,
    /// Whether it is handed on, or kept aside.
    pub state: EventState,
    /// The body, byte for byte.
    pub body: Vec<u8>,
    /// When it was first received.
    pub received_at: Timestamp,
    /// When it happened, as far as that is known.
    pub occurred_at: Timestamp,
    /// How many times it was delivered; the repeats fell into the duplicate window.
    pub delivery_count: i64,
    /// When it was last delivered.
    pub last_delivered_at: Timestamp,
    /// The W3C `traceparent` under which it was received.
    pub trace_context: Option<String>,
}

/// An event of the log without its body, which may be large.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventHead {
    /// Its identity, made at receipt (UUID v7).
    pub id: Uuid,
    /// Its place in the order of receipt.
    pub seq: i64,
    /// Whose it is.
    pub source: Source,
    /// The name in its envelope, exactly as sent; none where the body holds none.
    pub kind: Option<String>,
    /// The brand's own id of the customer, where the body names one.
    pub customer_id: Option<CustomerId>,
    /// Whether it is handed on, or kept aside.
    pub state: EventState,
    /// When it was first received.
    pub received_at: Timestamp,
    /// When it happened, as far as that is known.
    pub occurred_at: Timestamp,
    /// How many times it was delivered; the repeats fell into the duplicate window.
    pub delivery_count: i64,
    /// When it was last delivered.
    pub last_delivered_at: Timestamp,
}

/// Whether an event is handed to subscribers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventState {
    /// It is.
    Accepted,
    /// It is kept aside until it can be read.
    Quarantined(Quarantine),
}

/// Why an event is kept aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quarantine {
    /// A short code, such as `number_range`.
    pub reason: String,
    /// Where in the body, such as `data.lines[0].amount`.
    pub place: String,
}

impl EventRecord {
    /// Reads the body.
    ///
    /// # Errors
    /// [`Unreadable`] for a quarantined event, unless this binary reads what the one that received it could not.
    pub fn parse(&self) -> Result<Event, Unreadable> {
        Event::parse_as(self.kind.as_deref(), self.customer_id.as_ref(), &self.body)
    }
}

/// The columns that [`from_row`] reads.
pub(super) const COLUMNS: &str = "seq, id, source, kind, customer_id, state, quarantine_reason, quarantine_place, \
     body, received_at, occurred_at, delivery_count, last_delivered_at, trace_context";

pub(super) fn from_row(row: &QueryResult) -> Result<EventRecord> {
    let head = head(row)?;
    Ok(EventRecord {
        id: head.id,
        seq: head.seq,
        source: head.source,
        kind: head.kind,
        customer_id: head.customer_id,
        state: head.state,
        body: row.try_get("", "body")?,
        received_at: head.received_at,
        occurred_at: head.occurred_at,
        delivery_count: head.delivery_count,
        last_delivered_at: head.last_delivered_at,
        trace_context: row.try_get("", "trace_context")?,
    })
}

/// The columns that [`head`] reads.
pub(super) const HEAD: &str = "seq, id, source, kind, customer_id, state, quarantine_reason, quarantine_place, \
     received_at, occurred_at, delivery_count, last_delivered_at";

pub(super) fn head(row: &QueryResult) -> Result<EventHead> {
    let source: String = row.try_get("", "source")?;
    let customer_id: Option<String> = row.try_get("", "customer_id")?;
    Ok(EventHead {
        id: row.try_get("", "id")?,
        seq: row.try_get("", "seq")?,
        source: Source::new(&source).map_err(|error| Error::Corrupt(error.to_string()))?,
        kind: row.try_get("", "kind")?,
        customer_id: customer_id.map(crate::convert::customer_id).transpose()?,
        state: state(row)?,
        received_at: Timestamp::from_micros(row.try_get("", "received_at")?),
        occurred_at: Timestamp::from_micros(row.try_get("", "occurred_at")?),
        delivery_count: row.try_get("", "delivery_count")?,
        last_delivered_at: Timestamp::from_micros(row.try_get("", "last_delivered_at")?),
    })
}

fn state(row: &QueryResult) -> Result<EventState> {
    let state: String = row.try_get("", "state")?;
    let text = |column| {
        let text = row.try_get::<Option<String>>("", column);
        text.map(Option::unwrap_or_default)
    };
    Ok(match state.as_str() {
        "accepted" => EventState::Accepted,
        _ => EventState::Quarantined(Quarantine {
            reason: text("quarantine_reason")?,
            place: text("quarantine_place")?,
        }),
    })
}
