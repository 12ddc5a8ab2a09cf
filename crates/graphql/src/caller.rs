//! Whose credentials a request carries.

use std::sync::Arc;

use laurel_payloads::CustomerId;
use laurel_store::CustomerRecord;
use uuid::Uuid;

/// Who holds the credentials.
#[derive(Clone, Debug)]
pub(crate) enum Caller {
    /// A brand's back end, with an API key: it sees every customer of the source.
    Key(Uuid),
    /// A customer, with a token: they see themselves.
    Customer(Arc<Viewer>),
}

/// A customer who asks about themselves.
#[derive(Clone, Debug)]
pub(crate) struct Viewer {
    /// Whom the token names: the brand's own id, now or before the customer identified themselves.
    pub(crate) id: CustomerId,
    /// The customer whom that id names; none while no event has told of them.
    pub(crate) record: Option<Arc<CustomerRecord>>,
}

impl Viewer {
    /// Whether a record, as it was found by any of its ids, is the viewer's own.
    pub(crate) fn is(&self, customer: &CustomerRecord) -> bool {
        let own = self.record.as_ref().map(|record| &record.customer_id);
        own.unwrap_or(&self.id) == &customer.customer_id
    }
}
