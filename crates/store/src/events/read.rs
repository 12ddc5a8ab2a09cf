//! Reads of the event log, by a tenant and by the dispatcher.

use sea_orm::{QueryResult, Value};
use uuid::Uuid;

use super::record::{COLUMNS, HEAD, from_row, head};
use super::{EventHead, EventRecord};
use crate::{Page, PageRequest, Result, Scope, Store, sql};

/// Which events of the log to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// Only the quarantined, or only the accepted.
    pub quarantined: Option<bool>,
    /// Only this name, as sent.
    pub kind: Option<String>,
    /// Only this customer's.
    pub customer_id: Option<String>,
}

impl Scope {
    /// One event of this source.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn event(&self, id: Uuid) -> Result<Option<EventRecord>> {
        Ok(self.events_by_id(&[id]).await?.pop())
    }

    /// The events of this source with these ids, in no order; unknown ones are left out.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn events_by_id(&self, ids: &[Uuid]) -> Result<Vec<EventRecord>> {
        self.by_id(ids, COLUMNS, from_row).await
    }

    /// The same events without their bodies.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn event_heads_by_id(&self, ids: &[Uuid]) -> Result<Vec<EventHead>> {
        self.by_id(ids, HEAD, head).await
    }

    async fn by_id<T>(
        &self,
        ids: &[Uuid],
        columns: &str,
        read: fn(&QueryResult) -> Result<T>,
    ) -> Result<Vec<T>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let places = sql::places(2, ids.len());
        let sql = format!("SELECT {columns} FROM events WHERE source = $1 AND id IN ({places})");
        let source = [self.source().as_str().into()];
        let values = source.into_iter().chain(ids.iter().map(|&id| id.into()));
        let rows = sql::query(self.reader(), &sql, values).await?;
        rows.iter().map(read).collect()
    }

    /// The events of this source with these places in the log, in no order; unknown ones are left out.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn events_by_seq(&self, seqs: &[i64]) -> Result<Vec<EventRecord>> {
        let mut events = self.store().events_by_seq(seqs).await?;
        events.retain(|event| event.source == *self.source());
        Ok(events)
    }

    /// A page of the log, newest first; the cursor is the event's `seq`.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn events(
        &self,
        filter: &EventFilter,
        page: &PageRequest<i64>,
    ) -> Result<Page<EventRecord>> {
        self.listed(filter, page, COLUMNS, from_row).await
    }

    /// The same page without the bodies.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn event_heads(
        &self,
        filter: &EventFilter,
        page: &PageRequest<i64>,
    ) -> Result<Page<EventHead>> {
        self.listed(filter, page, HEAD, head).await
    }

    async fn listed<T>(
        &self,
        filter: &EventFilter,
        page: &PageRequest<i64>,
        columns: &str,
        read: fn(&QueryResult) -> Result<T>,
    ) -> Result<Page<T>> {
        let (mut conditions, mut values) = self.conditions(filter);
        for (cursor, comparison) in [(page.after, "<"), (page.before, ">")] {
            if let Some(seq) = cursor {
                values.push(seq.into());
                conditions += &format!(" AND seq {comparison} ${}", values.len());
            }
        }
        let order = if page.from_end { "ASC" } else { "DESC" };
        let sql = format!(
            "SELECT {columns} FROM events WHERE {conditions} ORDER BY seq {order} LIMIT {}",
            page.fetch()
        );
        let rows = sql::query(self.reader(), &sql, values).await?;
        Ok(page.cut(rows.iter().map(read).collect::<Result<_>>()?))
    }

    /// How many events of this source a filter matches.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn count_events(&self, filter: &EventFilter) -> Result<i64> {
        let (conditions, values) = self.conditions(filter);
        let sql = format!("SELECT count(*) AS n FROM events WHERE {conditions}");
        let rows = sql::query(self.reader(), &sql, values).await?;
        Ok(rows
            .first()
            .map(|row| row.try_get("", "n"))
            .transpose()?
            .unwrap_or(0))
    }

    fn conditions(&self, filter: &EventFilter) -> (String, Vec<Value>) {
        let mut sql = "source = $1".to_owned();
        let mut values: Vec<Value> = vec![self.source().as_str().into()];
        // Literals, so that the partial index on the quarantined serves.
        match filter.quarantined {
            Some(true) => sql.push_str(" AND state = 'quarantined'"),
            Some(false) => sql.push_str(" AND state = 'accepted'"),
            None => {}
        }
        for (column, wanted) in [("kind", &filter.kind), ("customer_id", &filter.customer_id)] {
            if let Some(wanted) = wanted {
                values.push(wanted.as_str().into());
                sql += &format!(" AND {column} = ${}", values.len());
            }
        }
        (sql, values)
    }
}

impl Store {
    /// The events with these places in the log, of whatever source: the dispatcher's view.
    pub(crate) async fn events_by_seq(&self, seqs: &[i64]) -> Result<Vec<EventRecord>> {
        let backend = self.backend();
        let sql = format!(
            "SELECT {COLUMNS} FROM events WHERE seq {}",
            sql::in_list(backend, 1)
        );
        let rows = sql::query(self.reader(), &sql, [sql::list(backend, seqs.to_vec())]).await?;
        rows.iter().map(from_row).collect()
    }
}
