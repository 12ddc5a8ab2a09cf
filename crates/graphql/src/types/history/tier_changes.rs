//! A customer's changes of tier as a list to page through.

use std::sync::Arc;

use async_graphql::{Context, Result};
use laurel_payloads::CustomerId;
use laurel_store::{CustomerRecord, HistoryCursor, TierChangeRecord};

use super::tier_change::TierChange;
use crate::asking::Asking;
use crate::connection::{Arguments, Connection, List};

/// The changes of tier of one customer.
pub(crate) struct TierChanges {
    customer: Arc<CustomerRecord>,
}

impl TierChanges {
    /// Reads a page.
    pub(crate) async fn page(
        context: &Context<'_>,
        customer: &Arc<CustomerRecord>,
        arguments: Arguments,
    ) -> Result<Connection<Self>> {
        let asking = Asking::of(context);
        let list = Self {
            customer: Arc::clone(customer),
        };
        let request = arguments.page(&list, asking)?;
        let page = asking.read(asking.scope.tier_changes(&**customer, &request).await)?;
        Ok(Connection::new(list, page))
    }
}

impl List for TierChanges {
    const CONNECTION: &'static str = "TierChangeConnection";
    const EDGE: &'static str = "TierChangeEdge";
    const LETTER: char = 't';
    type Row = TierChangeRecord;
    type Place = HistoryCursor;
    type Node = TierChange;

    fn owner(&self) -> Option<&CustomerId> {
        Some(&self.customer.customer_id)
    }

    fn place(row: &TierChangeRecord) -> HistoryCursor {
        row.cursor()
    }

    fn node(row: TierChangeRecord) -> TierChange {
        row.into()
    }

    async fn count(&self, context: &Context<'_>) -> Result<u64> {
        let asking = Asking::of(context);
        Ok(asking.read(asking.scope.count_tier_changes(&*self.customer).await)?)
    }
}
