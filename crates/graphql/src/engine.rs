//! Running a query together with the reads that it batches.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;

use futures_util::future::BoxFuture;
use futures_util::stream::{FuturesUnordered, StreamExt};

/// The batches that the resolvers of one request have asked for and that have not begun.
///
/// The engine's loaders hand each batch to a spawner. A task of the runtime might begin at once, on
/// another thread, while resolvers of the same row still come with their keys; here a batch begins when
/// no resolver can go on without it, so that it is always the same batch.
#[derive(Clone, Default)]
pub(crate) struct Batches(Arc<Mutex<Vec<BoxFuture<'static, ()>>>>);

impl Batches {
    /// What a loader calls with a batch.
    pub(crate) fn spawner(&self) -> impl Fn(BoxFuture<'static, ()>) + Send + Sync + use<> {
        let batches = self.clone();
        move |batch| batches.lock().push(batch)
    }

    fn take(&self) -> Vec<BoxFuture<'static, ()>> {
        std::mem::take(&mut *self.lock())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<BoxFuture<'static, ()>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs `work`; whenever it is stuck, the batches that it has asked for.
pub(crate) async fn drive<T>(work: impl Future<Output = T>, batches: Batches) -> T {
    let mut work = pin!(work);
    let mut running = FuturesUnordered::new();
    poll_fn(|context| {
        loop {
            if let Poll::Ready(done) = work.as_mut().poll(context) {
                return Poll::Ready(done);
            }
            running.extend(batches.take());
            // A batch that has ended may let the work go on; no batch left, and it waits for another thing.
            match running.poll_next_unpin(context) {
                Poll::Ready(Some(())) => {}
                Poll::Ready(None) | Poll::Pending => return Poll::Pending,
            }
        }
    })
    .await
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn a_batch_begins_when_the_work_is_stuck_and_not_before() {
        let batches = Batches::default();
        let begun = Arc::new(AtomicUsize::new(0));
        let (send, receive) = tokio::sync::oneshot::channel();
        let spawn = batches.spawner();
        let seen = begun.clone();
        let work = async move {
            spawn(Box::pin(async move {
                seen.fetch_add(1, Ordering::SeqCst);
                send.send(7).unwrap();
            }));
            let before = begun.load(Ordering::SeqCst);
            (before, receive.await.unwrap())
        };
        assert_eq!(drive(work, batches).await, (0, 7));
    }
}
