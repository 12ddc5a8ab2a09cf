//! What is done now and then: the backlog shown as metrics, and the duplicate window's end.

use std::time::Duration;

use laurel_store::{Result, Store};
use metrics::gauge;
use tokio_util::sync::CancellationToken;

/// Counting a large backlog takes the database a moment.
const EVERY: Duration = Duration::from_secs(15);

pub(crate) async fn run(store: Store, stop: CancellationToken) {
    while !stop.is_cancelled() {
        if let Err(error) = once(&store, &stop).await {
            tracing::debug!(%error, "upkeep has to wait");
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

async fn once(store: &Store, stop: &CancellationToken) -> Result<()> {
    for backlog in store.backlog().await? {
        let subscriber = backlog.subscriber;
        gauge!("laurel_deliveries_pending", "subscriber" => subscriber.clone())
            .set(count(backlog.pending));
        gauge!("laurel_deliveries_dead", "subscriber" => subscriber).set(count(backlog.dead));
    }
    while !stop.is_cancelled() && store.forget_expired().await? {}
    Ok(())
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a gauge is a float, and exact up to 2^53"
)]
fn count(count: i64) -> f64 {
    count as f64
}
