//! The names of a programme's rewards and tiers, kept at hand: a page of any size needs them, and they hardly ever change.

use std::collections::HashMap;
use std::sync::Arc;

use laurel_payloads::{Amount, BrandId, RewardId, TierId};
use sea_orm::QueryResult;

use super::{RewardRecord, TierRecord};
use crate::convert::parsed;
use crate::{Result, Scope, sql};

/// As many rewards are kept at hand, and as many tiers.
const MOST: usize = 1_000;

/// What payloads have told of a programme's rewards and tiers.
#[derive(Debug, Default)]
pub struct Names {
    rewards: HashMap<RewardId, RewardRecord>,
    tiers: HashMap<TierId, TierRecord>,
}

impl Names {
    /// What is known of a reward.
    pub fn reward(&self, id: &RewardId) -> Option<&RewardRecord> {
        self.rewards.get(id)
    }

    /// What is known of a tier.
    pub fn tier(&self, id: &TierId) -> Option<&TierRecord> {
        self.tiers.get(id)
    }

    /// Whether these are all rewards and all tiers that there are: not in a programme with more than a thousand of either.
    pub fn are_all(&self) -> bool {
        self.rewards.len() < MOST && self.tiers.len() < MOST
    }
}

impl Scope {
    /// What is known of the programme's rewards and tiers; usually without asking the database.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn names(&self) -> Result<Arc<Names>> {
        let (kept, now) = (self.store().kept_names(), self.store().clock().now());
        if let Some(names) = kept.get(self.source(), now) {
            return Ok(names);
        }
        let changes = kept.changes();
        let names = Arc::new(self.read_names().await?);
        kept.keep(self.source().clone(), Arc::clone(&names), now, changes);
        Ok(names)
    }

    async fn read_names(&self) -> Result<Names> {
        let sql = format!(
            "SELECT * FROM (SELECT 'reward' AS what, reward_id AS id, name, brand_id, type, conversion_factor, \
               CAST(NULL AS DOUBLE PRECISION) AS level FROM rewards WHERE source = $1 ORDER BY reward_id LIMIT {MOST}) AS r \
             UNION ALL SELECT * FROM (SELECT 'tier', tier_id, name, NULL, NULL, CAST(NULL AS BIGINT), level \
               FROM tiers WHERE source = $1 ORDER BY tier_id LIMIT {MOST}) AS t"
        );
        let mut names = Names::default();
        for row in sql::query(self.reader(), &sql, [self.source().as_str().into()]).await? {
            let (what, id): (String, String) = (row.try_get("", "what")?, row.try_get("", "id")?);
            if what == "tier" {
                let tier = tier(parsed(TierId::try_from(id))?, &row)?;
                names.tiers.insert(tier.tier_id.clone(), tier);
            } else {
                let reward = reward(parsed(RewardId::try_from(id))?, &row)?;
                names.rewards.insert(reward.reward_id.clone(), reward);
            }
        }
        Ok(names)
    }
}

fn reward(reward_id: RewardId, row: &QueryResult) -> Result<RewardRecord> {
    let brand_id: Option<String> = row.try_get("", "brand_id")?;
    let conversion_factor: Option<i64> = row.try_get("", "conversion_factor")?;
    Ok(RewardRecord {
        reward_id,
        brand_id: brand_id
            .map(|id| parsed(BrandId::try_from(id)))
            .transpose()?,
        name: row.try_get("", "name")?,
        kind: row.try_get("", "type")?,
        conversion_factor: conversion_factor.map(Amount::from_millionths),
    })
}

fn tier(tier_id: TierId, row: &QueryResult) -> Result<TierRecord> {
    Ok(TierRecord {
        tier_id,
        name: row.try_get("", "name")?,
        level: row.try_get("", "level")?,
    })
}
