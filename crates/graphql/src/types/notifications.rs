//! A customer's notifications as a list to page through.

use std::sync::Arc;

use async_graphql::{Context, Result};
use laurel_payloads::CustomerId;
use laurel_store::{CustomerRecord, MessageCursor, MessageRecord};

use super::Notification;
use crate::asking::Asking;
use crate::connection::{Arguments, Connection, List};

/// The notifications of one customer.
pub(crate) struct Notifications {
    customer: Arc<CustomerRecord>,
}

impl Notifications {
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
        let page = asking.read(asking.scope.messages(&**customer, &request).await)?;
        Ok(Connection::new(list, page))
    }
}

impl List for Notifications {
    const CONNECTION: &'static str = "NotificationConnection";
    const EDGE: &'static str = "NotificationEdge";
    const LETTER: char = 'n';
    type Row = MessageRecord;
    type Place = MessageCursor;
    type Node = Notification;

    fn owner(&self) -> Option<&CustomerId> {
        Some(&self.customer.customer_id)
    }

    fn place(row: &MessageRecord) -> MessageCursor {
        MessageCursor {
            event_seq: row.event_seq,
            channel: row.channel.clone(),
        }
    }

    fn node(row: MessageRecord) -> Notification {
        Notification(row)
    }

    async fn count(&self, context: &Context<'_>) -> Result<u64> {
        let asking = Asking::of(context);
        Ok(asking.read(asking.scope.count_messages(&*self.customer).await)?)
    }
}
