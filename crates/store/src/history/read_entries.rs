//! Reads histories.

use laurel_payloads::{BehaviorEventId, BrandId, CustomerId, EventKind, RewardId, Timestamp};
use sea_orm::sea_query::{Expr, ExprTrait, Query, Value};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, Select};
use uuid::Uuid;

use crate::convert::{customer_id, parsed};
use crate::entity::history_entry::{Column, Entity, Model};
use crate::keyset::{self, Keyset};
use crate::{Error, Page, PageRequest, Result, Scope};

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
    /// Only what happened at this time or later.
    pub from: Option<Timestamp>,
    /// Only what happened before this time.
    pub to: Option<Timestamp>,
    /// Only movements of this reward.
    pub reward_id: Option<RewardId>,
    /// Only movements of this brand.
    pub brand_id: Option<BrandId>,
}

impl Scope {
    /// A page of a customer's history, newest first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn history(
        &self,
        customer_id: &CustomerId,
        filter: &HistoryFilter,
        page: &PageRequest<HistoryCursor>,
    ) -> Result<Page<HistoryEntryRecord>> {
        let select = self.entries(customer_id, filter);
        let columns = [Column::OccurredAt, Column::EventSeq];
        let page = keyset::page(self.reader(), select, columns, page).await?;
        page.try_map(HistoryEntryRecord::try_from)
    }

    /// How many entries of a customer's history a filter matches.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn count_history(
        &self,
        customer_id: &CustomerId,
        filter: &HistoryFilter,
    ) -> Result<u64> {
        Ok(self
            .entries(customer_id, filter)
            .count(self.reader())
            .await?)
    }

    /// The entries that stand for these events, by the events' ids, in no order; unknown ones are left out.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn entries_by_event(&self, event_ids: &[Uuid]) -> Result<Vec<HistoryEntryRecord>> {
        let mut seqs = Query::select();
        seqs.column("seq")
            .from("events")
            .and_where(Expr::col("id").is_in(event_ids.iter().copied()));
        let entries = Entity::find()
            .filter(Column::Source.eq(self.source().as_str()))
            .filter(Column::EventSeq.in_subquery(seqs))
            .all(self.reader())
            .await?;
        entries
            .into_iter()
            .map(HistoryEntryRecord::try_from)
            .collect()
    }

    fn entries(&self, customer_id: &CustomerId, filter: &HistoryFilter) -> Select<Entity> {
        let mut select = Entity::find()
            .filter(Column::Source.eq(self.source().as_str()))
            .filter(Column::CustomerId.eq(customer_id.as_str()));
        if let Some(kinds) = &filter.kinds {
            select = select.filter(Column::Kind.is_in(kinds.iter().map(|kind| kind.as_str())));
        }
        if let Some(from) = filter.from {
            select = select.filter(Column::OccurredAt.gte(from.micros()));
        }
        if let Some(to) = filter.to {
            select = select.filter(Column::OccurredAt.lt(to.micros()));
        }
        if filter.reward_id.is_some() || filter.brand_id.is_some() {
            select = select.filter(self.has_line(customer_id, filter));
        }
        select
    }

    /// One line has both the reward and the brand, where both are asked for.
    fn has_line(&self, customer_id: &CustomerId, filter: &HistoryFilter) -> Expr {
        let mut lines = Query::select();
        lines
            .column("event_seq")
            .from("reward_lines")
            .and_where(Expr::col("source").eq(self.source().as_str()))
            .and_where(Expr::col("customer_id").eq(customer_id.as_str()));
        let reward = filter.reward_id.as_ref().map(RewardId::as_str);
        let brand = filter.brand_id.as_ref().map(BrandId::as_str);
        for (column, wanted) in [("reward_id", reward), ("brand_id", brand)] {
            if let Some(wanted) = wanted {
                lines.and_where(Expr::col(column).eq(wanted));
            }
        }
        Column::EventSeq.in_subquery(lines)
    }
}

impl Keyset for HistoryCursor {
    fn values(&self) -> [Value; 2] {
        [self.occurred_at.micros().into(), self.event_seq.into()]
    }
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
