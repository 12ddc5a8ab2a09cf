//! Entries that do not stand where their events do: failures that were folded into an earlier one, and what a replay has
//! cleared and not entered again yet.

use std::collections::HashMap;

use laurel_payloads::EventKind;
use sea_orm::FromQueryResult;

use super::FeedRecord;
use super::read::{ENTRY, Told};
use crate::entity::history_entry::Model;
use crate::{EventRecord, HistoryEntryRecord, Result, Scope, sql};

impl Scope {
    /// Rows of the feed with the entries that they tell of.
    pub(super) async fn with_entries(&self, told: Vec<Told>) -> Result<Vec<FeedRecord>> {
        let lost: Vec<&Told> = told.iter().filter(|told| told.entry.is_none()).collect();
        let mut found = HashMap::new();
        if !lost.is_empty() {
            found = self.bare(&lost).await?;
            found.extend(self.folded(&lost).await?);
        }
        let records = told.into_iter().filter_map(|told| {
            let entry = told.entry.or_else(|| found.get(&told.seq).cloned());
            Some(FeedRecord {
                position: told.position,
                entry: entry?,
            })
        });
        Ok(records.collect())
    }

    /// The entries that count these failures, by the failures' places in the log.
    async fn folded(&self, lost: &[&Told]) -> Result<HashMap<i64, HistoryEntryRecord>> {
        let backend = self.store().backend();
        let sql = format!(
            "SELECT b.event_seq AS told_seq, {ENTRY} FROM behavior_failures b \
             JOIN history_entries h ON h.source = b.source AND h.customer_id = b.customer_id \
             AND h.behavior_event_id = b.behavior_event_id AND h.kind = 'BEHAVIOR_EVENT_FAILED' \
             WHERE b.source = $1 AND b.customer_id {} AND b.event_seq {}",
            sql::in_list(backend, 2),
            sql::in_list(backend, 3)
        );
        let customers: Vec<String> = lost.iter().map(|told| told.customer.to_string()).collect();
        let values = [
            self.source().as_str().into(),
            sql::list(backend, customers),
            sql::list(backend, lost.iter().map(|told| told.seq).collect()),
        ];
        let rows = sql::query(self.reader(), &sql, values).await?;
        let entries = rows.iter().map(|row| {
            let entry = Model::from_query_result(row, "")?.try_into()?;
            Ok((row.try_get("", "told_seq")?, entry))
        });
        entries.collect()
    }

    /// What the events themselves tell.
    async fn bare(&self, lost: &[&Told]) -> Result<HashMap<i64, HistoryEntryRecord>> {
        let seqs: Vec<i64> = lost.iter().map(|told| told.seq).collect();
        let events = self.events_by_seq(&seqs).await?;
        let entries = events
            .into_iter()
            .filter_map(|event| Some((event.seq, entry_of(event)?)));
        Ok(entries.collect())
    }
}

/// An event as the entry that it will be.
fn entry_of(event: EventRecord) -> Option<HistoryEntryRecord> {
    let kind = event.kind.as_deref();
    Some(HistoryEntryRecord {
        customer_id: event.customer_id?,
        event_id: event.id,
        event_seq: event.seq,
        kind: kind.map_or(EventKind::Unrecognized, EventKind::from_name),
        occurred_at: event.occurred_at,
        received_at: event.received_at,
        behavior_event_id: None,
        attempts: 1,
        last_occurred_at: event.occurred_at,
    })
}
