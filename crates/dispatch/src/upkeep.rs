//! What is done now and then: the backlog and the oldest reservations shown as metrics, the duplicate window's end, and
//! what is left to be erased.

use std::collections::BTreeMap;
use std::time::Duration;

use laurel_store::{Result, Source, Store};
use metrics::gauge;
use tokio_util::sync::CancellationToken;

/// Counting a large backlog takes the database a moment.
const EVERY: Duration = Duration::from_secs(15);

/// Reading every reservation takes it longer: once in so many rounds, ten minutes, and not at the start.
const HOLDS_EVERY: u32 = 40;

/// An erasure that nobody has touched for so long was interrupted.
const ABANDONED: Duration = Duration::from_mins(5);

pub(crate) async fn run(store: Store, stop: CancellationToken) {
    let mut holds = BTreeMap::new();
    let mut quarantine = 0;
    for round in 1_u32.. {
        if stop.is_cancelled() {
            return;
        }
        let mut done = once(&store, &stop).await;
        if round % HOLDS_EVERY == 0 {
            done = done.and(show_oldest_holds(&store, &mut holds).await);
        }
        done = done.and(erase_the_rest(&store, &mut quarantine, &stop).await);
        if let Err(error) = done {
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

/// Ends erasures that were interrupted, and redacts what was quarantined of erased customers since the last look. On
/// PostgreSQL an event may become visible after later ones: the newest page is looked at again.
async fn erase_the_rest(store: &Store, looked: &mut i64, stop: &CancellationToken) -> Result<()> {
    if !store.has_erased().await? {
        return Ok(());
    }
    let before = store.clock().now().saturating_sub(ABANDONED);
    store.resume_erasures(before).await?;
    let mut after = *looked;
    while !stop.is_cancelled() {
        let Some(reached) = store.redact_quarantine(after).await? else {
            break;
        };
        (*looked, after) = (after, reached);
    }
    Ok(())
}

/// Shows how old each source's oldest open reservation is; `shown` are the sources that had one before.
async fn show_oldest_holds(store: &Store, shown: &mut BTreeMap<Source, i64>) -> Result<()> {
    let now = store.clock().now().micros();
    for age in shown.values_mut() {
        *age = 0;
    }
    for hold in store.oldest_holds().await? {
        shown.insert(hold.source, (now - hold.since.micros()).max(0) / 1_000_000);
    }
    for (source, age) in shown {
        let source = source.as_str().to_owned();
        gauge!("laurel_reservations_oldest_open_seconds", "source" => source).set(count(*age));
    }
    Ok(())
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a gauge is a float, and exact up to 2^53"
)]
fn count(count: i64) -> f64 {
    count as f64
}
