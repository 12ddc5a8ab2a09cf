//! Learns the names of rewards and tiers from the payloads that mention them.

use std::collections::BTreeMap;

use laurel_payloads::{Amount, BrandId, RewardId, TierId};

use crate::text::storable;
use crate::{Result, Source, Tx, sql};

/// What an event says of a reward.
#[derive(Debug, Clone)]
pub struct LearntReward {
    /// Whose reward it is.
    pub source: Source,
    /// Its id.
    pub reward_id: RewardId,
    /// The event's place in the log, the highest counts; 0 where the event merely mentions the id.
    pub seq: i64,
    /// Its brand; none where it is global.
    pub brand_id: Option<BrandId>,
    /// Its name.
    pub name: Option<String>,
    /// Masivo's type, such as `POINTS`.
    pub kind: Option<String>,
    /// The money that one is worth.
    pub conversion_factor: Option<Amount>,
}

/// What an event says of a tier.
#[derive(Debug, Clone)]
pub struct LearntTier {
    /// Whose tier it is.
    pub source: Source,
    /// Its id.
    pub tier_id: TierId,
    /// The event's place in the log, the highest counts; 0 where the event merely mentions the id.
    pub seq: i64,
    /// Its name.
    pub name: Option<String>,
    /// Its level; Masivo's schema allows fractions.
    pub level: Option<f64>,
}

impl Tx {
    /// Writes what events say of rewards. To be called last: every worker touches the same few rows.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn learn_rewards(&self, rewards: Vec<LearntReward>) -> Result<()> {
        let newest = newest(rewards, |reward| {
            (key(&reward.source, reward.reward_id.as_str()), reward.seq)
        });
        let rows = newest.into_iter().map(|reward| {
            [
                reward.source.as_str().into(),
                reward.reward_id.as_str().into(),
                reward.seq.into(),
                reward
                    .brand_id
                    .as_ref()
                    .map(|id| id.as_str().to_owned())
                    .into(),
                reward.name.map(|name| storable(&name)).into(),
                reward.kind.map(|kind| storable(&kind)).into(),
                reward.conversion_factor.map(Amount::millionths).into(),
            ]
        });
        let into =
            "rewards (source, reward_id, learnt_seq, brand_id, name, type, conversion_factor)";
        let tail = "ON CONFLICT (source, reward_id) DO UPDATE SET learnt_seq = excluded.learnt_seq, \
                    brand_id = excluded.brand_id, name = excluded.name, type = excluded.type, \
                    conversion_factor = excluded.conversion_factor WHERE excluded.learnt_seq > rewards.learnt_seq";
        if sql::insert(self.connection(), into, rows.collect(), tail).await? > 0 {
            self.note_names();
        }
        Ok(())
    }

    /// Writes what events say of tiers. To be called last: every worker touches the same few rows.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn learn_tiers(&self, tiers: Vec<LearntTier>) -> Result<()> {
        let newest = newest(tiers, |tier| {
            (key(&tier.source, tier.tier_id.as_str()), tier.seq)
        });
        let rows = newest.into_iter().map(|tier| {
            [
                tier.source.as_str().into(),
                tier.tier_id.as_str().into(),
                tier.seq.into(),
                tier.name.map(|name| storable(&name)).into(),
                tier.level.into(),
            ]
        });
        let into = "tiers (source, tier_id, learnt_seq, name, level)";
        let tail = "ON CONFLICT (source, tier_id) DO UPDATE SET learnt_seq = excluded.learnt_seq, \
                    name = excluded.name, level = excluded.level WHERE excluded.learnt_seq > tiers.learnt_seq";
        if sql::insert(self.connection(), into, rows.collect(), tail).await? > 0 {
            self.note_names();
        }
        Ok(())
    }
}

fn key(source: &Source, id: &str) -> (Source, String) {
    (source.clone(), id.to_owned())
}

/// The newest word on each thing, in the order of their keys.
fn newest<T, K: Ord>(words: Vec<T>, rank: impl Fn(&T) -> (K, i64)) -> Vec<T> {
    let mut newest = BTreeMap::<K, (i64, T)>::new();
    for word in words {
        let (key, seq) = rank(&word);
        if newest.get(&key).is_none_or(|(known, _)| *known < seq) {
            newest.insert(key, (seq, word));
        }
    }
    newest.into_values().map(|(_, word)| word).collect()
}
