//! Reads the feed onwards from a position.

use laurel_payloads::CustomerId;
use sea_orm::{FromQueryResult, QueryResult};

use super::is_tier_change;
use crate::convert::customer_id;
use crate::entity::history_entry::Model;
use crate::{HistoryEntryRecord, Result, Scope, sql};

/// How far a read of a whole source looks: other sources' rows lie between its own.
const STRETCH: i64 = 20_000;

/// The columns of an entry.
pub(super) const ENTRY: &str = "h.source, h.customer_id, h.occurred_at, h.event_seq, h.event_id, h.kind, h.received_at, \
     h.behavior_event_id, h.attempts, h.last_occurred_at";

/// What of the feed is followed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FeedFilter {
    /// Only this customer's.
    pub customer_id: Option<CustomerId>,
    /// Only changes of tier.
    pub tier_changes: bool,
}

impl FeedFilter {
    /// Whether an entry is among what is followed.
    pub fn takes(&self, entry: &HistoryEntryRecord) -> bool {
        let of_them = self.customer_id.as_ref();
        of_them.is_none_or(|customer| *customer == entry.customer_id)
            && (!self.tier_changes || is_tier_change(entry.kind))
    }
}

/// An entry, and where the feed tells of it. A failure that repeats an earlier one is told of as the entry that counts it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedRecord {
    /// The position.
    pub position: i64,
    /// The entry, as it is now.
    pub entry: HistoryEntryRecord,
}

/// A stretch of the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedPage {
    /// What was told, in order.
    pub items: Vec<FeedRecord>,
    /// Everything up to here was read.
    pub reached: i64,
    /// Whether there may be more to read.
    pub more: bool,
    /// The newest position of all.
    pub newest: i64,
}

impl Scope {
    /// The newest position, of whichever source: whoever follows from there misses nothing that is committed later.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn feed_end(&self) -> Result<i64> {
        let sql = "SELECT COALESCE(max(position), 0) AS newest FROM feed";
        let rows = sql::query(self.reader(), sql, []).await?;
        let newest = rows.first().map(|row| row.try_get("", "newest"));
        Ok(newest.transpose()?.unwrap_or(0))
    }

    /// What was told after a position, at most so many entries.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn feed(&self, filter: &FeedFilter, after: i64, limit: u32) -> Result<FeedPage> {
        let sparse = filter.customer_id.is_some() || filter.tier_changes;
        let end = after.saturating_add(if sparse { i64::MAX } else { STRETCH });
        let mut values = vec![
            self.source().as_str().into(),
            after.into(),
            end.into(),
            i64::from(limit).into(),
        ];
        let mut only = String::new();
        if filter.tier_changes {
            only.push_str(" AND tier_change");
        }
        if let Some(customer) = &filter.customer_id {
            only.push_str(" AND customer_id = $5");
            values.push(customer.as_str().into());
        }
        let sql = format!(
            "SELECT n.newest, f.position, f.event_seq AS told_seq, f.customer_id AS told_of, {ENTRY} \
             FROM (SELECT COALESCE(max(position), 0) AS newest FROM feed) n \
             LEFT JOIN (SELECT position, source, customer_id, event_seq FROM feed \
             WHERE source = $1 AND position > $2 AND position <= $3{only} ORDER BY position LIMIT $4) f ON TRUE \
             LEFT JOIN history_entries h ON h.event_seq = f.event_seq AND h.source = f.source ORDER BY f.position"
        );
        let rows = sql::query(self.reader(), &sql, values).await?;
        let newest = rows.first().map(|row| row.try_get("", "newest"));
        let newest: i64 = newest.transpose()?.unwrap_or(0);
        let told = rows.iter().filter_map(|row| Told::read(row).transpose());
        let told: Vec<Told> = told.collect::<Result<_>>()?;
        let full = told.len() >= limit as usize;
        let reached = match told.last() {
            Some(last) if full => last.position,
            _ => end.min(newest).max(after),
        };
        Ok(FeedPage {
            items: self.with_entries(told).await?,
            reached,
            more: full || reached < newest,
            newest,
        })
    }
}

/// A row of the feed.
pub(super) struct Told {
    pub(super) position: i64,
    pub(super) seq: i64,
    pub(super) customer: CustomerId,
    /// None where no entry stands where the event does.
    pub(super) entry: Option<HistoryEntryRecord>,
}

impl Told {
    /// None: the row only tells the newest position.
    fn read(row: &QueryResult) -> Result<Option<Self>> {
        let Some(position) = row.try_get("", "position")? else {
            return Ok(None);
        };
        let entered: Option<i64> = row.try_get("", "occurred_at")?;
        let entry = entered.map(|_| Model::from_query_result(row, "")?.try_into());
        Ok(Some(Self {
            position,
            seq: row.try_get("", "told_seq")?,
            customer: customer_id(row.try_get("", "told_of")?)?,
            entry: entry.transpose()?,
        }))
    }
}
