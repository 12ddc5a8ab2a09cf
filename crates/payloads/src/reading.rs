//! Reading a body once, at the edge: is it JSON, what is its content, which event is it?

use crate::json::{self, Ambiguity, Malformed, Node};
use crate::{CustomerId, Event, EventKind, Payload, Reason, Unreadable};

/// What a well-formed body turned out to be.
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
pub fn read(body: &[u8]) -> Result<Reading, Malformed> {
    let tape = json::scan(body)?;
    let envelope = Envelope::of(tape.root());
    Ok(match tape.canonical() {
        Ok(canonical) => Reading {
            canonical,
            event: envelope.event(),
        },
        Err(ambiguity) => {
            let (reason, place) = match ambiguity {
                Ambiguity::DuplicateKey { place } => (Reason::DuplicateKey, place),
                Ambiguity::LoneSurrogate { place } => (Reason::LoneSurrogate, place),
            };
            Reading {
                canonical: None,
                event: Err(envelope.unreadable(reason, &place)),
            }
        }
    })
}

/// The envelope's parts, each as far as it can be told.
struct Envelope<'t> {
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
        Self {
            name: name.map(String::from),
            data,
            customer_id,
        }
    }

    fn event(self) -> Result<Event, Unreadable> {
        let Some(name) = self.name.clone() else {
            return Err(self.unreadable(Reason::NoEvent, "event"));
        };
        let Some(data) = self.data else {
            return Err(self.unreadable(Reason::NoData, "data"));
        };
        let kind = EventKind::from_name(&name);
        if self.customer_id.is_none() && kind != EventKind::Unrecognized {
            return Err(self.unreadable(Reason::NoCustomer, "data.customer_id"));
        }
        match payload(kind, data.raw()) {
            Ok(payload) => Ok(Event {
                name,
                customer_id: self.customer_id,
                payload,
            }),
            Err((reason, place)) => Err(self.unreadable(reason, &place)),
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

fn payload(kind: EventKind, data: &str) -> Result<Payload, (Reason, String)> {
    let mut deserializer = serde_json::Deserializer::from_str(data);
    let mut track = serde_path_to_error::Track::new();
    let tracked = serde_path_to_error::Deserializer::new(&mut deserializer, &mut track);
    Payload::read(kind, tracked).map_err(|error| {
        let path = track.path().to_string();
        // serde_path_to_error writes a dot for the value as a whole.
        let place = if path == "." {
            "data".to_owned()
        } else {
            format!("data.{path}")
        };
        // serde has one kind of error for all faults of content; serde_json and ours agree on these words.
        let out_of_range = error.to_string().starts_with("number out of range");
        (
            if out_of_range {
                Reason::NumberRange
            } else {
                Reason::Shape
            },
            place,
        )
    })
}
