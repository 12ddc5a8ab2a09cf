//! What Masivo's API answers, as far as it is documented (docs.masivo.ai, Storefront). Every field may be missing.

use std::str::FromStr;

use laurel_payloads::{Amount, BrandId, CampaignId, Customer, RewardId, TierId, Timestamp, Wallet};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// The envelope of every answer.
#[derive(Deserialize)]
pub(crate) struct Data<T> {
    pub(crate) data: T,
}

/// What Masivo knows of a customer.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(from = "KnownWire")]
pub struct Known {
    /// The profile.
    pub customer: Option<Customer>,
    /// The wallet as it is now.
    pub wallet: Option<Wallet>,
    /// Masivo's own id of the customer, by which transfers name the two sides.
    pub owner_id: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct KnownWire {
    customer: Option<Customer>,
    wallet: Option<Owned>,
}

/// A wallet with the owner that webhooks are not asked for.
struct Owned {
    wallet: Wallet,
    owner_id: Option<String>,
}

impl<'de> Deserialize<'de> for Owned {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Owner {
            #[serde(default, deserialize_with = "lenient")]
            owner_id: Option<String>,
        }
        let raw = <&RawValue>::deserialize(deserializer)?.get();
        let wallet = serde_json::from_str(raw).map_err(serde::de::Error::custom)?;
        let owner: Owner = serde_json::from_str(raw).map_err(serde::de::Error::custom)?;
        Ok(Self {
            wallet,
            owner_id: owner.owner_id,
        })
    }
}

impl From<KnownWire> for Known {
    fn from(wire: KnownWire) -> Self {
        let (wallet, owner_id) = match wire.wallet {
            Some(owned) => (Some(owned.wallet), owned.owner_id),
            None => (None, None),
        };
        Self {
            customer: wire.customer,
            wallet,
            owner_id,
        }
    }
}

/// What a transaction did, under Masivo's own name for it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
#[non_exhaustive]
pub enum TransactionType {
    /// Rewards were earned; a webhook tells.
    Accumulation,
    /// Rewards were spent; a webhook tells.
    Redemption,
    /// Rewards reached their end.
    Expiration,
    /// Rewards came from another programme.
    Migration,
    /// Rewards went from one customer to another.
    Transfer,
    /// A behavior event was reversed, and what it had moved with it.
    Reversal,
    /// A type that is not documented.
    Other(String),
}

impl TransactionType {
    /// Masivo's name.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Accumulation => "ACCUMULATION",
            Self::Redemption => "REDEMPTION",
            Self::Expiration => "EXPIRATION",
            Self::Migration => "MIGRATION",
            Self::Transfer => "TRANSFER",
            Self::Reversal => "REVERSAL",
            Self::Other(name) => name,
        }
    }
}

impl From<String> for TransactionType {
    fn from(name: String) -> Self {
        match name.as_str() {
            "ACCUMULATION" => Self::Accumulation,
            "REDEMPTION" => Self::Redemption,
            "EXPIRATION" => Self::Expiration,
            "MIGRATION" => Self::Migration,
            "TRANSFER" => Self::Transfer,
            "REVERSAL" => Self::Reversal,
            _ => Self::Other(name),
        }
    }
}

/// One movement of a wallet, as Masivo has booked it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Transaction {
    /// Its id; without one it is told from others by what it says.
    #[serde(default, deserialize_with = "lenient")]
    pub id: Option<String>,
    /// What it did.
    #[serde(rename = "type")]
    pub kind: TransactionType,
    /// What moved.
    #[serde(default, deserialize_with = "lenient")]
    pub reward_id: Option<RewardId>,
    /// How much. Its sign is not documented.
    #[serde(default)]
    pub amount: Option<Amount>,
    /// At which brand.
    #[serde(default, deserialize_with = "lenient")]
    pub brand_id: Option<BrandId>,
    /// By which campaign.
    #[serde(default, deserialize_with = "lenient")]
    pub campaign_id: Option<CampaignId>,
    /// Of a transfer: who gave, by the brand's id or by Masivo's.
    #[serde(default, deserialize_with = "lenient")]
    pub sender_id: Option<String>,
    /// Of a transfer: who was given.
    #[serde(default, deserialize_with = "lenient")]
    pub receiver_id: Option<String>,
    /// When it was booked.
    #[serde(default, deserialize_with = "time")]
    pub created_at: Option<Timestamp>,
    /// When what it is about was issued.
    #[serde(default, deserialize_with = "time")]
    pub issued_at: Option<Timestamp>,
}

impl Transaction {
    /// When it happened, as far as it is told.
    pub fn happened_at(&self) -> Option<Timestamp> {
        self.created_at.or(self.issued_at)
    }
}

/// A list of transactions, each read for itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Transactions {
    /// Those that can be read.
    pub read: Vec<Transaction>,
    /// How many cannot: without a type, or with an amount that cannot be kept exactly.
    pub unreadable: usize,
}

impl<'de> Deserialize<'de> for Transactions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Option::<Vec<Box<RawValue>>>::deserialize(deserializer)?.unwrap_or_default();
        let read: Vec<Transaction> = raw
            .iter()
            .filter_map(|raw| serde_json::from_str(raw.get()).ok())
            .collect();
        Ok(Self {
            unreadable: raw.len() - read.len(),
            read,
        })
    }
}

/// A tier of the account.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Tier {
    /// Its id.
    #[serde(deserialize_with = "lenient")]
    pub id: Option<TierId>,
    /// Its name.
    pub name: Option<String>,
    /// Its level, which may be fractional.
    pub level: Option<f64>,
}

/// A reward of the account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Reward {
    /// Its id.
    #[serde(deserialize_with = "lenient")]
    pub id: Option<RewardId>,
    /// Its name.
    pub name: Option<String>,
}

/// A text that is what it should be; anything else is left out.
fn lenient<'de, D: Deserializer<'de>, T: FromStr>(deserializer: D) -> Result<Option<T>, D::Error> {
    Ok(text(deserializer)?.and_then(|text| text.parse().ok()))
}

fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    Ok(text(deserializer)?.and_then(|text| Timestamp::parse_rfc3339(&text)))
}

fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let raw = <&RawValue>::deserialize(deserializer)?;
    Ok(serde_json::from_str(raw.get())
        .ok()
        .filter(|text: &String| !text.is_empty()))
}
