//! One webhook of the programme, ready to be posted.

use laurel_payloads::{CustomerId, EventKind};
use serde::Serialize;

/// What Masivo would send: the body, and what the programme knows it to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// The raw body.
    pub body: Vec<u8>,
    /// The event's kind.
    pub kind: EventKind,
    /// The customer it is about.
    pub customer_id: CustomerId,
}

#[derive(Serialize)]
struct Envelope<'a, T> {
    event: &'a str,
    data: Data<'a, T>,
}

#[derive(Serialize)]
struct Data<'a, T> {
    customer_id: &'a CustomerId,
    #[serde(flatten)]
    rest: T,
}

/// The webhook of an event with this data beside the customer's id.
pub(crate) fn of(
    customer_id: CustomerId,
    kind: EventKind,
    event: &str,
    rest: impl Serialize,
) -> Webhook {
    let envelope = Envelope {
        event,
        data: Data {
            customer_id: &customer_id,
            rest,
        },
    };
    let body = serde_json::to_vec(&envelope).expect("text and numbers go into memory");
    Webhook {
        body,
        kind,
        customer_id,
    }
}
