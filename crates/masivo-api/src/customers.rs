//! The customers that a command is about, page after page, the newest first.

use laurel_payloads::CustomerId;
use laurel_store::{CustomerCursor, CustomerFilter, CustomerRecord, PageRequest, Scope};

use crate::Error;

/// One customer, or everybody of a source.
#[derive(Debug)]
pub(crate) struct Customers<'a> {
    scope: &'a Scope,
    only: Option<&'a CustomerId>,
    after: Option<CustomerCursor>,
    through: bool,
}

impl<'a> Customers<'a> {
    pub(crate) fn new(scope: &'a Scope, only: Option<&'a CustomerId>) -> Self {
        Self {
            scope,
            only,
            after: None,
            through: false,
        }
    }

    /// How many there are.
    pub(crate) async fn count(&self) -> Result<u64, Error> {
        match self.only {
            Some(_) => Ok(1),
            None => Ok(self
                .scope
                .count_customers(&CustomerFilter::default())
                .await?),
        }
    }

    /// The next of them; none at the end. One who is asked for by name may be unknown here.
    pub(crate) async fn next(
        &mut self,
    ) -> Result<Vec<(CustomerId, Option<CustomerRecord>)>, Error> {
        if self.through {
            return Ok(Vec::new());
        }
        if let Some(only) = self.only {
            self.through = true;
            let known = self.scope.customer(only).await?;
            return Ok(vec![(only.clone(), known)]);
        }
        let request = PageRequest {
            after: self.after.clone(),
            ..PageRequest::first(100)
        };
        let filter = CustomerFilter::default();
        let page = self.scope.customers(&filter, &request).await?;
        self.through = !page.has_next;
        self.after = page.items.last().map(|last| CustomerCursor {
            first_seen_at: last.first_seen_at,
            customer_id: last.customer_id.clone(),
        });
        let known = |record: CustomerRecord| (record.customer_id.clone(), Some(record));
        Ok(page.items.into_iter().map(known).collect())
    }
}
