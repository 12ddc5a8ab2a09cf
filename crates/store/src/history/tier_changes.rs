//! Writes tier changes, and the tier that each customer is in after them.

use std::collections::BTreeSet;

use laurel_payloads::{CustomerId, Timestamp};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::TierChangeRecord;
use super::current_tier::current;
use crate::entity::tier_change;
use crate::text::storable;
use crate::{Result, Source, Tx, sql};

/// How many of a customer's newest changes decide on the current tier: the work for one event stays bounded, and a
/// change that arrives later than 64 others is history.
const DECISIVE: u64 = 64;

impl Tx {
    /// Adds tier changes; one that is there already is left alone. Then sets the current tier of their customers, whose
    /// rows [`update_customers`](Self::update_customers) has made and locked.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn add_tier_changes(&self, changes: &[TierChangeRecord]) -> Result<()> {
        let text = |text: &Option<String>| text.as_deref().map(storable);
        let rows = changes.iter().map(|change| {
            [
                change.source.as_str().into(),
                change.customer_id.as_str().into(),
                change.event_seq.into(),
                change.event_id.into(),
                change.kind.as_str().into(),
                change.occurred_at.micros().into(),
                change.received_at.micros().into(),
                change
                    .from
                    .tier_id
                    .as_ref()
                    .map(|id| id.as_str().to_owned())
                    .into(),
                change
                    .to
                    .tier_id
                    .as_ref()
                    .map(|id| id.as_str().to_owned())
                    .into(),
                text(&change.from.name).into(),
                text(&change.to.name).into(),
                change.from.level.into(),
                change.to.level.into(),
                text(&change.triggered_by).into(),
                change
                    .trigger_event_id
                    .as_ref()
                    .map(|id| id.as_str().to_owned())
                    .into(),
                text(&change.trigger_event_type).into(),
            ]
        });
        let into = "tier_changes (source, customer_id, event_seq, event_id, kind, occurred_at, received_at, \
                    from_tier_id, to_tier_id, from_tier_name, to_tier_name, from_tier_level, to_tier_level, \
                    triggered_by, trigger_event_id, trigger_event_type)";
        let tail = "ON CONFLICT (source, customer_id, event_seq) DO NOTHING";
        sql::insert(self.connection(), into, rows.collect(), tail).await?;
        let customers: BTreeSet<(&Source, &CustomerId)> = changes
            .iter()
            .map(|change| (&change.source, &change.customer_id))
            .collect();
        for (source, customer_id) in customers {
            self.set_current_tier(source, customer_id).await?;
        }
        Ok(())
    }

    async fn set_current_tier(&self, source: &Source, customer_id: &CustomerId) -> Result<()> {
        let newest = tier_change::Entity::find()
            .filter(tier_change::Column::Source.eq(source.as_str()))
            .filter(tier_change::Column::CustomerId.eq(customer_id.as_str()))
            .order_by_desc(tier_change::Column::EventSeq)
            .limit(DECISIVE)
            .all(self.connection())
            .await?;
        let mut changes = newest
            .into_iter()
            .map(TierChangeRecord::try_from)
            .collect::<Result<Vec<_>>>()?;
        changes.reverse();
        let Some(change) = current(&changes) else {
            return Ok(());
        };
        let sql = "UPDATE customers SET tier_id = $3, tier_since = $4, previous_tier_id = $5 \
                   WHERE source = $1 AND customer_id = $2";
        let tier = |step: &super::TierStep| step.tier_id.as_ref().map(|id| id.as_str().to_owned());
        let values = [
            source.as_str().into(),
            customer_id.as_str().into(),
            tier(&change.to).into(),
            Timestamp::micros(change.occurred_at).into(),
            tier(&change.from).into(),
        ];
        sql::execute(self.connection(), sql, values).await?;
        Ok(())
    }
}
