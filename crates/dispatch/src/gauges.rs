//! Shows the backlog of every subscriber as metrics.

use std::time::Duration;

use laurel_store::Store;
use metrics::gauge;
use tokio_util::sync::CancellationToken;

/// Counting a large backlog takes the database a moment.
const EVERY: Duration = Duration::from_secs(15);

pub(crate) async fn run(store: Store, stop: CancellationToken) {
    while !stop.is_cancelled() {
        match store.backlog().await {
            Ok(backlogs) => {
                for backlog in backlogs {
                    let subscriber = backlog.subscriber;
                    let (pending, dead) = (count(backlog.pending), count(backlog.dead));
                    gauge!("laurel_deliveries_pending", "subscriber" => subscriber.clone())
                        .set(pending);
                    gauge!("laurel_deliveries_dead", "subscriber" => subscriber).set(dead);
                }
            }
            Err(error) => tracing::debug!(%error, "could not count the backlog"),
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a gauge is a float, and exact up to 2^53"
)]
fn count(count: i64) -> f64 {
    count as f64
}
