//! A change of tier, as an entry of the history and as a row of its own list.

use async_graphql::{Context, Enum, ID, Result};
use laurel_payloads::{BehaviorEventId, EventKind, Payload};
use laurel_store::{HistoryEntryRecord, TierChangeRecord, TierStep};

use super::entry::Entry;
use crate::reads::{MessageAbout, read};
use crate::types::Notification;
use crate::types::tier::TierRef;

/// Which way a tier changed.
#[derive(Clone, Copy, Enum, PartialEq, Eq)]
pub(crate) enum TierChangeDirection {
    /// To a higher tier.
    Upgrade,
    /// To a lower tier.
    Downgrade,
}

impl TierChangeDirection {
    /// The direction of a change, by the kind of its event.
    pub(crate) const fn of(kind: EventKind) -> Self {
        match kind {
            EventKind::TierDowngrade => Self::Downgrade,
            _ => Self::Upgrade,
        }
    }
}

/// The entry, and what changed where the row has told already.
pub(crate) struct TierChange {
    entry: Entry,
    known: Option<Change>,
}

/// What changed, and why.
#[derive(Clone, Default)]
struct Change {
    from: TierStep,
    to: TierStep,
    triggered_by: Option<String>,
    trigger_event_id: Option<BehaviorEventId>,
    trigger_event_type: Option<String>,
}

impl From<Entry> for TierChange {
    fn from(entry: Entry) -> Self {
        Self { entry, known: None }
    }
}

impl From<HistoryEntryRecord> for TierChange {
    fn from(record: HistoryEntryRecord) -> Self {
        Entry::from(record).into()
    }
}

impl From<TierChangeRecord> for TierChange {
    fn from(record: TierChangeRecord) -> Self {
        let entry = Entry::from(&record);
        let TierChangeRecord {
            from,
            to,
            triggered_by,
            trigger_event_id,
            trigger_event_type,
            ..
        } = record;
        Self {
            entry,
            known: Some(Change {
                from,
                to,
                triggered_by,
                trigger_event_id,
                trigger_event_type,
            }),
        }
    }
}

impl TierChange {
    /// What changed: as the row told, else as the event tells.
    async fn change(&self, context: &Context<'_>) -> Result<Change> {
        if let Some(change) = &self.known {
            return Ok(change.clone());
        }
        let event = self.entry.details(context).await?;
        let (Payload::TierUpgrade(told) | Payload::TierDowngrade(told)) = &event.payload else {
            return Ok(Change::default());
        };
        let step = |id: &Option<_>, name: &Option<String>, level| TierStep {
            tier_id: id.clone(),
            name: name.clone(),
            level,
        };
        Ok(Change {
            from: step(
                &told.from_tier_id,
                &told.from_tier_name,
                told.from_tier_level,
            ),
            to: step(&told.to_tier_id, &told.to_tier_name, told.to_tier_level),
            triggered_by: told.triggered_by.clone(),
            trigger_event_id: told.trigger_event_id.clone(),
            trigger_event_type: told.trigger_event_type.clone(),
        })
    }
}

entry_type! {
    /// The customer moved to another tier.
    impl TierChange, entry {
        /// Which way.
        async fn direction(&self) -> TierChangeDirection {
            TierChangeDirection::of(self.entry.kind)
        }

        /// The tier before; null where the event did not tell.
        async fn from(&self, context: &Context<'_>) -> Result<Option<TierRef>> {
            Ok(TierRef::step(self.change(context).await?.from))
        }

        /// The tier from then on; null where the event did not tell.
        async fn to(&self, context: &Context<'_>) -> Result<Option<TierRef>> {
            Ok(TierRef::step(self.change(context).await?.to))
        }

        /// What led to it: `EVENT`, `CRON_DOWNGRADE` (a reporting period began) or `REVERSAL`.
        async fn triggered_by(&self, context: &Context<'_>) -> Result<Option<String>> {
            Ok(self.change(context).await?.triggered_by)
        }

        /// The behavior event that led to it.
        async fn trigger_event_id(&self, context: &Context<'_>) -> Result<Option<ID>> {
            Ok(self.change(context).await?.trigger_event_id.map(|id| id.as_str().into()))
        }

        /// The type of that behavior event, such as `PURCHASE`.
        async fn trigger_event_type(&self, context: &Context<'_>) -> Result<Option<String>> {
            Ok(self.change(context).await?.trigger_event_type)
        }

        /// What the customer is written about it; null until it was decided.
        async fn notification(&self, context: &Context<'_>) -> Result<Option<Notification>> {
            let message = read(context, MessageAbout(self.entry.event_seq)).await?;
            Ok(message.map(Notification))
        }
    }
}
