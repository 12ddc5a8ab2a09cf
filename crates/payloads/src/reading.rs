//! Reading a body once, at the edge: is it JSON, what is its content, which event is it?

use crate::json::{self, Ambiguity, Malformed, Node, Tape};
use crate::{CustomerId, Event, EventKind, External, Payload, Reason, Unreadable};

/// What a well-formed body turned out to be.
///
/// ```
/// use laurel_payloads::read;
///
/// // The same content, whatever the order of its keys, has the same canonical form.
/// let one = read(br#"{"event": "COUPON_REDEMPTION", "data": {"customer_id": "ana-0042", "code": "TEN"}}"#)?;
/// let other = read(br#"{"data": {"code": "TEN", "customer_id": "ana-0042"}, "event": "COUPON_REDEMPTION"}"#)?;
/// assert_eq!(one.canonical, other.canonical);
/// # Ok::<(), laurel_payloads::json::Malformed>(())
/// ```
#[derive(Debug, Clone)]
pub struct Reading {
    /// The canonical form, which decides what is a duplicate. None for an ambiguous body and for
    /// one with a number beyond all sizes: such a body counts by its bytes.
    pub canonical: Option<Vec<u8>>,
    /// The event, or why it is to be quarantined.
    pub event: Result<Event, Unreadable>,
}

const MAX_NAME: usize = 128;

/// Reads a webhook's body.
///
/// # Errors
/// The body is not a JSON object, or is nested too deep: it is to be refused.
///
/// ```
/// use laurel_payloads::{EventKind, Reason, read};
///
/// let reading = read(br#"{"event": "TIER_UPGRADE", "data": {"customer_id": "ana-0042"}}"#)?;
/// assert_eq!(reading.event?.kind(), EventKind::TierUpgrade);
///
/// let nobody = read(br#"{"event": "TIER_UPGRADE", "data": {}}"#)?;
/// assert_eq!(nobody.event.err().map(|why| why.reason), Some(Reason::NoCustomer));
///
/// assert!(read(b"[]").is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn read(body: &[u8]) -> Result<Reading, Malformed> {
    let tape = json::scan(body)?;
    Ok(reading(&tape, Envelope::of(tape.root())))
}

/// Reads a body of the log, where what extensions appended stands beside the webhooks.
///
/// # Errors
/// Like [`read`].
pub(crate) fn read_stored(body: &[u8]) -> Result<Reading, Malformed> {
    let tape = json::scan(body)?;
    let envelope = Envelope::of_external(tape.root()).unwrap_or_else(|| Envelope::of(tape.root()));
    Ok(reading(&tape, envelope))
}

/// Reads a body of the log that was accepted: it says nothing twice, or half, which is not looked for again.
pub(crate) fn read_accepted(body: &[u8]) -> Result<Result<Event, Unreadable>, Malformed> {
    let tape = json::scan(body)?;
    let envelope = Envelope::of_external(tape.root()).unwrap_or_else(|| Envelope::of(tape.root()));
    Ok(envelope.event())
}

fn reading(tape: &Tape<'_>, envelope: Envelope<'_>) -> Reading {
    match tape.canonical() {
        Ok(canonical) => Reading {
            canonical,
            event: envelope.event(),
        },
        Err(found) => {
            let (reason, place) = ambiguity(found);
            Reading {
                canonical: None,
                event: Err(envelope.unreadable(reason, &place)),
            }
        }
    }
}

/// Why a body that says something twice, or half, is quarantined.
pub(crate) fn ambiguity(found: Ambiguity) -> (Reason, String) {
    match found {
        Ambiguity::DuplicateKey { place } => (Reason::DuplicateKey, place),
        Ambiguity::LoneSurrogate { place } => (Reason::LoneSurrogate, place),
    }
}

/// The envelope's parts, each as far as it can be told.
struct Envelope<'t> {
    /// The member that holds the data.
    member: &'static str,
    kind: EventKind,
    name: Option<String>,
    data: Option<Node<'t>>,
    customer_id: Option<CustomerId>,
}

impl<'t> Envelope<'t> {
    fn of(body: Node<'t>) -> Self {
        let data = body.get("data").filter(|data| data.is_object());
        let customer_id = data.and_then(|data| data.get("customer_id")?.text()?.parse().ok());
        let name = body
            .get("event")
            .and_then(Node::text)
            .filter(|name| is_name(name));
        let name = name.map(String::from);
        Self {
            member: "data",
            kind: name
                .as_deref()
                .map_or(EventKind::Unrecognized, EventKind::from_name),
            name,
            data,
            customer_id,
        }
    }

    /// What an extension appended. No webhook that is handed on looks like it: without `event` it is quarantined.
    fn of_external(body: Node<'t>) -> Option<Self> {
        let data = body.get(External::MEMBER)?;
        if body.get("event").is_some() {
            return None;
        }
        let customer_id = data.get("customer_id").and_then(Node::text);
        Some(Self {
            member: External::MEMBER,
            kind: EventKind::External,
            name: Some(EventKind::External.as_str().to_owned()),
            data: Some(data).filter(|data| data.is_object()),
            customer_id: customer_id.and_then(|id| id.parse().ok()),
        })
    }

    fn event(self) -> Result<Event, Unreadable> {
        let Self { member, kind, .. } = self;
        if self.name.is_none() {
            return Err(self.unreadable(Reason::NoEvent, "event"));
        }
        let Some(data) = self.data.map(Node::raw) else {
            return Err(self.unreadable(Reason::NoData, member));
        };
        if self.customer_id.is_none() && kind != EventKind::Unrecognized {
            return Err(self.unreadable(Reason::NoCustomer, &format!("{member}.customer_id")));
        }
        match Payload::read(kind, &mut serde_json::Deserializer::from_str(data)) {
            Ok(payload) => Ok(Event {
                name: self.name.unwrap_or_default(),
                customer_id: self.customer_id,
                payload,
                told_at: None,
            }),
            Err(error) => {
                let place = format!("{member}{}", place_of_fault(kind, data));
                Err(self.unreadable(reason(&error), &place))
            }
        }
    }

    fn unreadable(self, reason: Reason, place: &str) -> Unreadable {
        let Self {
            name, customer_id, ..
        } = self;
        Unreadable {
            reason,
            place: place.to_owned(),
            name,
            customer_id,
        }
    }
}

/// Any text is a name, but for NUL, which PostgreSQL has no place for.
fn is_name(text: &str) -> bool {
    (1..=MAX_NAME).contains(&text.len()) && !text.contains('\0')
}

/// `serde` has one kind of error for all faults of content; `serde_json` and ours agree on these words.
fn reason(error: &serde_json::Error) -> Reason {
    if error.to_string().starts_with("number out of range") {
        Reason::NumberRange
    } else {
        Reason::Shape
    }
}

/// Where in its data the fault is, as in `.lines[0].amount`; empty for the data as a whole.
///
/// Reads it once more, for keeping watch of the place costs more than reading does.
fn place_of_fault(kind: EventKind, data: &str) -> String {
    let mut deserializer = serde_json::Deserializer::from_str(data);
    let mut track = serde_path_to_error::Track::new();
    let tracked = serde_path_to_error::Deserializer::new(&mut deserializer, &mut track);
    let again = Payload::read(kind, tracked);
    debug_assert!(again.is_err(), "it could not be read before");
    // serde_path_to_error writes a dot for the value as a whole.
    match track.path().to_string().as_str() {
        "." => String::new(),
        path => format!(".{path}"),
    }
}
