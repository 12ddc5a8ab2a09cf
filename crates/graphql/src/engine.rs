//! Running a query together with the reads that it batches.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

use futures_util::future::BoxFuture;
use futures_util::stream::{FuturesUnordered, StreamExt};
use futures_util::task::AtomicWaker;

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
    let bell = Arc::new(Bell::default());
    let waker = Waker::from(Arc::clone(&bell));
    poll_fn(|context| {
        bell.task.register(context.waker());
        loop {
            bell.rung.store(false, Ordering::SeqCst);
            if let Poll::Ready(done) = work.as_mut().poll(&mut Context::from_waker(&waker)) {
                return Poll::Ready(done);
            }
            if !bell.rung.load(Ordering::SeqCst) {
                running.extend(batches.take());
            }
            // A batch that has ended may let the work go on.
            match running.poll_next_unpin(context) {
                Poll::Ready(Some(())) => {}
                Poll::Ready(None) | Poll::Pending => return Poll::Pending,
            }
        }
    })
    .await
}

/// The work's own waker. Work that is woken while it is polled is not stuck: it has only let others go first, as
/// large joins do before they have asked all of their parts.
#[derive(Default)]
struct Bell {
    rung: AtomicBool,
    task: AtomicWaker,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.rung.store(true, Ordering::SeqCst);
        self.task.wake();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use futures_util::future::join_all;
    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn a_batch_begins_when_the_work_is_stuck_and_not_before() {
        let batches = Batches::default();
        let asked = Arc::new(AtomicUsize::new(0));
        let parts = (0..100).map(|_| {
            let (spawn, asked) = (batches.spawner(), Arc::clone(&asked));
            async move {
                let (send, receive) = oneshot::channel();
                asked.fetch_add(1, Ordering::SeqCst);
                // A part that yields once before it asks.
                tokio::task::yield_now().await;
                spawn(Box::pin(async move {
                    send.send(asked.load(Ordering::SeqCst))
                        .expect("a part that waits");
                }));
                receive.await.expect("a batch that is run")
            }
        });
        let seen = drive(join_all(parts), batches.clone()).await;
        assert_eq!(
            seen, [100; 100],
            "every batch began after every part had asked"
        );
    }

    #[tokio::test]
    async fn work_that_needs_no_batch_needs_none() {
        assert_eq!(drive(async { 7 }, Batches::default()).await, 7);
    }
}
