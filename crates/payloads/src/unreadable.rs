//! Why an event cannot be interpreted although its body is kept: what quarantine shows.

use std::fmt;

use crate::CustomerId;

/// A body that is a JSON object but no event that can be projected.
///
/// ```
/// use laurel_payloads::{Reason, Unreadable};
///
/// let why = Unreadable::at(Reason::Shape, "data.lines[0].amount");
/// assert_eq!(why.to_string(), r#"shape at "data.lines[0].amount""#);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason} at {place:?}")]
pub struct Unreadable {
    /// What is wrong with it.
    pub reason: Reason,
    /// Where, as in `data.lines[0].amount`: short, printable, and empty for the body as a whole.
    pub place: String,
    /// The event's name, where it can be told.
    pub name: Option<String>,
    /// The customer, where it can be told.
    pub customer_id: Option<CustomerId>,
}

impl Unreadable {
    /// A fault at a place, in a body of which nothing else can be told.
    pub fn at(reason: Reason, place: &str) -> Self {
        Self {
            reason,
            place: place.to_owned(),
            name: None,
            customer_id: None,
        }
    }
}

/// What is wrong with an [`Unreadable`] event.
///
/// ```
/// assert_eq!(laurel_payloads::Reason::DuplicateKey.as_str(), "duplicate_key");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// `event` is no text of 1 to 128 bytes.
    NoEvent,
    /// `data` is no object.
    NoData,
    /// `data.customer_id` is no [`CustomerId`], and the event is one that is about a customer.
    NoCustomer,
    /// A number that cannot be kept exactly.
    NumberRange,
    /// A key is given twice in one object.
    DuplicateKey,
    /// A text holds half a surrogate pair.
    LoneSurrogate,
    /// A value is of another type than Masivo documents.
    Shape,
}

impl Reason {
    /// The stable name that is stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoEvent => "no_event",
            Self::NoData => "no_data",
            Self::NoCustomer => "no_customer",
            Self::NumberRange => "number_range",
            Self::DuplicateKey => "duplicate_key",
            Self::LoneSurrogate => "lone_surrogate",
            Self::Shape => "shape",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
