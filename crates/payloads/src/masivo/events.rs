//! The ten events and their data. To add Masivo's next one: a row in the table, and, where no data
//! here fits it, a struct below.

use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use super::table::{Data, events};
use super::{BehaviorEvent, Customer, Line, Wallet, fields};
use crate::{BehaviorEventId, CampaignId, CustomerId, External, TierId, Timestamp, redaction};

events! {
    /// A customer registered; imported customers never do.
    CustomerRegistration(Registration) = "CUSTOMER_REGISTRATION",
    /// Rewards were earned: a behavior event was fulfilled or a coupon redeemed.
    CustomerAccumulation(Movement) = "CUSTOMER_ACCUMULATION",
    /// Rewards were spent.
    CustomerRedemption(Movement) = "CUSTOMER_REDEMPTION",
    /// Rewards were set aside for a purchase that is not fulfilled yet.
    RewardsReservation(Movement) = "REWARDS_RESERVATION",
    /// Reserved rewards were released.
    RewardsReservationCancelled(Movement) = "REWARDS_RESERVATION_CANCELLED",
    /// A behavior event was fulfilled.
    BehaviorEventFulfilled(BehaviorOutcome) = "BEHAVIOR_EVENT_FULFILLED",
    /// A behavior event failed; sent again with each retry of Masivo's.
    BehaviorEventFailed(BehaviorOutcome) = "BEHAVIOR_EVENT_FAILED",
    /// A coupon was redeemed.
    CouponRedemption(Coupon) = "COUPON_REDEMPTION",
    /// The customer rose to a higher tier.
    TierUpgrade(TierChange) = "TIER_UPGRADE",
    /// The customer fell to a lower tier.
    TierDowngrade(TierChange) = "TIER_DOWNGRADE",
}

impl EventKind {
    /// Reads back what [`EventKind::as_str`] wrote, and nothing else.
    ///
    /// ```
    /// use laurel_payloads::EventKind;
    ///
    /// assert_eq!(EventKind::parse_stored("EXTERNAL"), Some(EventKind::External));
    /// assert_eq!(EventKind::from_name("EXTERNAL"), EventKind::Unrecognized);
    /// assert_eq!(EventKind::parse_stored("coupon_redemption"), None);
    /// ```
    pub fn parse_stored(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == name)
    }
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Payload {
    /// Shows the kind alone: debug output ends up in logs, where payloads never are.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple(self.kind().as_str()).finish_non_exhaustive()
    }
}

/// The data of a registration.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Registration {
    /// The new customer's profile.
    #[serde(deserialize_with = "fields::object")]
    pub customer: Option<Customer>,
    /// Their wallet.
    #[serde(deserialize_with = "fields::object")]
    pub wallet: Option<Wallet>,
}

impl Data for Registration {
    fn times(&self) -> Vec<Option<Timestamp>> {
        vec![
            self.customer
                .as_ref()
                .and_then(|customer| customer.registration_date),
        ]
    }

    fn impersonal(self) -> Self {
        Self {
            customer: self.customer.map(redaction::customer),
            ..self
        }
    }
}

/// The data of whatever moves rewards: earned, redeemed, reserved or released.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Movement {
    /// What moved.
    #[serde(deserialize_with = "fields::objects")]
    #[schemars(with = "Option<Vec<Line>>")]
    pub lines: Vec<Line>,
    /// The wallet after it.
    #[serde(deserialize_with = "fields::object")]
    pub wallet: Option<Wallet>,
}

impl Data for Movement {
    fn times(&self) -> Vec<Option<Timestamp>> {
        let mut times: Vec<_> = self.lines.iter().map(|line| line.issued_at).collect();
        times.sort_unstable_by(|one, other| other.cmp(one));
        times
    }

    fn impersonal(self) -> Self {
        self
    }
}

/// The data of a behavior event that was fulfilled or failed.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct BehaviorOutcome {
    /// The behavior event after it.
    #[serde(deserialize_with = "fields::object_or_empty")]
    #[schemars(with = "Option<BehaviorEvent>")]
    pub event: BehaviorEvent,
}

impl Data for BehaviorOutcome {
    fn times(&self) -> Vec<Option<Timestamp>> {
        let event = &self.event;
        vec![
            event.resolved_at,
            event.issued_at,
            event.processing_at,
            event.cancelled_at,
            event.expired_at,
            event.reversed_at,
        ]
    }

    /// What was bought, and where, tells of a person as much as a name does.
    fn impersonal(self) -> Self {
        let event = BehaviorEvent {
            data: None,
            result: None,
            ..self.event
        };
        Self { event }
    }
}

/// The data of a redeemed coupon.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Coupon {
    /// The campaign that issued it.
    #[serde(deserialize_with = "fields::id")]
    pub campaign_id: Option<CampaignId>,
    /// What the customer typed in.
    #[serde(deserialize_with = "fields::code")]
    pub code: Option<String>,
}

impl Data for Coupon {
    /// A code may be made of a name.
    fn impersonal(self) -> Self {
        Self { code: None, ..self }
    }
}

/// The data of a change of tier, up or down. It carries no time of its own.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct TierChange {
    /// The tier before.
    #[serde(deserialize_with = "fields::id")]
    pub from_tier_id: Option<TierId>,
    /// The tier from now on.
    #[serde(deserialize_with = "fields::id")]
    pub to_tier_id: Option<TierId>,
    /// The name of the tier before.
    pub from_tier_name: Option<String>,
    /// The name of the tier from now on.
    pub to_tier_name: Option<String>,
    /// The level of the tier before, 1 to 10, which may be fractional; always finite.
    pub from_tier_level: Option<f64>,
    /// The level of the tier from now on, likewise.
    pub to_tier_level: Option<f64>,
    /// `EVENT`, `CRON_DOWNGRADE` or `REVERSAL`.
    pub triggered_by: Option<String>,
    /// The behavior event that led to it.
    #[serde(deserialize_with = "fields::id")]
    pub trigger_event_id: Option<BehaviorEventId>,
    /// Its type, such as `PURCHASE` or `REVERSE`.
    pub trigger_event_type: Option<String>,
}

impl Data for TierChange {
    fn impersonal(self) -> Self {
        self
    }
}
