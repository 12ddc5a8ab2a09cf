//! The log of a source as a list to page through: for operators.

use async_graphql::{Context, ID, InputObject, Result};
use laurel_payloads::CustomerId;
use laurel_store::{EventFilter as Filter, EventHead, EventState};

use super::event::{WebhookEvent, WebhookEventState};
use super::history::id;
use crate::asking::Asking;
use crate::connection::{Arguments, Connection, List};
use crate::error::{Code, Refusal};

/// Which events of the log are wanted. What is left out does not restrict.
#[derive(Debug, Default, InputObject)]
pub(crate) struct EventFilter {
    /// Only events in this state.
    state: Option<WebhookEventState>,
    /// Only events with this name, exactly as it was sent.
    name: Option<String>,
    /// Only events about this customer (the brand's own id).
    customer_id: Option<ID>,
}

/// The log of the asker's source, or what a filter lets through of it.
pub(crate) struct Events {
    filter: Filter,
}

impl Events {
    /// Reads a page.
    pub(crate) async fn page(
        context: &Context<'_>,
        filter: EventFilter,
        arguments: Arguments,
    ) -> Result<Connection<Self>> {
        let asking = Asking::of(context);
        asking.operator()?;
        let filter = Filter {
            quarantined: filter
                .state
                .map(|state| state == WebhookEventState::Quarantined),
            kind: filter.name.map(name).transpose()?,
            customer_id: id::<CustomerId>(filter.customer_id)?.map(String::from),
        };
        let list = Self { filter };
        let request = arguments.page(&list, asking)?;
        let page = asking.read(asking.scope.event_heads(&list.filter, &request).await)?;
        Ok(Connection::new(list, page))
    }
}

impl List for Events {
    const CONNECTION: &'static str = "WebhookEventConnection";
    const EDGE: &'static str = "WebhookEventEdge";
    const LETTER: char = 'e';
    type Row = EventHead;
    type Place = i64;
    type Node = WebhookEvent;

    fn place(row: &EventHead) -> i64 {
        row.seq
    }

    fn node(row: EventHead) -> WebhookEvent {
        WebhookEvent(row)
    }

    async fn count(&self, context: &Context<'_>) -> Result<u64> {
        let asking = Asking::of(context);
        let count = asking.read(asking.scope.count_events(&self.filter).await)?;
        Ok(count.unsigned_abs())
    }
}

/// A name as an envelope could hold it; PostgreSQL has no place for NUL.
fn name(name: String) -> Result<String, Refusal> {
    let refused = || {
        Refusal::new(
            Code::BadUserInput,
            "A name has 1 to 128 bytes, none of them NUL.",
        )
    };
    let is_name = (1..=128).contains(&name.len()) && !name.contains('\0');
    is_name.then_some(name).ok_or_else(refused)
}

impl From<&EventState> for WebhookEventState {
    fn from(state: &EventState) -> Self {
        match state {
            EventState::Accepted => Self::Accepted,
            EventState::Quarantined(_) => Self::Quarantined,
        }
    }
}
