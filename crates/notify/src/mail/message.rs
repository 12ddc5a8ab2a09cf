//! `Message`: one mail, ready to be carried.

use std::fmt;

use lettre::Address;
use uuid::Uuid;

use super::Words;

/// One rendered message. It holds a name and an address, so `Debug` shows neither.
///
/// ```
/// use laurel_notify::mail::Message;
///
/// /// What a push service is told; the id stays the same each time it is tried.
/// fn push(message: &Message) -> String {
///     format!("{}: {} ({})", message.recipient, message.words.subject, message.id)
/// }
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct Message {
    /// The outbox row it was made from.
    pub id: Uuid,
    /// The envelope's sender, where the relay sends what it cannot deliver.
    pub sender: Address,
    /// The envelope's recipient; there is only ever one.
    pub recipient: Address,
    /// The `Message-ID` header, with its angle brackets: the same each time it is tried.
    pub message_id: String,
    /// What it says.
    pub words: Words,
    /// The whole message (RFC 5322, ASCII only, lines ended by CRLF), before dot-stuffing.
    pub raw: Vec<u8>,
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
