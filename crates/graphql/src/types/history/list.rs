//! A customer's history as a list to page through.

use async_graphql::{Context, Result};
use laurel_payloads::CustomerId;
use laurel_store::{HistoryCursor, HistoryEntryRecord, HistoryFilter as Filter};

use super::{HistoryEntry, HistoryFilter};
use crate::asking::Asking;
use crate::connection::{Arguments, Connection, List};

/// The history of one customer, or as much of it as a filter lets through.
pub(crate) struct History {
    customer: CustomerId,
    filter: Filter,
}

impl History {
    /// Reads a page.
    pub(crate) async fn page(
        context: &Context<'_>,
        customer: &CustomerId,
        filter: HistoryFilter,
        arguments: Arguments,
    ) -> Result<Connection<Self>> {
        let asking = Asking::of(context);
        let list = Self {
            customer: customer.clone(),
            filter: filter.read(asking.operates)?,
        };
        let request = arguments.page(&list, asking)?;
        let page = asking.read(asking.scope.history(customer, &list.filter, &request).await)?;
        Ok(Connection::new(list, page))
    }
}

impl List for History {
    const CONNECTION: &'static str = "HistoryConnection";
    const EDGE: &'static str = "HistoryEdge";
    const LETTER: char = 'h';
    type Row = HistoryEntryRecord;
    type Place = HistoryCursor;
    type Node = HistoryEntry;

    fn owner(&self) -> Option<&CustomerId> {
        Some(&self.customer)
    }

    fn place(row: &HistoryEntryRecord) -> HistoryCursor {
        HistoryCursor {
            occurred_at: row.occurred_at,
            event_seq: row.event_seq,
        }
    }

    fn node(row: HistoryEntryRecord) -> HistoryEntry {
        row.into()
    }

    async fn count(&self, context: &Context<'_>) -> Result<u64> {
        let asking = Asking::of(context);
        Ok(asking.read(
            asking
                .scope
                .count_history(&self.customer, &self.filter)
                .await,
        )?)
    }
}
