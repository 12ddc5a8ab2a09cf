//! Behavior events: what customers did, as the brand reported it to Masivo.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::fields;
use crate::{BehaviorEventId, Timestamp};

/// Something that a customer did: a purchase, a visit, a reversal.
///
/// Its own `customer_id` may be Masivo's internal one and is therefore not read.
#[derive(Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct BehaviorEvent {
    /// Masivo's id of it, the same each time a failure repeats.
    #[serde(deserialize_with = "fields::id")]
    pub id: Option<BehaviorEventId>,
    /// `PURCHASE`, `REGISTRATION`, `ADD_TO_CART`, `REVERSE`, or one of the account's own.
    pub r#type: Option<String>,
    /// `PENDING`, `PROCESSING`, `FAILED`, `RESOLVED`, `CANCELLED`, `EXPIRED`, `REVERSED`.
    pub status: Option<String>,
    /// False for a purchase that only reserves.
    pub fulfilled: Option<bool>,
    /// What the brand sent, as it was sent: free in form, so kept as text.
    #[schemars(with = "Option<serde_json::Value>")]
    pub data: Option<Box<RawValue>>,
    /// What came of it, as it was sent; the movements in it have webhooks of their own.
    #[schemars(with = "Option<serde_json::Value>")]
    pub result: Option<Box<RawValue>>,
    /// When it was sent to Masivo.
    #[serde(deserialize_with = "fields::time")]
    pub issued_at: Option<Timestamp>,
    /// When Masivo began with it.
    #[serde(deserialize_with = "fields::time")]
    pub processing_at: Option<Timestamp>,
    /// When Masivo was done with it.
    #[serde(deserialize_with = "fields::time")]
    pub resolved_at: Option<Timestamp>,
    /// When it was cancelled.
    #[serde(deserialize_with = "fields::time")]
    pub cancelled_at: Option<Timestamp>,
    /// When it expired.
    #[serde(deserialize_with = "fields::time")]
    pub expired_at: Option<Timestamp>,
    /// When it was reversed.
    #[serde(deserialize_with = "fields::time")]
    pub reversed_at: Option<Timestamp>,
}

impl fmt::Debug for BehaviorEvent {
    /// Shows nothing of what was sent with it: debug output ends up in logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BehaviorEvent")
            .field("id", &self.id)
            .field("type", &self.r#type)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}
