//! Writes the entries of histories.

use laurel_payloads::{BehaviorEventId, CustomerId, EventKind, Timestamp};
use sea_orm::Value;
use uuid::Uuid;

use crate::{Result, Source, Tx, sql};

/// An event's entry in its customer's history.
#[derive(Debug, Clone)]
pub struct NewEntry {
    /// Whose customer it is.
    pub source: Source,
    /// Whose history it is.
    pub customer_id: CustomerId,
    /// The event.
    pub event_id: Uuid,
    /// Its place in the log.
    pub event_seq: i64,
    /// What it says.
    pub kind: EventKind,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// When it was received.
    pub received_at: Timestamp,
    /// The behavior event that it is about, where it is about one.
    pub behavior_event_id: Option<BehaviorEventId>,
}

pub(super) const COLUMNS: &str = "history_entries (source, customer_id, occurred_at, event_seq, event_id, kind, \
     received_at, behavior_event_id, last_occurred_at)";

impl NewEntry {
    /// The behavior event whose failure it repeats or starts: such entries are folded into one.
    pub(super) fn failure_of(&self) -> Option<&BehaviorEventId> {
        self.behavior_event_id
            .as_ref()
            .filter(|_| self.kind == EventKind::BehaviorEventFailed)
    }

    pub(super) fn row(&self) -> [Value; 9] {
        [
            self.source.as_str().into(),
            self.customer_id.as_str().into(),
            self.occurred_at.micros().into(),
            self.event_seq.into(),
            self.event_id.into(),
            self.kind.as_str().into(),
            self.received_at.micros().into(),
            self.behavior_event_id
                .as_ref()
                .map(|id| id.as_str().to_owned())
                .into(),
            self.occurred_at.micros().into(),
        ]
    }
}

impl Tx {
    /// Adds entries to histories; one that is there already is left alone.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn add_entries(&self, entries: &[NewEntry]) -> Result<()> {
        let single = entries.iter().filter(|entry| entry.failure_of().is_none());
        let rows = single.map(NewEntry::row).collect();
        let tail = "ON CONFLICT (source, customer_id, occurred_at, event_seq) DO NOTHING";
        sql::insert(self.connection(), COLUMNS, rows, tail).await?;
        for entry in entries {
            if let Some(failed) = entry.failure_of() {
                self.add_failure(entry, failed).await?;
            }
        }
        Ok(())
    }
}
