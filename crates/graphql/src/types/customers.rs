//! The customers of a source as a list to page through.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Result};
use laurel_store::{CustomerCursor, CustomerFilter as Filter, CustomerRecord};

use super::Customer;
use super::customer::CustomerStatus;
use super::history::id;
use crate::asking::Asking;
use crate::connection::{Arguments, Connection, List};
use crate::error::Refusal;
use crate::scalars::DateTime;

/// Which customers are wanted. What is left out does not restrict.
#[derive(Debug, Default, InputObject)]
pub(crate) struct CustomerFilter {
    /// Only customers whose current tier is this one (Masivo's id).
    tier_id: Option<ID>,
    /// Only customers with this status.
    status: Option<CustomerStatus>,
    /// Only customers whose first event was received at this time or later.
    first_seen_from: Option<DateTime>,
    /// Only customers whose first event was received before this time.
    first_seen_to: Option<DateTime>,
}

impl CustomerFilter {
    fn read(self) -> Result<Filter, Refusal> {
        Ok(Filter {
            tier_id: id(self.tier_id)?,
            status: self.status.map(|status| status.as_str().to_owned()),
            first_seen_from: self.first_seen_from.map(|time| time.0),
            first_seen_to: self.first_seen_to.map(|time| time.0),
        })
    }
}

/// The customers of the asker's source, or those that a filter lets through.
pub(crate) struct Customers {
    filter: Filter,
}

impl Customers {
    /// Reads a page.
    pub(crate) async fn page(
        context: &Context<'_>,
        filter: CustomerFilter,
        arguments: Arguments,
    ) -> Result<Connection<Self>> {
        let asking = Asking::of(context);
        let list = Self {
            filter: filter.read()?,
        };
        let request = arguments.page(&list, asking)?;
        let page = asking.read(asking.scope.customers(&list.filter, &request).await)?;
        Ok(Connection::new(list, page.map(Arc::new)))
    }
}

impl List for Customers {
    const CONNECTION: &'static str = "CustomerConnection";
    const EDGE: &'static str = "CustomerEdge";
    const LETTER: char = 'c';
    type Row = Arc<CustomerRecord>;
    type Place = CustomerCursor;
    type Node = Customer;

    fn place(row: &Arc<CustomerRecord>) -> CustomerCursor {
        CustomerCursor {
            first_seen_at: row.first_seen_at,
            customer_id: row.customer_id.clone(),
        }
    }

    fn node(row: Arc<CustomerRecord>) -> Customer {
        Customer(row)
    }

    async fn count(&self, context: &Context<'_>) -> Result<u64> {
        let asking = Asking::of(context);
        Ok(asking.read(asking.scope.count_customers(&self.filter).await)?)
    }
}
