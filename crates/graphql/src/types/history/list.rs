//! A customer's history as a list to page through.

use std::sync::Arc;

use async_graphql::{Context, Result, SelectionField};
use laurel_payloads::CustomerId;
use laurel_store::{Body, CustomerRecord, HistoryCursor, HistoryFilter as Filter};

use super::entry::{Entry, Row};
use super::{HistoryEntry, HistoryFilter};
use crate::asking::Asking;
use crate::connection::{Arguments, Connection, List};
use crate::reads::Share;

/// The history of one customer, or as much of it as a filter lets through.
pub(crate) struct History {
    customer: Arc<CustomerRecord>,
    filter: Filter,
}

impl History {
    /// Reads a page: with the events' bodies, unless they are large, where something of them is asked for.
    pub(crate) async fn page(
        context: &Context<'_>,
        customer: &Arc<CustomerRecord>,
        filter: HistoryFilter,
        arguments: Arguments,
    ) -> Result<Connection<Self>> {
        let asking = Asking::of(context);
        let list = Self {
            customer: Arc::clone(customer),
            filter: filter.read(asking.operates)?,
        };
        let request = arguments.page(&list, asking)?;
        let (scope, filter) = (&asking.scope, &list.filter);
        let row = |entry, body: Option<Body>| Row {
            entry,
            customer: Arc::clone(customer),
            body: match body {
                Some(Body::Read(body)) => Some(Arc::new(body)),
                Some(Body::Larger(_)) | None => None,
            },
        };
        let page = if wants_details(context) {
            let share = Share::of(context, request.limit + 1).await;
            let page = scope.history_with_bodies(&**customer, filter, &request, share.most());
            let page = asking.read(page.await)?;
            share.spend(page.items.iter().map(|(_, body)| body));
            page.map(|(entry, body)| row(entry, Some(body)))
        } else {
            let page = scope.history(&**customer, filter, &request);
            asking.read(page.await)?.map(|entry| row(entry, None))
        };
        Ok(Connection::new(list, page))
    }
}

impl List for History {
    const CONNECTION: &'static str = "HistoryConnection";
    const EDGE: &'static str = "HistoryEdge";
    const LETTER: char = 'h';
    type Row = Row;
    type Place = HistoryCursor;
    type Node = HistoryEntry;

    fn owner(&self) -> Option<&CustomerId> {
        Some(&self.customer.customer_id)
    }

    fn place(row: &Row) -> HistoryCursor {
        HistoryCursor {
            occurred_at: row.entry.occurred_at,
            event_seq: row.entry.event_seq,
        }
    }

    fn node(row: Row) -> HistoryEntry {
        Entry::from(row).into()
    }

    async fn count(&self, context: &Context<'_>) -> Result<u64> {
        let asking = Asking::of(context);
        Ok(asking.read(
            asking
                .scope
                .count_history(&*self.customer, &self.filter)
                .await,
        )?)
    }
}

/// What an entry's row tells without its event's body. A field that is missing here is answered all the same.
const NARROW: [&str; 11] = [
    "__typename",
    "attempts",
    "customer",
    "direction",
    "id",
    "kind",
    "lastFailedAt",
    "notification",
    "occurredAt",
    "outcomes",
    "receivedAt",
];

/// Whether a query asks the entries of a page for anything that only their events' bodies tell.
fn wants_details(context: &Context<'_>) -> bool {
    let of_entry = |entry: SelectionField<'_>| {
        let mut fields = entry.selection_set();
        fields.any(|field| !NARROW.contains(&field.name()))
    };
    context
        .field()
        .selection_set()
        .any(|field| match field.name() {
            "nodes" => of_entry(field),
            "edges" => field
                .selection_set()
                .any(|inner| inner.name() == "node" && of_entry(inner)),
            _ => false,
        })
}
