//! What the programme offers: two rewards and four tiers. The ids are those of the sample payloads.

use laurel_payloads::{Amount, Attributes, BrandId, CampaignId, Reward, RewardId, TierId};

pub(crate) const BRAND: &str = "cafe-central";

/// The rewards of the programme, as indices into an account's holdings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Prize {
    Points,
    Coffee,
}

impl Prize {
    pub(crate) const ALL: [Self; 2] = [Self::Points, Self::Coffee];

    pub(crate) fn id(self) -> Option<RewardId> {
        let id = match self {
            Self::Points => "8f26a2be-f922-4693-a273-9d7ab317024c",
            Self::Coffee => "5b0f3c1e-7a56-4d0a-9a6e-0f6f2f7f4a11",
        };
        id.parse().ok()
    }

    /// The campaign that hands it out.
    pub(crate) fn campaign(self) -> Option<CampaignId> {
        let id = match self {
            Self::Points => "c0a1f7de-2b8f-4c7c-8d39-6b1a1b6a0d01",
            Self::Coffee => "d41be3a0-58f1-4a53-b5b5-1b7d3c9f7702",
        };
        id.parse().ok()
    }

    pub(crate) fn reward(self) -> Reward {
        let (name, kind, factor) = match self {
            Self::Points => ("Points", "POINTS", Some(100_000)),
            Self::Coffee => ("Free coffee", "PRODUCT", None),
        };
        Reward {
            id: self.id(),
            brand_id: (self == Self::Coffee).then(brand).flatten(),
            name: Some(name.to_owned()),
            description: None,
            r#type: Some(kind.to_owned()),
            attributes: Some(Attributes {
                conversion_factor: factor.map(Amount::from_millionths),
            }),
        }
    }
}

/// The campaign that adds a little to some purchases.
pub(crate) fn bonus_campaign() -> Option<CampaignId> {
    "1f0e7a52-93c5-4a0e-8a51-2a6f5d0c7e03".parse().ok()
}

pub(crate) fn brand() -> Option<BrandId> {
    BRAND.parse().ok()
}

/// A tier of the programme.
pub(crate) struct Tier {
    pub(crate) name: &'static str,
    pub(crate) level: f64,
    /// The points, in millionths, from which on a customer is in it.
    pub(crate) threshold: i64,
    id: &'static str,
}

impl Tier {
    pub(crate) fn id(&self) -> Option<TierId> {
        self.id.parse().ok()
    }
}

/// From the lowest to the highest. The last one's level is fractional, as Masivo's schema allows.
pub(crate) const TIERS: [Tier; 4] = [
    Tier {
        name: "Bronze",
        level: 1.0,
        threshold: 0,
        id: "142b1336-ef6e-40aa-be3f-33332003bfa5",
    },
    Tier {
        name: "Silver",
        level: 2.0,
        threshold: 100_000_000,
        id: "3c90c3cc-0d44-4b50-8888-8dd25736052a",
    },
    Tier {
        name: "Gold",
        level: 3.0,
        threshold: 300_000_000,
        id: "b7a5d2c8-11f0-4a66-9a0f-77f0e5d4c3b2",
    },
    Tier {
        name: "Platinum",
        level: 3.5,
        threshold: 800_000_000,
        id: "5d1f8c66-7b0a-4f0e-9d3c-2c4be1f0a9d4",
    },
];

/// The tier, as an index into [`TIERS`], of a customer with this many points.
pub(crate) fn tier_for(points: i64) -> usize {
    TIERS
        .iter()
        .rposition(|tier| points >= tier.threshold)
        .unwrap_or(0)
}
