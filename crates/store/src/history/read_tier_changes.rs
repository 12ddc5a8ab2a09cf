//! Reads tier changes.

use laurel_payloads::{BehaviorEventId, CustomerId, EventKind, TierChange, TierId, Timestamp};
use sea_orm::FromQueryResult;
use uuid::Uuid;

use super::HistoryCursor;
use super::identities::{Identities, UnionPage};
use crate::convert::{customer_id, parsed};
use crate::entity::tier_change::Model;
use crate::{Error, Page, PageRequest, Result, Scope, Source, sql};

/// A change of a customer's tier.
#[derive(Debug, Clone, PartialEq)]
pub struct TierChangeRecord {
    /// Whose customer it is.
    pub source: Source,
    /// Whose tier changed.
    pub customer_id: CustomerId,
    /// The event's place in the log.
    pub event_seq: i64,
    /// The event.
    pub event_id: Uuid,
    /// `TIER_UPGRADE` or `TIER_DOWNGRADE`.
    pub kind: EventKind,
    /// When it happened: tier events carry no time of their own, so this is when it was received.
    pub occurred_at: Timestamp,
    /// When it was received.
    pub received_at: Timestamp,
    /// The tier before.
    pub from: TierStep,
    /// The tier after.
    pub to: TierStep,
    /// What set it off: `EVENT`, `CRON_DOWNGRADE` or `REVERSAL`.
    pub triggered_by: Option<String>,
    /// The behavior event that set it off.
    pub trigger_event_id: Option<BehaviorEventId>,
    /// That event's type, such as `PURCHASE`.
    pub trigger_event_type: Option<String>,
}

/// One side of a change, as the event tells it. All of it may be missing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TierStep {
    /// The tier.
    pub tier_id: Option<TierId>,
    /// Its name at the time.
    pub name: Option<String>,
    /// Its level at the time.
    pub level: Option<f64>,
}

impl TierStep {
    /// Both sides of a change: the tier before, and the tier after.
    pub fn sides(change: &TierChange) -> (Self, Self) {
        let before = Self {
            tier_id: change.from_tier_id.clone(),
            name: change.from_tier_name.clone(),
            level: change.from_tier_level,
        };
        let after = Self {
            tier_id: change.to_tier_id.clone(),
            name: change.to_tier_name.clone(),
            level: change.to_tier_level,
        };
        (before, after)
    }
}

impl Scope {
    /// A page of a customer's tier changes, newest first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn tier_changes(
        &self,
        of: impl Into<Identities<'_>>,
        page: &PageRequest<HistoryCursor>,
    ) -> Result<Page<TierChangeRecord>> {
        let mut union = self.changes(of.into());
        union.cut(page, |at| {
            [at.occurred_at.micros().into(), at.event_seq.into()]
        });
        let (sql, values) = union.rows(page);
        let rows = sql::query(self.reader(), &sql, values).await?;
        let change = |row| Model::from_query_result(row, "")?.try_into();
        Ok(page.cut(rows.iter().map(change).collect::<Result<_>>()?))
    }

    /// How many times a customer's tier changed.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn count_tier_changes(&self, of: impl Into<Identities<'_>>) -> Result<u64> {
        let (sql, values) = self.changes(of.into()).count();
        sql::count(self.reader(), &sql, values).await
    }

    fn changes(&self, of: Identities<'_>) -> UnionPage {
        let order = ["occurred_at", "event_seq"];
        UnionPage::new(self, of, "*", "tier_changes", order)
    }
}

impl TierChangeRecord {
    /// Where a page after or before this change starts.
    pub fn cursor(&self) -> HistoryCursor {
        HistoryCursor {
            occurred_at: self.occurred_at,
            event_seq: self.event_seq,
        }
    }
}

impl TryFrom<Model> for TierChangeRecord {
    type Error = Error;

    fn try_from(model: Model) -> Result<Self> {
        let tier = |id: Option<String>| id.map(|id| parsed(TierId::try_from(id))).transpose();
        let trigger = model.trigger_event_id.map(BehaviorEventId::try_from);
        Ok(Self {
            source: parsed(Source::new(&model.source))?,
            customer_id: customer_id(model.customer_id)?,
            event_seq: model.event_seq,
            event_id: model.event_id,
            kind: EventKind::parse_stored(&model.kind)
                .ok_or_else(|| Error::Corrupt(format!("no kind of change: {}", model.kind)))?,
            occurred_at: Timestamp::from_micros(model.occurred_at),
            received_at: Timestamp::from_micros(model.received_at),
            from: TierStep {
                tier_id: tier(model.from_tier_id)?,
                name: model.from_tier_name,
                level: model.from_tier_level,
            },
            to: TierStep {
                tier_id: tier(model.to_tier_id)?,
                name: model.to_tier_name,
                level: model.to_tier_level,
            },
            triggered_by: model.triggered_by,
            trigger_event_id: trigger.map(parsed).transpose()?,
            trigger_event_type: model.trigger_event_type,
        })
    }
}
