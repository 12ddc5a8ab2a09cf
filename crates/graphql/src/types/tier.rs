//! Tiers: where a customer stands, where they stood, and the tiers there are.

use async_graphql::{Context, ID, Object, Result};
use laurel_payloads::TierId;
use laurel_store::{TierRecord, TierStep};

use crate::reads::{names, read};
use crate::scalars::DateTime;

/// A tier that payloads have told of.
pub(crate) struct Tier(pub(crate) TierRecord);

/// A tier of the programme, as payloads have told of it.
#[Object]
impl Tier {
    /// Masivo's id of the tier.
    async fn id(&self) -> ID {
        self.0.tier_id.as_str().into()
    }

    /// Its name.
    async fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    /// Its level: the higher, the better. Levels may be fractional.
    async fn level(&self) -> Option<f64> {
        self.0.level
    }
}

/// A tier that something points to.
#[derive(Clone, Debug)]
pub(crate) struct TierRef {
    id: TierId,
    /// What the event that points to it calls it; else what was learnt of it.
    name: Option<String>,
    level: Option<f64>,
}

impl TierRef {
    /// A tier of which the id is known.
    pub(crate) fn of(id: TierId) -> Self {
        Self {
            id,
            name: None,
            level: None,
        }
    }

    async fn learnt<T>(
        &self,
        context: &Context<'_>,
        pick: impl Fn(&TierRecord) -> Option<T>,
    ) -> Result<Option<T>> {
        let names = names(context).await?;
        if let Some(known) = names.tier(&self.id) {
            return Ok(pick(known));
        }
        if names.are_all() {
            return Ok(None);
        }
        Ok(read(context, self.id.clone())
            .await?
            .as_ref()
            .and_then(pick))
    }

    /// A tier as a change of it tells; none where the change does not name it.
    pub(crate) fn step(step: TierStep) -> Option<Self> {
        Some(Self {
            id: step.tier_id?,
            name: step.name,
            level: step.level,
        })
    }
}

/// A tier, as it was called by the event that points to it.
#[Object]
impl TierRef {
    /// Masivo's id of the tier.
    async fn id(&self) -> ID {
        self.id.as_str().into()
    }

    /// Its name.
    async fn name(&self, context: &Context<'_>) -> Result<Option<String>> {
        if self.name.is_some() {
            return Ok(self.name.clone());
        }
        self.learnt(context, |tier| tier.name.clone()).await
    }

    /// Its level: the higher, the better. Levels may be fractional.
    async fn level(&self, context: &Context<'_>) -> Result<Option<f64>> {
        if self.level.is_some() {
            return Ok(self.level);
        }
        self.learnt(context, |tier| tier.level).await
    }
}

/// Where a customer stands.
pub(crate) struct TierStatus {
    pub(crate) tier: TierRef,
    pub(crate) since: DateTime,
    pub(crate) previous: Option<TierRef>,
}

/// The tier that a customer is in.
#[Object]
impl TierStatus {
    /// The tier.
    async fn tier(&self) -> &TierRef {
        &self.tier
    }

    /// When the change into it happened.
    async fn since(&self) -> DateTime {
        self.since
    }

    /// The tier before it.
    async fn previous_tier(&self) -> Option<&TierRef> {
        self.previous.as_ref()
    }
}
