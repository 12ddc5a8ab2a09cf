//! Reading what is not Masivo's: which event a body is, and nothing more.

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::value::RawValue;

use crate::json::{self, Malformed};
use crate::reading::{Reading, ambiguity};
use crate::{CustomerId, Event, Payload, Reason, Timestamp, Unreadable};

/// What stands between a format's name and an event's: no event of Masivo's holds it.
const SEPARATOR: char = ':';

/// The longest name of an event, its format's included.
const MAX_NAME: usize = 128;

/// Reads the bodies of a source that is not Masivo: as little as it takes to keep them.
///
/// What an event *means* is for a subscriber that takes events of this name; it appends what concerns a
/// customer's history as an [`External`](crate::External).
///
/// ```
/// use laurel_payloads::{Heading, Reader, Reason, Unreadable, read_with};
/// use serde::Deserialize;
///
/// /// A shop's webhooks: `{"type": "order.paid", "buyer": "ana-0042"}`.
/// struct Shop;
///
/// #[derive(Deserialize)]
/// struct Envelope {
///     r#type: String,
///     buyer: Option<String>,
/// }
///
/// impl Reader for Shop {
///     fn format(&self) -> &'static str {
///         "shop"
///     }
///
///     fn heading(&self, body: &[u8]) -> Result<Heading, Unreadable> {
///         let envelope: Envelope =
///             serde_json::from_slice(body).map_err(|_| Unreadable::at(Reason::NoEvent, "type"))?;
///         let mut heading = Heading::new(envelope.r#type);
///         heading.customer_id = envelope.buyer.and_then(|buyer| buyer.parse().ok());
///         Ok(heading)
///     }
/// }
///
/// let event = read_with(&Shop, br#"{"type": "order.paid", "buyer": "ana-0042"}"#)?.event?;
/// assert_eq!(event.name, "shop:order.paid");
/// assert_eq!(event.customer_id, Some("ana-0042".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Reader: Send + Sync + 'static {
    /// The format's name: what `format` of a source says, and what the names of its events begin with. Never to be
    /// changed: names are stored.
    fn format(&self) -> &'static str;

    /// What a body says it is. The body is a JSON object of which every key is unique.
    ///
    /// It is asked again when a quarantined event is read again, so it depends on nothing but the body.
    ///
    /// # Errors
    /// Why it cannot be told: the event is kept in quarantine.
    fn heading(&self, body: &[u8]) -> Result<Heading, Unreadable>;
}

/// What a body says it is.
///
/// ```
/// use laurel_payloads::{Heading, Timestamp};
///
/// let mut heading = Heading::new("order.paid");
/// heading.customer_id = Some("ana-0042".parse()?);
/// heading.occurred_at = Timestamp::parse_rfc3339("2026-01-31T12:00:00Z");
/// # Ok::<(), laurel_payloads::InvalidId>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Heading {
    /// The event's name in its own format, such as `order.paid`.
    pub name: String,
    /// The customer whom it is about, by the same id that Masivo's webhooks call them.
    pub customer_id: Option<CustomerId>,
    /// When it happened; when it was received, unless given.
    pub occurred_at: Option<Timestamp>,
}

impl Heading {
    /// An event of this name, about nobody and of now.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            customer_id: None,
            occurred_at: None,
        }
    }
}

/// Reads a body of another format; its events are named `format:name`.
///
/// # Errors
/// The body is not a JSON object, or is nested too deep: it is to be refused.
///
/// ```
/// use laurel_payloads::{Heading, Reader, Unreadable, read_with};
///
/// struct Pings;
///
/// impl Reader for Pings {
///     fn format(&self) -> &'static str {
///         "pings"
///     }
///
///     fn heading(&self, _body: &[u8]) -> Result<Heading, Unreadable> {
///         Ok(Heading::new("ping"))
///     }
/// }
///
/// assert_eq!(read_with(&Pings, b"{}")?.event?.name, "pings:ping");
/// assert!(read_with(&Pings, b"no JSON").is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn read_with(reader: &dyn Reader, body: &[u8]) -> Result<Reading, Malformed> {
    let tape = json::scan(body)?;
    Ok(match tape.canonical() {
        Ok(canonical) => Reading {
            canonical,
            event: event(reader, tape.root().raw()),
        },
        Err(found) => {
            let (reason, place) = ambiguity(found);
            Reading {
                canonical: None,
                event: Err(Unreadable::at(reason, &place)),
            }
        }
    })
}

fn event(reader: &dyn Reader, body: &str) -> Result<Event, Unreadable> {
    // A panic is an extension's own: the body is kept, and read again when it has been mended.
    let heading = catch_unwind(AssertUnwindSafe(|| reader.heading(body.as_bytes())));
    let heading = heading.unwrap_or_else(|_| Err(Unreadable::at(Reason::Shape, "")))?;
    let name = format!("{}{SEPARATOR}{}", reader.format(), heading.name);
    if heading.name.is_empty() || name.len() > MAX_NAME || name.contains('\0') {
        return Err(Unreadable::at(Reason::NoEvent, ""));
    }
    let mut event = foreign(name, heading.customer_id, body)?;
    event.told_at = heading.occurred_at;
    Ok(event)
}

/// An event that another format's reader has named, for who reads it from the log; none for a name of Masivo's.
pub(crate) fn named(
    name: &str,
    customer_id: Option<CustomerId>,
    body: &[u8],
) -> Option<Result<Event, Unreadable>> {
    name.contains(SEPARATOR).then(|| {
        let text = std::str::from_utf8(body).unwrap_or_default();
        foreign(
            name.to_owned(),
            customer_id,
            text.trim_start_matches('\u{feff}'),
        )
    })
}

fn foreign(name: String, customer_id: Option<CustomerId>, body: &str) -> Result<Event, Unreadable> {
    let body = RawValue::from_string(body.trim().to_owned());
    let body = body.map_err(|_| Unreadable::at(Reason::Shape, ""))?;
    Ok(Event {
        name,
        customer_id,
        payload: Payload::Unrecognized(body),
        told_at: None,
    })
}
