//! Cursors: the columns that a list is ordered by, with a letter for the list, opaque to clients.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use laurel_payloads::{CustomerId, Timestamp};
use laurel_store::{CustomerCursor, HistoryCursor, MessageCursor, Source};
use ring::digest::{SHA256, digest};

use crate::error::{Code, Refusal};

/// A place in a list: what the store calls a cursor, written for a client to hand back.
pub(crate) trait Cursor: Sized + Send + Sync {
    /// The place as text.
    fn write(&self) -> String;
    /// Reads what [`write`](Self::write) wrote.
    fn read(text: &str) -> Option<Self>;
}

/// Makes the cursor of one row; `list` keeps one list's cursors from being taken by another.
pub(crate) fn encode<C: Cursor>(list: char, place: &C) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(format!("{list}{}", place.write()))
}

/// Reads a cursor that this list gave out.
pub(crate) fn decode<C: Cursor>(list: char, text: &str) -> Result<C, Refusal> {
    let read = || {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
        C::read(std::str::from_utf8(&bytes).ok()?.strip_prefix(list)?)
    };
    read().ok_or_else(|| {
        Refusal::new(
            Code::BadUserInput,
            "This is not a cursor of this connection.",
        )
    })
}

/// What binds a cursor to its list: one of another source's, or of another customer's, is none of this list. It is no
/// secret: a place in a list that one may read is all that a made-up cursor could be.
#[derive(Clone, Debug)]
pub(crate) struct Seal {
    list: char,
    owner: String,
}

/// Characters of the seal at a cursor's end: 64 bits.
const SEAL: usize = 11;

impl Seal {
    /// For a list of a source; of one customer, where it is one's.
    pub(crate) fn new(list: char, source: &Source, customer: Option<&CustomerId>) -> Self {
        let customer = customer.map_or("", CustomerId::as_str);
        // No source's name holds a colon.
        let owner = format!("{source}:{customer}");
        Self { list, owner }
    }

    /// Makes the cursor of one row.
    pub(crate) fn encode<C: Cursor>(&self, place: &C) -> String {
        let cursor = encode(self.list, place);
        let seal = self.of(&cursor);
        cursor + &seal
    }

    /// Reads a cursor that this list gave out.
    pub(crate) fn decode<C: Cursor>(&self, text: &str) -> Result<C, Refusal> {
        let split = text.len().saturating_sub(SEAL);
        match text.split_at_checked(split) {
            Some((cursor, seal)) if seal == self.of(cursor) => decode(self.list, cursor),
            _ => decode(self.list, ""),
        }
    }

    fn of(&self, cursor: &str) -> String {
        let digest = digest(&SHA256, format!("{}\0{cursor}", self.owner).as_bytes());
        BASE64_URL_SAFE_NO_PAD.encode(&digest.as_ref()[..8])
    }
}

impl Cursor for i64 {
    fn write(&self) -> String {
        self.to_string()
    }

    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl Cursor for HistoryCursor {
    fn write(&self) -> String {
        format!("{}:{}", self.occurred_at.micros(), self.event_seq)
    }

    fn read(text: &str) -> Option<Self> {
        let (time, seq) = text.split_once(':')?;
        Some(Self {
            occurred_at: Timestamp::from_micros(time.parse().ok()?),
            event_seq: seq.parse().ok()?,
        })
    }
}

impl Cursor for CustomerCursor {
    fn write(&self) -> String {
        format!("{}:{}", self.first_seen_at.micros(), self.customer_id)
    }

    fn read(text: &str) -> Option<Self> {
        let (time, id) = text.split_once(':')?;
        Some(Self {
            first_seen_at: Timestamp::from_micros(time.parse().ok()?),
            customer_id: id.parse().ok()?,
        })
    }
}

impl Cursor for MessageCursor {
    fn write(&self) -> String {
        format!("{}:{}", self.event_seq, self.channel)
    }

    fn read(text: &str) -> Option<Self> {
        let (seq, channel) = text.split_once(':')?;
        Some(Self {
            event_seq: seq.parse().ok()?,
            channel: (!channel.contains('\0')).then(|| channel.to_owned())?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_as_it_was() {
        let place = HistoryCursor {
            occurred_at: Timestamp::from_micros(-5),
            event_seq: 7,
        };
        assert_eq!(decode('h', &encode('h', &place)), Ok(place));
        let place = MessageCursor {
            event_seq: 7,
            channel: "a:b".to_owned(),
        };
        assert_eq!(decode('n', &encode('n', &place)), Ok(place));
        let place = CustomerCursor {
            first_seen_at: Timestamp::from_micros(5),
            customer_id: "a:b".parse().unwrap(),
        };
        assert_eq!(decode('c', &encode('c', &place)), Ok(place));
    }

    #[test]
    fn a_sealed_cursor_is_its_owners() {
        let (ours, theirs) = (Source::new("ours").unwrap(), Source::new("theirs").unwrap());
        let (ana, ben) = ("ana".parse().unwrap(), "ben".parse().unwrap());
        let seal = Seal::new('h', &ours, Some(&ana));
        let text = seal.encode(&5_i64);
        assert_eq!(seal.decode(&text), Ok(5));
        for other in [
            Seal::new('h', &ours, Some(&ben)),
            Seal::new('h', &theirs, Some(&ana)),
            Seal::new('h', &ours, None),
            Seal::new('t', &ours, Some(&ana)),
        ] {
            assert!(other.decode::<i64>(&text).is_err(), "{other:?}");
        }
        for text in ["", "é", "short", &text[1..], &encode('h', &5_i64)] {
            assert!(seal.decode::<i64>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn another_lists_cursor_and_nonsense_are_refused() {
        let text = encode(
            't',
            &HistoryCursor {
                occurred_at: Timestamp::from_micros(5),
                event_seq: 7,
            },
        );
        for text in [text.as_str(), "", "nonsense", "aA==", &encode('h', &5_i64)] {
            assert!(decode::<HistoryCursor>('h', text).is_err(), "{text}");
        }
    }
}
