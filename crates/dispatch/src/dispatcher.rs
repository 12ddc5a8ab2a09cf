//! All subscribers together.

use std::sync::Arc;

use laurel_store::{Result, Store};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::worker::Worker;
use crate::{Settings, Subscriber, upkeep};

/// Hands events to subscribers.
///
/// ```
/// # async fn example(store: laurel_dispatch::Store) -> Result<(), Box<dyn std::error::Error>> {
/// use std::sync::Arc;
///
/// use laurel_dispatch::{Dispatcher, History, Settings};
///
/// let dispatcher = Dispatcher::new(store, Settings::default()).subscriber(Arc::new(History));
/// dispatcher.register().await?;
/// let left = dispatcher.drain().await?;
/// assert_eq!((left.pending, left.dead), (0, 0));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Dispatcher {
    store: Store,
    settings: Settings,
    subscribers: Vec<Arc<dyn Subscriber>>,
}

impl std::fmt::Debug for Dispatcher {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names = self.subscribers.iter().map(|subscriber| subscriber.name());
        formatter
            .debug_struct("Dispatcher")
            .field("subscribers", &names.collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

/// What a [`Dispatcher::drain`] left behind.
///
/// ```
/// use laurel_dispatch::Drained;
///
/// /// Whether everything was handled.
/// fn is_done(left: Drained) -> bool {
///     left == Drained { pending: 0, dead: 0 }
/// }
/// # assert!(!is_done(Drained { pending: 1, dead: 0 }));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drained {
    /// Deliveries that wait for a retry, or are held by another worker.
    pub pending: i64,
    /// Deliveries that were given up.
    pub dead: i64,
}

impl Dispatcher {
    /// A dispatcher without subscribers.
    pub fn new(store: Store, settings: Settings) -> Self {
        Self {
            store,
            settings,
            subscribers: Vec::new(),
        }
    }

    /// Adds a subscriber. Two of one name would share their deliveries.
    #[must_use]
    pub fn subscriber(mut self, subscriber: Arc<dyn Subscriber>) -> Self {
        self.subscribers.push(subscriber);
        self
    }

    /// Makes every subscriber known to the database, so that from then on every copy delivers to it.
    ///
    /// # Errors
    /// [`laurel_store::Error::Database`].
    pub async fn register(&self) -> Result<()> {
        for subscriber in &self.subscribers {
            self.store
                .register(subscriber.name(), &subscriber.kinds())
                .await?;
        }
        Ok(())
    }

    /// Works until it is told to stop, and returns when every worker has ended what it was doing.
    pub async fn run(&self, stop: CancellationToken) {
        let mut tasks = JoinSet::new();
        for subscriber in &self.subscribers {
            for _ in 0..self.settings.workers {
                tasks.spawn(self.worker(subscriber).run(stop.clone()));
            }
        }
        tasks.spawn(upkeep::run(self.store.clone(), stop));
        tasks.join_all().await;
    }

    /// Works until nothing is due, and says what is left.
    ///
    /// # Errors
    /// [`laurel_store::Error::Database`].
    pub async fn drain(&self) -> Result<Drained> {
        let mut workers: Vec<Worker> = self
            .subscribers
            .iter()
            .map(|subscriber| self.worker(subscriber))
            .collect();
        let mut busy = true;
        while busy {
            busy = false;
            for worker in &mut workers {
                while worker.step().await? {
                    busy = true;
                }
            }
        }
        let names: Vec<&str> = self
            .subscribers
            .iter()
            .map(|subscriber| subscriber.name())
            .collect();
        let backlog = self.store.backlog().await?;
        let mine = backlog
            .iter()
            .filter(|backlog| names.contains(&backlog.subscriber.as_str()));
        Ok(mine.fold(
            Drained {
                pending: 0,
                dead: 0,
            },
            |sum, backlog| Drained {
                pending: sum.pending + backlog.pending,
                dead: sum.dead + backlog.dead,
            },
        ))
    }

    /// The subscriber of a name.
    ///
    /// ```
    /// use laurel_dispatch::{Dispatcher, Kinds};
    ///
    /// fn takes_everything(dispatcher: &Dispatcher, name: &str) -> bool {
    ///     let subscriber = dispatcher.find(name);
    ///     subscriber.is_some_and(|subscriber| matches!(subscriber.kinds(), Kinds::All))
    /// }
    /// ```
    pub fn find(&self, name: &str) -> Option<&Arc<dyn Subscriber>> {
        self.subscribers
            .iter()
            .find(|subscriber| subscriber.name() == name)
    }

    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    fn worker(&self, subscriber: &Arc<dyn Subscriber>) -> Worker {
        Worker::new(
            self.store.clone(),
            Arc::clone(subscriber),
            self.settings.clone(),
        )
    }
}
