//! A root with a field that is answered when the test says so, as a slow database would answer.

use std::sync::Arc;

use async_graphql::{Context, MergedObject, Object, Result};
use axum::Router;
use laurel_graphql::{QueryRoot, Settings, router_of};
use laurel_store::Store;
use tokio::sync::Semaphore;

/// Lets questions go that are held: a permit for each.
pub(super) type Gate = Arc<Semaphore>;

#[derive(MergedObject)]
#[graphql(name = "Query")]
struct Root(QueryRoot, Held);

struct Held {
    arrived: Gate,
    gate: Gate,
}

#[Object]
impl Held {
    /// Answers when it is let go.
    async fn held(&self, context: &Context<'_>) -> Result<bool> {
        self.arrived.add_permits(1);
        self.gate.acquire().await.expect("a gate").forget();
        // An extension's read: it begins only if somebody still waits.
        let asker = laurel_graphql::Asker::of(context);
        asker
            .scope()
            .tiers()
            .await
            .map_err(|error| asker.failed(&error))?;
        Ok(true)
    }
}

/// The API with that field, what it waits for, and how many questions have come to it.
pub(super) fn router(store: &Store, settings: Settings) -> (Router, Gate, Gate) {
    let (gate, arrived) = (Gate::new(Semaphore::new(0)), Gate::new(Semaphore::new(0)));
    let held = Held {
        arrived: Arc::clone(&arrived),
        gate: Arc::clone(&gate),
    };
    let router = router_of(store.clone(), settings, Root(QueryRoot, held));
    (router, gate, arrived)
}
