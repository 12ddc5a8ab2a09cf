//! The root of every query.

use async_graphql::{Context, ID, MergedObject, Object, Result};
use laurel_payloads::CustomerId;
use uuid::Uuid;

use crate::asking::Asking;
use crate::connection::{Arguments, Connection};
use crate::error::{Code, Refusal};
use crate::global_id::GlobalId;
use crate::reads::{EventId, read};
use crate::types::{
    Customer, CustomerFilter, Customers, EventFilter, Events, Node, Program, Reward, Tier,
    WebhookEvent,
};

/// Where every query begins.
#[derive(Debug, Default, MergedObject)]
pub struct Query(QueryRoot);

/// Laurel's own root fields. An extension merges them with its own into an object named `Query`:
///
/// ```
/// # #[derive(Default)] struct BadgesQuery;
/// # #[async_graphql::Object] impl BadgesQuery { async fn badges(&self) -> i32 { 0 } }
/// #[derive(Default, async_graphql::MergedObject)]
/// struct Query(laurel_graphql::QueryRoot, BadgesQuery);
///
/// assert!(laurel_graphql::sdl_of(Query::default()).contains("badges: Int!"));
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct QueryRoot;

/// As many ids as one request may look up.
const MAX_NODES: usize = 100;

#[Object]
impl QueryRoot {
    /// The customer whose token made the request; null where an API key did, or where no event has told of the customer
    /// yet.
    async fn viewer(&self, context: &Context<'_>) -> Option<Customer> {
        let viewer = Asking::of(context).viewer()?;
        viewer.record.clone().map(Customer)
    }

    /// A customer, by the brand's own id; failing that, by the global id. Null where there is none. An id that the
    /// customer had before they identified themselves names them, too; what happened under it is in their history.
    async fn customer(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The brand's own id of the customer, or the global id.")] id: ID,
    ) -> Result<Option<Customer>> {
        let asking = Asking::of(context);
        if let Ok(own) = id.parse::<CustomerId>()
            && let Some(record) = read(context, own).await?
        {
            return Ok(asking.shown(record).map(Customer));
        }
        let Some(GlobalId::Customer(own)) = GlobalId::decode(&id, asking.scope.source()) else {
            return Ok(None);
        };
        let record = read(context, own).await?;
        Ok(record.and_then(|record| asking.shown(record)).map(Customer))
    }

    /// The customers, the newest first: by when their first event was received.
    async fn customers(
        &self,
        context: &Context<'_>,
        #[graphql(
            desc = "At most this many customers from the start, 1 to 100; 20 where nothing is said."
        )]
        first: Option<i32>,
        #[graphql(desc = "Only customers after this cursor: seen earlier.")] after: Option<String>,
        #[graphql(
            desc = "At most this many customers from the end, 1 to 100. Not together with \"first\"."
        )]
        last: Option<i32>,
        #[graphql(desc = "Only customers before this cursor: seen later.")] before: Option<String>,
        #[graphql(desc = "Which customers.")] filter: Option<CustomerFilter>,
    ) -> Result<Connection<Customers>> {
        let page = Arguments {
            first,
            after,
            last,
            before,
        };
        Customers::page(context, filter.unwrap_or_default(), page).await
    }

    /// Whatever has this global id; null where there is none.
    async fn node(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The global id.")] id: ID,
    ) -> Result<Option<Node>> {
        Node::by_id(context, &id).await
    }

    /// Whatever has these global ids, in their order, with a null for each that there is none of.
    async fn nodes(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The global ids, at most 100.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Node>>> {
        if ids.len() > MAX_NODES {
            return Err(
                Refusal::new(Code::BadUserInput, "At most 100 ids are looked up at once.").into(),
            );
        }
        futures_util::future::try_join_all(ids.iter().map(|id| Node::by_id(context, id))).await
    }

    /// The tiers that payloads have told of, the lowest first.
    async fn tiers(&self, context: &Context<'_>) -> Result<Vec<Tier>> {
        let asking = Asking::of(context);
        let tiers = asking.read(asking.scope.tiers().await)?;
        Ok(tiers.into_iter().map(Tier).collect())
    }

    /// The rewards that payloads have told of.
    async fn rewards(&self, context: &Context<'_>) -> Result<Vec<Reward>> {
        let asking = Asking::of(context);
        let rewards = asking.read(asking.scope.rewards().await)?;
        Ok(rewards
            .into_iter()
            .map(|reward| Reward(reward.reward_id))
            .collect())
    }

    /// The programme as a whole: counts, how its customers are spread over the tiers, and what goes on.
    async fn program(&self) -> Program {
        Program
    }

    /// An event of the log, quarantined and dead ones included, by the id that its sender was answered; failing that, by
    /// the global id. Needs the scope `operate`.
    async fn event(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The event's id, as its sender was answered, or its global id.")] id: ID,
    ) -> Result<Option<WebhookEvent>> {
        let asking = Asking::of(context);
        asking.operator()?;
        let global = || GlobalId::decode(&id, asking.scope.source());
        let id = Uuid::try_parse(&id).ok().or_else(|| match global() {
            Some(GlobalId::Event(id)) => Some(id),
            _ => None,
        });
        let Some(id) = id else { return Ok(None) };
        Ok(read(context, EventId(id)).await?.map(WebhookEvent))
    }

    /// The log, newest first: by receipt. Quarantined and dead events are in it. Needs the scope `operate`.
    async fn events(
        &self,
        context: &Context<'_>,
        #[graphql(
            desc = "At most this many events from the start, 1 to 100; 20 where nothing is said."
        )]
        first: Option<i32>,
        #[graphql(desc = "Only events after this cursor: received earlier.")] after: Option<String>,
        #[graphql(
            desc = "At most this many events from the end, 1 to 100. Not together with \"first\"."
        )]
        last: Option<i32>,
        #[graphql(desc = "Only events before this cursor: received later.")] before: Option<String>,
        #[graphql(desc = "Which events.")] filter: Option<EventFilter>,
    ) -> Result<Connection<Events>> {
        let page = Arguments {
            first,
            after,
            last,
            before,
        };
        Events::page(context, filter.unwrap_or_default(), page).await
    }
}
