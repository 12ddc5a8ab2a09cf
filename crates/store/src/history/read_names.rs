//! Reads the rewards and tiers that payloads have named.

use laurel_payloads::{Amount, BrandId, RewardId, TierId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};

use crate::convert::parsed;
use crate::entity::{reward, tier};
use crate::{Error, Result, Scope};

/// How many rewards or tiers a list holds at most. Masivo allows ten tiers an account; of rewards no limit is known.
const MOST: u64 = 1_000;

/// A reward, as far as payloads have described it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RewardRecord {
    /// Its id.
    pub reward_id: RewardId,
    /// Its brand; none where it is global, or not described yet.
    pub brand_id: Option<BrandId>,
    /// Its name.
    pub name: Option<String>,
    /// Masivo's type, such as `POINTS`.
    pub kind: Option<String>,
    /// The money that one is worth.
    pub conversion_factor: Option<Amount>,
}

/// A tier, as far as payloads have described it.
#[derive(Debug, Clone, PartialEq)]
pub struct TierRecord {
    /// Its id.
    pub tier_id: TierId,
    /// Its name.
    pub name: Option<String>,
    /// Its level; Masivo's schema allows fractions.
    pub level: Option<f64>,
}

impl Scope {
    /// Every reward of the programme that was ever mentioned, by id; the first 1,000.
    ///
    /// # Errors
    /// [`Error::Database`].
    ///
    /// ```
    /// # async fn example(scope: laurel_store::Scope) -> laurel_store::Result<()> {
    /// let names = scope.rewards().await?.into_iter().filter_map(|reward| reward.name);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn rewards(&self) -> Result<Vec<RewardRecord>> {
        reward_records(self.find_rewards(), self).await
    }

    /// These rewards, in no order; unknown ones are left out.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn rewards_by_id(&self, ids: &[RewardId]) -> Result<Vec<RewardRecord>> {
        let ids = ids.iter().map(RewardId::as_str);
        reward_records(
            self.find_rewards()
                .filter(reward::Column::RewardId.is_in(ids)),
            self,
        )
        .await
    }

    /// Every tier of the programme that was ever mentioned, the lowest first; the first 1,000.
    ///
    /// # Errors
    /// [`Error::Database`].
    ///
    /// ```
    /// # async fn example(scope: laurel_store::Scope) -> laurel_store::Result<()> {
    /// let highest = scope.tiers().await?.into_iter().next_back().and_then(|tier| tier.name);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn tiers(&self) -> Result<Vec<TierRecord>> {
        tier_records(self.find_tiers(), self).await
    }

    /// These tiers, in no order; unknown ones are left out.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn tiers_by_id(&self, ids: &[TierId]) -> Result<Vec<TierRecord>> {
        let ids = ids.iter().map(TierId::as_str);
        tier_records(
            self.find_tiers().filter(tier::Column::TierId.is_in(ids)),
            self,
        )
        .await
    }

    fn find_rewards(&self) -> Select<reward::Entity> {
        reward::Entity::find()
            .filter(reward::Column::Source.eq(self.source().as_str()))
            .order_by_asc(reward::Column::RewardId)
            .limit(MOST)
    }

    fn find_tiers(&self) -> Select<tier::Entity> {
        tier::Entity::find()
            .filter(tier::Column::Source.eq(self.source().as_str()))
            .order_by_asc(tier::Column::Level)
            .order_by_asc(tier::Column::TierId)
            .limit(MOST)
    }
}

async fn reward_records(
    select: Select<reward::Entity>,
    scope: &Scope,
) -> Result<Vec<RewardRecord>> {
    let models = select.all(scope.reader()).await?;
    models.into_iter().map(RewardRecord::try_from).collect()
}

async fn tier_records(select: Select<tier::Entity>, scope: &Scope) -> Result<Vec<TierRecord>> {
    let models = select.all(scope.reader()).await?;
    models.into_iter().map(TierRecord::try_from).collect()
}

impl TryFrom<reward::Model> for RewardRecord {
    type Error = Error;

    fn try_from(model: reward::Model) -> Result<Self> {
        Ok(Self {
            reward_id: parsed(RewardId::try_from(model.reward_id))?,
            brand_id: model
                .brand_id
                .map(|id| parsed(BrandId::try_from(id)))
                .transpose()?,
            name: model.name,
            kind: model.kind,
            conversion_factor: model.conversion_factor.map(Amount::from_millionths),
        })
    }
}

impl TryFrom<tier::Model> for TierRecord {
    type Error = Error;

    fn try_from(model: tier::Model) -> Result<Self> {
        let tier_id = parsed(TierId::try_from(model.tier_id))?;
        Ok(Self {
            tier_id,
            name: model.name,
            level: model.level,
        })
    }
}
