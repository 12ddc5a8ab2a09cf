//! Global ids (Relay's `Node`): opaque to clients, and bound to the source that gave them out.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use laurel_payloads::CustomerId;
use laurel_store::Source;
use uuid::Uuid;

/// What a global id names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum GlobalId {
    /// A customer, by the brand's own id.
    Customer(CustomerId),
    /// An entry of a history, by its event.
    Entry(Uuid),
    /// An event of the log.
    Event(Uuid),
    /// A notification.
    Notification(Uuid),
}

impl GlobalId {
    /// The id as clients see it.
    pub(crate) fn encode(&self, source: &Source) -> async_graphql::ID {
        let text = match self {
            Self::Customer(id) => format!("c:{source}:{id}"),
            Self::Entry(id) => format!("h:{source}:{}", id.simple()),
            Self::Event(id) => format!("e:{source}:{}", id.simple()),
            Self::Notification(id) => format!("n:{source}:{}", id.simple()),
        };
        BASE64_URL_SAFE_NO_PAD.encode(text).into()
    }

    /// Reads an id that this source gave out. Another source's is no id at all.
    pub(crate) fn decode(text: &str, source: &Source) -> Option<Self> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
        let mut parts = std::str::from_utf8(&bytes).ok()?.splitn(3, ':');
        let (kind, of, key) = (parts.next()?, parts.next()?, parts.next()?);
        if of != source.as_str() {
            return None;
        }
        match kind {
            "c" => key.parse().ok().map(Self::Customer),
            "h" => Uuid::parse_str(key).ok().map(Self::Entry),
            "e" => Uuid::parse_str(key).ok().map(Self::Event),
            "n" => Uuid::parse_str(key).ok().map(Self::Notification),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_by_the_source_that_gave_it_out_and_by_no_other() {
        let (ours, theirs) = (Source::new("ours").unwrap(), Source::new("theirs").unwrap());
        let event = Uuid::from_u128(7);
        for id in [
            GlobalId::Customer("a:b/ñ".parse().unwrap()),
            GlobalId::Entry(event),
            GlobalId::Event(event),
            GlobalId::Notification(event),
        ] {
            let text = id.encode(&ours);
            assert_eq!(GlobalId::decode(&text, &ours), Some(id));
            assert_eq!(GlobalId::decode(&text, &theirs), None);
        }
    }

    #[test]
    fn anything_else_is_no_id() {
        let source = Source::new("ours").unwrap();
        let encoded = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
        for text in [
            "",
            "customer-1",
            "====",
            &encoded("c:ours"),
            &encoded("x:ours:1"),
            &encoded("h:ours:1"),
        ] {
            assert_eq!(GlobalId::decode(text, &source), None, "{text}");
        }
    }
}
