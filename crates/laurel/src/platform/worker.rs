//! Work of an extension that no delivery asks for: it runs beside the dispatcher, and falls alone.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use laurel_store::Store;
use tokio_util::sync::CancellationToken;

type Running = Pin<Box<dyn Future<Output = ()> + Send>>;
type Run = dyn Fn(Store, CancellationToken) -> Running + Send + Sync;

/// The pause before a worker that has panicked is started over; it doubles each time.
const PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// A worker of an extension.
#[derive(Clone)]
pub(crate) struct Worker {
    name: &'static str,
    run: Arc<Run>,
}

impl Worker {
    pub(super) fn new<F, R>(name: &'static str, run: F) -> Self
    where
        F: Fn(Store, CancellationToken) -> R + Send + Sync + 'static,
        R: Future<Output = ()> + Send + 'static,
    {
        Self {
            name,
            run: Arc::new(move |store, stop| Box::pin(run(store, stop))),
        }
    }

    /// Runs it until `stop`.
    pub(crate) async fn work(self, store: Store, stop: CancellationToken) {
        let start = || (self.run)(store.clone(), stop.clone());
        supervise(self.name, &stop, start).await;
    }
}

/// Runs a worker until `stop`: one that panics is started over, one that returns has nothing more to do.
async fn supervise<R>(name: &'static str, stop: &CancellationToken, start: impl Fn() -> R)
where
    R: Future<Output = ()> + Send + 'static,
{
    let mut pause = PAUSE;
    // In a task of its own, so that a panic stays in it.
    while tokio::spawn(start()).await.is_err() && !stop.is_cancelled() {
        tracing::error!(worker = name, pause = ?pause, "a worker of an extension has panicked: to be started over");
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(pause) => {}
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
    stop.cancelled().await;
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn a_worker_that_panics_is_started_over_and_one_that_returns_is_not() {
        let (stop, starts) = (CancellationToken::new(), Arc::new(AtomicUsize::new(0)));
        let counted = starts.clone();
        let ends = stop.clone();
        let start = move || {
            let (starts, ends) = (counted.clone(), ends.clone());
            async move {
                assert!(starts.fetch_add(1, Ordering::SeqCst) > 0, "the first time");
                // Whoever would start it a third time is no longer asked to.
                ends.cancel();
            }
        };
        let worked = supervise("test", &stop, start);
        let ended = tokio::time::timeout(Duration::from_secs(30), worked).await;
        ended.expect("an end");
        assert_eq!(starts.load(Ordering::SeqCst), 2);
    }
}
