//! What is left of an event once the customer whom it is about is erased.
//!
//! Nothing is taken out of a body: a new one is made of what is known to be impersonal. What Masivo adds to its payloads
//! tomorrow, and whatever a brand puts into its free fields, so goes by itself.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use crate::{Customer, CustomerId, Event, External, Payload, json};

/// The body that stays: kind, ids, amounts of rewards and times. A body that cannot be interpreted keeps nothing, and
/// cannot be interpreted later either.
///
/// What was redacted stays as it is when it is redacted again.
///
/// ```
/// let body = br#"{"event": "COUPON_REDEMPTION", "data": {"customer_id": "ana", "campaign_id": "c1", "code": "ANA-40"}}"#;
/// let left = laurel_payloads::redact(Some("COUPON_REDEMPTION"), Some(&"ana".parse()?), body);
/// assert_eq!(
///     String::from_utf8(left)?,
///     r#"{"event":"COUPON_REDEMPTION","data":{"customer_id":"ana","campaign_id":"c1","code":null},"redacted":true}"#
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn redact(name: Option<&str>, customer_id: Option<&CustomerId>, body: &[u8]) -> Vec<u8> {
    let left = match Event::parse_as(name, customer_id, body) {
        Ok(event) => Body::of(event),
        Err(_unreadable) => Body::default(),
    };
    serde_json::to_vec(&left).unwrap_or_else(|_| br#"{"redacted":true}"#.to_vec())
}

/// A body of the log, redacted.
#[derive(Serialize)]
struct Body {
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    external: Option<External>,
    redacted: bool,
}

impl Default for Body {
    fn default() -> Self {
        Self {
            event: None,
            data: None,
            external: None,
            redacted: true,
        }
    }
}

/// The data of a webhook.
#[derive(Serialize)]
struct Data<D> {
    customer_id: Option<CustomerId>,
    #[serde(flatten)]
    rest: D,
}

/// Data that says nothing.
#[derive(Serialize)]
pub(crate) struct Nothing {}

impl Body {
    fn of(event: Event) -> Self {
        if let Payload::External(external) = event.payload {
            let external = External {
                customer: external.customer.map(customer),
                ..external
            };
            return Self {
                external: Some(external),
                ..Self::default()
            };
        }
        let data = event.payload.redacted(event.customer_id);
        Self {
            event: data.is_some().then_some(event.name),
            data,
            ..Self::default()
        }
    }
}

pub(crate) fn data<D: Serialize>(
    customer_id: Option<CustomerId>,
    rest: D,
) -> Option<Box<RawValue>> {
    to_raw_value(&Data { customer_id, rest }).ok()
}

/// A profile that describes nobody.
pub(crate) fn customer(customer: Customer) -> Customer {
    Customer {
        id: customer.id,
        registration_date: customer.registration_date,
        tier_id: customer.tier_id,
        ..Customer::default()
    }
}

/// Whom a body names, wherever in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mentioned {
    /// Every `customer_id`, as it was sent.
    pub customers: BTreeSet<String>,
    /// Every text with an `@` in it, in lower case: an address, or what holds one.
    pub addresses: BTreeSet<String>,
}

/// Whom a body names, for one of which nobody could tell whom it is about. A body that is no JSON names nobody.
pub fn mentioned(body: &[u8]) -> Mentioned {
    let mut found = Mentioned::default();
    let Ok(tape) = json::scan(body) else {
        return found;
    };
    for node in tape.nodes() {
        if let Some(text) = node.text().filter(|text| text.contains('@')) {
            found.addresses.insert(text.to_lowercase());
        }
        if !node.is_object() {
            continue;
        }
        for (key, value) in node.members() {
            if key.text().is_some_and(|key| key == "customer_id") {
                let id = value.text().unwrap_or_else(|| value.raw().into());
                found.customers.insert(id.into_owned());
            }
        }
    }
    found
}
