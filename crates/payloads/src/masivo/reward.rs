//! Rewards: what can be earned and spent.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::fields;
use crate::{Amount, BrandId, RewardId};

/// A kind of thing to earn: points, a discount, a gift card, a product.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Reward {
    /// Masivo's id of it.
    #[serde(deserialize_with = "fields::id")]
    pub id: Option<RewardId>,
    /// The brand that gives it; none for all brands of the account.
    #[serde(deserialize_with = "fields::id")]
    pub brand_id: Option<BrandId>,
    /// Its name.
    pub name: Option<String>,
    /// What it is.
    pub description: Option<String>,
    /// `POINTS`, `DISCOUNT`, `GIFT_CARD`, `PRODUCT`; more are announced.
    pub r#type: Option<String>,
    /// What else is known of it.
    #[serde(deserialize_with = "fields::object")]
    pub attributes: Option<Attributes>,
}

/// A reward's attributes, as far as they mean anything here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Attributes {
    /// The money that one unit is worth.
    pub conversion_factor: Option<Amount>,
}
