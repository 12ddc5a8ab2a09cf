//! Reads histories.

use laurel_payloads::{BehaviorEventId, BrandId, CustomerId, EventKind, RewardId, Timestamp};
use sea_orm::{FromQueryResult, QueryResult};
use uuid::Uuid;

use super::identities::{Identities, UnionPage};
use crate::convert::{customer_id, parsed};
use crate::entity::history_entry::Model;
use crate::events::{Body, body};
use crate::{Error, Page, PageRequest, Result, Scope, sql};

/// An entry of a customer's history. Its details are in the event's body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryEntryRecord {
    /// Whose history it is.
    pub customer_id: CustomerId,
    /// The event that it tells of.
    pub event_id: Uuid,
    /// The event's place in the log.
    pub event_seq: i64,
    /// What it says.
    pub kind: EventKind,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// When it was received.
    pub received_at: Timestamp,
    /// The behavior event that it is about, where it is about one.
    pub behavior_event_id: Option<BehaviorEventId>,
    /// How many times the behavior event failed; 1 for any other kind.
    pub attempts: i64,
    /// When it failed last; `occurred_at` for any other kind.
    pub last_occurred_at: Timestamp,
}

/// Where a page of a history starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HistoryCursor {
    /// When the entry's event happened.
    pub occurred_at: Timestamp,
    /// The event's place in the log.
    pub event_seq: i64,
}

/// Which entries of a history to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HistoryFilter {
    /// Only these kinds.
    pub kinds: Option<Vec<EventKind>>,
    /// Only what somebody here knows.
    pub recognized: bool,
    /// Only what happened at this time or later.
    pub from: Option<Timestamp>,
    /// Only what happened before this time.
    pub to: Option<Timestamp>,
    /// Only movements of this reward.
    pub reward_id: Option<RewardId>,
    /// Only movements of this brand.
    pub brand_id: Option<BrandId>,
}

const COLUMNS: &str = "source, customer_id, event_id, event_seq, kind, occurred_at, received_at, behavior_event_id, attempts, \
     last_occurred_at";

impl Scope {
    /// A page of a customer's history, newest first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn history(
        &self,
        of: impl Into<Identities<'_>>,
        filter: &HistoryFilter,
        page: &PageRequest<HistoryCursor>,
    ) -> Result<Page<HistoryEntryRecord>> {
        let (sql, values) = self.entries(of.into(), filter, Some(page)).rows(page);
        let rows = sql::query(self.reader(), &sql, values).await?;
        Ok(page.cut(rows.iter().map(entry).collect::<Result<_>>()?))
    }

    /// The same page together with the bodies of its events, as far as they have at most so many bytes, in one statement.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn history_with_bodies(
        &self,
        of: impl Into<Identities<'_>>,
        filter: &HistoryFilter,
        page: &PageRequest<HistoryCursor>,
        most: usize,
    ) -> Result<Page<(HistoryEntryRecord, Body)>> {
        let union = self.entries(of.into(), filter, Some(page));
        let order = union.direction(page, "entry.");
        let (entries, values) = union.rows(page);
        let sql = format!(
            "SELECT entry.*, {} FROM ({entries}) AS entry \
             JOIN events AS log ON log.seq = entry.event_seq AND log.source = $1 ORDER BY {order}",
            body::columns(most)
        );
        let rows = sql::query(self.reader(), &sql, values).await?;
        let both = |row| Ok((entry(row)?, body::from_row(row)?));
        Ok(page.cut(rows.iter().map(both).collect::<Result<_>>()?))
    }

    /// How many entries of a customer's history a filter matches.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn count_history(
        &self,
        of: impl Into<Identities<'_>>,
        filter: &HistoryFilter,
    ) -> Result<u64> {
        let (sql, values) = self.entries(of.into(), filter, None).count();
        sql::count(self.reader(), &sql, values).await
    }

    /// The entries that stand for these events, by the events' ids, in no order; unknown ones are left out.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn entries_by_event(&self, event_ids: &[Uuid]) -> Result<Vec<HistoryEntryRecord>> {
        if event_ids.is_empty() {
            return Ok(Vec::new());
        }
        let sql = format!(
            "SELECT {COLUMNS} FROM history_entries WHERE source = $1 \
             AND event_seq IN (SELECT seq FROM events WHERE id IN ({}))",
            sql::places(2, event_ids.len())
        );
        let source = std::iter::once(self.source().as_str().into());
        let values = source.chain(event_ids.iter().map(|&id| id.into()));
        let rows = sql::query(self.reader(), &sql, values).await?;
        rows.iter().map(entry).collect()
    }

    fn entries(
        &self,
        of: Identities<'_>,
        filter: &HistoryFilter,
        page: Option<&PageRequest<HistoryCursor>>,
    ) -> UnionPage {
        let backend = self.store().backend();
        let order = ["occurred_at", "event_seq"];
        let mut union = UnionPage::new(self, of, COLUMNS, "history_entries", order);
        if let Some(kinds) = &filter.kinds {
            let kinds = kinds.iter().map(|kind| kind.as_str().to_owned());
            let kinds = sql::list(backend, kinds.collect());
            let kinds = union.parameter(kinds);
            union.restrict(&format!("kind {}", sql::in_parameter(backend, &kinds)));
        }
        if filter.recognized {
            union.restrict("kind <> 'UNRECOGNIZED'");
        }
        for (time, comparison) in [(filter.from, ">="), (filter.to, "<")] {
            if let Some(time) = time {
                let time = union.parameter(time.micros().into());
                union.restrict(&format!("occurred_at {comparison} {time}"));
            }
        }
        has_line(&mut union, filter);
        if let Some(page) = page {
            union.cut(page, |cursor| {
                [cursor.occurred_at.micros().into(), cursor.event_seq.into()]
            });
        }
        union
    }
}

/// One line has both the reward and the brand, where both are asked for.
fn has_line(union: &mut UnionPage, filter: &HistoryFilter) {
    let reward = filter.reward_id.as_ref().map(RewardId::as_str);
    let brand = filter.brand_id.as_ref().map(BrandId::as_str);
    let mut conditions = String::new();
    for (column, wanted) in [("reward_id", reward), ("brand_id", brand)] {
        if let Some(wanted) = wanted {
            let wanted = union.parameter(wanted.into());
            conditions += &format!(" AND {column} = {wanted}");
        }
    }
    if !conditions.is_empty() {
        union.restrict(&format!(
            "event_seq IN (SELECT event_seq FROM reward_lines WHERE source = $1 AND customer_id = {{id}}{conditions})"
        ));
    }
}

fn entry(row: &QueryResult) -> Result<HistoryEntryRecord> {
    Model::from_query_result(row, "")?.try_into()
}

impl TryFrom<Model> for HistoryEntryRecord {
    type Error = Error;

    fn try_from(model: Model) -> Result<Self> {
        let behavior_event_id = model.behavior_event_id.map(BehaviorEventId::try_from);
        Ok(Self {
            customer_id: customer_id(model.customer_id)?,
            event_id: model.event_id,
            event_seq: model.event_seq,
            kind: EventKind::parse_stored(&model.kind)
                .ok_or_else(|| Error::Corrupt(format!("no kind of entry: {}", model.kind)))?,
            occurred_at: Timestamp::from_micros(model.occurred_at),
            received_at: Timestamp::from_micros(model.received_at),
            behavior_event_id: behavior_event_id.map(parsed).transpose()?,
            attempts: model.attempts,
            last_occurred_at: Timestamp::from_micros(model.last_occurred_at),
        })
    }
}
