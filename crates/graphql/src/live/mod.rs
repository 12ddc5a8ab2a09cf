//! Following the feed: one reader a process, whatever the number of those who follow.
//!
//! Rows are read once, when a commit has announced them, and handed to whoever follows their customer or all of them; the
//! first who shows an update shows it for all who ask the same. Whoever is behind, because they come with a cursor or
//! because they are slow, reads the database by themselves until they are not. Nothing is kept for anybody.

mod follower;
mod operation;
mod topic;
mod update;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use laurel_payloads::CustomerId;
use laurel_store::{Error, Scope, Source, Store};
use tokio_util::sync::CancellationToken;

pub(crate) use follower::{Follower, Told};
pub(crate) use operation::Operation;

use topic::{Inbox, Topic};

/// How often the feed is looked at without an announcement: for what processes write that cannot be heard.
const POLL: Duration = Duration::from_secs(1);

/// What is followed in this process.
pub(crate) struct Hub {
    store: Store,
    topics: Mutex<HashMap<Source, Arc<Topic>>>,
    started: AtomicBool,
    stop: CancellationToken,
}

impl Hub {
    /// A hub that nobody follows yet; it ends with `stop`.
    pub(crate) fn new(store: Store, stop: CancellationToken) -> Arc<Self> {
        Arc::new(Self {
            store,
            topics: Mutex::default(),
            started: AtomicBool::new(false),
            stop,
        })
    }

    /// Follows a customer, or all: everything that is committed after this has answered comes into the inbox.
    async fn join(
        self: &Arc<Self>,
        scope: &Scope,
        customer: Option<CustomerId>,
    ) -> Result<Inbox, Error> {
        if !self.started.swap(true, Ordering::SeqCst) {
            tokio::spawn(Arc::clone(self).read());
        }
        // Before the inbox is there: what comes in between is read into it.
        let end = scope.feed_end().await?;
        let mut topics = self.topics();
        let topic = topics
            .entry(scope.source().clone())
            .or_insert_with(|| Arc::new(Topic::new(scope.clone(), end)));
        Ok(Topic::join(topic, customer))
    }

    /// Hands on what is told, until the server stops.
    async fn read(self: Arc<Self>) {
        let (store, stop) = (self.store.clone(), self.stop.clone());
        let mut feedings = store.feedings();
        let reading = async {
            let mut failing = false;
            loop {
                for topic in self.followed() {
                    failing = topic.read_on(failing).await;
                }
                // It is not the end of a wait that matters, but that it ends.
                let _ = tokio::time::timeout(POLL, feedings.changed()).await;
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = reading => {}
            () = store.listen() => {}
        }
    }

    /// The topics that somebody follows; the others are forgotten.
    fn followed(&self) -> Vec<Arc<Topic>> {
        let mut topics = self.topics();
        topics.retain(|_, topic| topic.is_followed());
        topics.values().cloned().collect()
    }

    fn topics(&self) -> std::sync::MutexGuard<'_, HashMap<Source, Arc<Topic>>> {
        self.topics.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads of the database in a task of their own: one that is cut short would take its connection with it.
pub(crate) async fn whole<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> Option<T> {
    tokio::spawn(work).await.ok()
}
