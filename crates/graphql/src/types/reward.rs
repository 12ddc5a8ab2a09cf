//! Rewards: what can be earned, by Masivo's id, with what payloads have told about it.

use async_graphql::{Context, ID, Object, Result};
use laurel_payloads::RewardId;
use laurel_store::RewardRecord;

use crate::reads::{names, read};
use crate::scalars::Decimal;

/// A reward, of which at first only the id is known; the rest is read when it is asked for.
#[derive(Clone, Debug)]
pub(crate) struct Reward(pub(crate) RewardId);

impl Reward {
    async fn learnt<T>(
        &self,
        context: &Context<'_>,
        pick: impl Fn(&RewardRecord) -> Option<T>,
    ) -> Result<Option<T>> {
        let names = names(context).await?;
        if let Some(known) = names.reward(&self.0) {
            return Ok(pick(known));
        }
        if names.are_all() {
            return Ok(None);
        }
        Ok(read(context, self.0.clone()).await?.as_ref().and_then(pick))
    }
}

/// Something that can be earned: points, a discount, a gift card, a product. What is known of it was
/// learnt from payloads, so that all but the id may be missing.
#[Object]
impl Reward {
    /// Masivo's id of the reward.
    async fn id(&self) -> ID {
        self.0.as_str().into()
    }

    /// Its name.
    async fn name(&self, context: &Context<'_>) -> Result<Option<String>> {
        self.learnt(context, |reward| reward.name.clone()).await
    }

    /// What kind of reward it is: `POINTS`, `DISCOUNT`, `GIFT_CARD`, `PRODUCT`, or one that Masivo has added since.
    #[graphql(name = "type")]
    async fn kind(&self, context: &Context<'_>) -> Result<Option<String>> {
        self.learnt(context, |reward| reward.kind.clone()).await
    }

    /// The brand that it belongs to; null for a reward of all brands.
    async fn brand_id(&self, context: &Context<'_>) -> Result<Option<ID>> {
        self.learnt(context, |reward| {
            reward.brand_id.as_ref().map(|id| id.as_str().into())
        })
        .await
    }

    /// The money that one unit is worth.
    async fn conversion_factor(&self, context: &Context<'_>) -> Result<Option<Decimal>> {
        self.learnt(context, |reward| {
            reward.conversion_factor.map(Decimal::from)
        })
        .await
    }
}
