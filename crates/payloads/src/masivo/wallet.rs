//! Wallets and the lines in them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Reward, fields};
use crate::{Amount, BrandId, CampaignId, RewardId, Timestamp};

/// What a customer holds after the event; it carries no version and no time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Wallet {
    /// Masivo's id of the wallet.
    pub id: Option<String>,
    /// Batches of rewards still held.
    #[serde(deserialize_with = "fields::objects")]
    #[schemars(with = "Option<Vec<Line>>")]
    pub lines: Vec<Line>,
    /// The balance of each reward; one that is not listed is zero.
    #[serde(deserialize_with = "fields::objects")]
    #[schemars(with = "Option<Vec<Total>>")]
    pub totals: Vec<Total>,
}

/// The balance of one reward.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Total {
    /// How much of it.
    pub total: Option<Amount>,
    /// Of which reward.
    #[serde(deserialize_with = "fields::id")]
    pub reward_id: Option<RewardId>,
    /// When the next of it expires.
    #[serde(deserialize_with = "fields::time")]
    pub expiration_date: Option<Timestamp>,
    /// The reward itself, from which names are learnt.
    #[serde(deserialize_with = "fields::object")]
    pub reward: Option<Reward>,
}

/// One batch of a reward: accumulated, redeemed, reserved, released or still held.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Line {
    /// How much; its sign is the sender's, whether it is earned or redeemed the event's kind.
    pub amount: Option<Amount>,
    /// Of which reward.
    #[serde(deserialize_with = "fields::id")]
    pub reward_id: Option<RewardId>,
    /// By which campaign.
    #[serde(deserialize_with = "fields::id")]
    pub campaign_id: Option<CampaignId>,
    /// At which brand.
    #[serde(deserialize_with = "fields::id")]
    pub brand_id: Option<BrandId>,
    /// When it moved.
    #[serde(deserialize_with = "fields::time")]
    pub issued_at: Option<Timestamp>,
    /// When it expires.
    #[serde(deserialize_with = "fields::time")]
    pub expiration_date: Option<Timestamp>,
    /// Until when it is reserved.
    #[serde(deserialize_with = "fields::time")]
    pub reservation_expires_at: Option<Timestamp>,
}
