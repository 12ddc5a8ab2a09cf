//! What a wallet loses when it is not spent, by date.

use std::collections::BTreeMap;

use async_graphql::Object;
use laurel_payloads::{Line, RewardId, Sum, Timestamp};

use super::Reward;
use crate::scalars::{DateTime, Decimal};

/// An amount of one reward that expires at one time.
pub(crate) struct ExpiringAmount {
    reward: RewardId,
    amount: Sum,
    expires_at: Timestamp,
}

impl ExpiringAmount {
    /// Sums up the batches of a wallet that expire after `now` and before another time, by time and reward. What names
    /// no reward, no amount or no time of expiry is none of them.
    pub(crate) fn of(batches: &[Line], now: Timestamp, before: Timestamp) -> Vec<Self> {
        let mut sums: BTreeMap<(Timestamp, &RewardId), Sum> = BTreeMap::new();
        for batch in batches {
            let (Some(expires_at), Some(reward), Some(amount)) =
                (batch.expiration_date, &batch.reward_id, batch.amount)
            else {
                continue;
            };
            if now < expires_at && expires_at < before {
                let sum = sums.entry((expires_at, reward)).or_default();
                *sum = *sum + amount.into();
            }
        }
        let amounts = sums.into_iter().map(|((expires_at, reward), sum)| Self {
            reward: reward.clone(),
            amount: sum,
            expires_at,
        });
        amounts.collect()
    }
}

/// An amount of one reward that expires at one time.
#[Object]
impl ExpiringAmount {
    /// The reward.
    async fn reward(&self) -> Reward {
        Reward(self.reward.clone())
    }

    /// How much of it.
    async fn amount(&self) -> Decimal {
        self.amount.into()
    }

    /// When it expires.
    async fn expires_at(&self) -> DateTime {
        self.expires_at.into()
    }
}
