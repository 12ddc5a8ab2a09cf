//! Customers and what they have consented to.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::fields;
use crate::{CustomerId, TierId, Timestamp};

/// A customer's profile. Anonymous ones carry a placeholder for name and email.
#[derive(Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Customer {
    /// The brand's own id.
    #[serde(deserialize_with = "fields::id")]
    pub id: Option<CustomerId>,
    /// The name as the customer gave it.
    pub name: Option<String>,
    /// The address as it was sent; nobody has checked that it is one.
    pub email: Option<String>,
    /// When they registered.
    #[serde(deserialize_with = "fields::time")]
    pub registration_date: Option<Timestamp>,
    /// `ACTIVE` or `INACTIVE`.
    pub status: Option<String>,
    /// True until they identify themselves.
    pub is_anonymous: Option<bool>,
    /// `MALE` or `FEMALE`.
    pub gender: Option<String>,
    /// The day of birth, as it was sent.
    pub dob: Option<String>,
    /// The kind of identity document.
    pub document_type: Option<String>,
    /// The document's number.
    pub document_number: Option<String>,
    /// The country's ISO 3166 code.
    pub country: Option<String>,
    /// The tier they are in.
    #[serde(deserialize_with = "fields::id")]
    pub tier_id: Option<TierId>,
    /// Where they are known: `app`, `pos`…
    #[serde(deserialize_with = "fields::list")]
    #[schemars(with = "Option<Vec<String>>")]
    pub platforms: Vec<String>,
    /// What Masivo thinks of the address, such as `VALID`.
    pub email_status: Option<String>,
    /// The brand's own labels, free in form.
    #[schemars(with = "Option<serde_json::Value>")]
    pub tags: Option<Box<RawValue>>,
    /// The brand's own data, free in form.
    #[schemars(with = "Option<serde_json::Value>")]
    pub metadata: Option<Box<RawValue>>,
    /// What they have consented to; without it everything is allowed.
    #[serde(deserialize_with = "fields::object")]
    pub consent: Option<Consent>,
}

impl Customer {
    /// The text of one of the brand's tags, such as `locale`; none where it is no text.
    ///
    /// ```
    /// use laurel_payloads::Customer;
    ///
    /// let customer: Customer = serde_json::from_str(r#"{"tags": {"locale": "es-CO", "visits": 3}}"#)?;
    /// assert_eq!(customer.tag("locale").as_deref(), Some("es-CO"));
    /// assert_eq!(customer.tag("visits"), None);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn tag(&self, name: &str) -> Option<String> {
        let tags: BTreeMap<String, &RawValue> =
            serde_json::from_str(self.tags.as_ref()?.get()).ok()?;
        serde_json::from_str(tags.get(name)?.get()).ok()
    }
}

impl fmt::Debug for Customer {
    /// Shows no name, address or document: debug output ends up in logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Customer")
            .field("id", &self.id)
            .field("status", &self.status)
            .field("is_anonymous", &self.is_anonymous)
            .field("tier_id", &self.tier_id)
            .finish_non_exhaustive()
    }
}

/// A recorded consent, in the style of IAB TCF.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Consent {
    /// The version of the text consented to.
    pub version: Option<String>,
    /// When it was given.
    #[serde(deserialize_with = "fields::time")]
    pub consent_timestamp: Option<Timestamp>,
    /// What it allows.
    #[serde(deserialize_with = "fields::object")]
    pub purposes: Option<Purposes>,
}

/// The purposes of a recorded consent: allowed only where explicitly true.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Purposes {
    /// Campaigns that follow behavior.
    pub behavioral_campaigns: Option<bool>,
    /// Campaigns with coupons.
    pub coupon_campaigns: Option<bool>,
    /// Campaigns with punch cards.
    pub punchcard_campaigns: Option<bool>,
    /// Mail.
    pub email_marketing: Option<bool>,
    /// Push notifications.
    pub push_notifications: Option<bool>,
    /// Following which links are opened.
    pub link_tracking: Option<bool>,
}
