//! One event: its name, whom it is about, what it says, and when it happened.

use std::time::Duration;

use crate::{CustomerId, EventKind, Payload, Reason, Timestamp, Unreadable, reader, reading};

/// One webhook, interpreted.
///
/// ```
/// use laurel_payloads::{Event, Payload, Timestamp};
///
/// let body = br#"{
///     "event": "CUSTOMER_ACCUMULATION",
///     "data": {
///         "customer_id": "ana-0042",
///         "lines": [{"amount": 127.6, "reward_id": "points", "issued_at": "2026-01-31T12:00:00Z"}]
///     }
/// }"#;
/// let event = Event::parse(body)?;
/// let Payload::CustomerAccumulation(movement) = &event.payload else {
///     panic!("it is named so");
/// };
/// assert_eq!(movement.lines[0].amount, Some("127.6".parse()?));
///
/// let received_at = Timestamp::from_micros(1_769_861_000_000_000);
/// assert_eq!(event.occurred_at(received_at).to_string(), "2026-01-31T12:00:00Z");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Event {
    /// `event` as it was sent; for an unrecognized kind the only name it has, and `EXTERNAL` for an extension's.
    pub name: String,
    /// `data.customer_id`, the brand's own id. There for each of Masivo's ten events.
    pub customer_id: Option<CustomerId>,
    /// The rest of `data`.
    pub payload: Payload,
    /// When it happened, where not the payload says so but another format's reader.
    pub(crate) told_at: Option<Timestamp>,
}

/// 2000-01-01T00:00:00Z: older than every loyalty programme on Masivo.
const EARLIEST: Timestamp = Timestamp::from_micros(946_684_800_000_000);
/// How far a sender's clock may run ahead of ours.
const AHEAD: Duration = Duration::from_hours(24);

impl Event {
    /// Which of Masivo's events this is.
    pub fn kind(&self) -> EventKind {
        self.payload.kind()
    }

    /// When it happened: the best time in the payload that can be believed, else `received_at`.
    ///
    /// Not believed is a time before 2000 or more than 24 hours after the receipt.
    pub fn occurred_at(&self, received_at: Timestamp) -> Timestamp {
        let latest = received_at.saturating_add(AHEAD);
        let times = self.payload.times().into_iter();
        std::iter::once(self.told_at)
            .chain(times)
            .flatten()
            .find(|time| (EARLIEST..=latest).contains(time))
            .unwrap_or(received_at)
    }

    /// Interprets a body of the log that goes by this name and is about this customer. An event of another format than
    /// Masivo's is never taken for one of Masivo's, whatever its body looks like.
    ///
    /// # Errors
    /// Like [`Event::parse`].
    pub fn parse_as(
        name: Option<&str>,
        customer_id: Option<&CustomerId>,
        body: &[u8],
    ) -> Result<Self, Unreadable> {
        named(Self::parse(body), name, customer_id, body)
    }

    /// The same for a body that was accepted, which is known to say nothing twice: in half the time.
    ///
    /// # Errors
    /// Like [`Event::parse`].
    pub fn parse_accepted_as(
        name: Option<&str>,
        customer_id: Option<&CustomerId>,
        body: &[u8],
    ) -> Result<Self, Unreadable> {
        let read = reading::read_accepted(body);
        let parsed = read.unwrap_or_else(|_malformed| Err(Unreadable::at(Reason::Shape, "")));
        named(parsed, name, customer_id, body)
    }

    /// Interprets a body of the log: a webhook that intake has kept, or what an extension appended.
    ///
    /// # Errors
    /// Why it cannot be interpreted; a body that is not even a JSON object has the wrong shape.
    pub fn parse(body: &[u8]) -> Result<Self, Unreadable> {
        match reading::read_stored(body) {
            Ok(reading) => reading.event,
            Err(_malformed) => Err(Unreadable::at(Reason::Shape, "")),
        }
    }
}

/// What was read of a body, unless it goes by a name of another format.
fn named(
    parsed: Result<Event, Unreadable>,
    name: Option<&str>,
    customer_id: Option<&CustomerId>,
    body: &[u8],
) -> Result<Event, Unreadable> {
    match (name, &parsed) {
        (Some(name), Ok(event)) if event.name == name => parsed,
        (Some(name), _) => reader::named(name, customer_id.cloned(), body).unwrap_or(parsed),
        (None, _) => parsed,
    }
}
