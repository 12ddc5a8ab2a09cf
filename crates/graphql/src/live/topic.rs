//! One source's updates, and who follows them.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use laurel_payloads::CustomerId;
use laurel_store::{FeedFilter, Scope};
use tokio::sync::mpsc::{self, Receiver, Sender};

use super::update::Update;

/// As many updates are read at once.
const STRETCH: u32 = 256;
/// As many updates wait for one follower; who has more to come reads them from the database.
const INBOX: usize = 32;

/// What is told of one source.
pub(super) struct Topic {
    scope: Scope,
    /// Everything up to here has been handed on.
    reached: AtomicI64,
    followers: Mutex<Followers>,
}

#[derive(Default)]
struct Followers {
    next: u64,
    of_all: HashMap<u64, Slot>,
    of_one: HashMap<CustomerId, HashMap<u64, Slot>>,
}

#[derive(Clone)]
struct Slot {
    sender: Sender<Arc<Update>>,
    missed: Arc<AtomicBool>,
}

/// What is told to one follower, until it is dropped.
pub(super) struct Inbox {
    receiver: Receiver<Arc<Update>>,
    missed: Arc<AtomicBool>,
    topic: Arc<Topic>,
    customer: Option<CustomerId>,
    number: u64,
}

impl Topic {
    /// Tells of what comes after a position.
    pub(super) fn new(scope: Scope, reached: i64) -> Self {
        Self {
            scope,
            reached: AtomicI64::new(reached),
            followers: Mutex::default(),
        }
    }

    /// Has updates about one customer, or all updates, told to one more follower.
    pub(super) fn join(topic: &Arc<Self>, customer: Option<CustomerId>) -> Inbox {
        let (sender, receiver) = mpsc::channel(INBOX);
        let missed = Arc::new(AtomicBool::new(false));
        let slot = Slot {
            sender,
            missed: Arc::clone(&missed),
        };
        let mut followers = topic.followers();
        followers.next += 1;
        let number = followers.next;
        match &customer {
            None => followers.of_all.insert(number, slot),
            Some(customer) => {
                let of_one = followers.of_one.entry(customer.clone()).or_default();
                of_one.insert(number, slot)
            }
        };
        drop(followers);
        Inbox {
            receiver,
            missed,
            topic: Arc::clone(topic),
            customer,
            number,
        }
    }

    pub(super) fn is_followed(&self) -> bool {
        let followers = self.followers();
        !followers.of_all.is_empty() || !followers.of_one.is_empty()
    }

    /// Reads what has been told since, and hands it on. Answers whether that failed; a failure is logged where the one
    /// before it was a success.
    pub(super) async fn read_on(&self, failing: bool) -> bool {
        let mut after = self.reached.load(Ordering::SeqCst);
        loop {
            let page = self
                .scope
                .feed(&FeedFilter::default(), after, STRETCH)
                .await;
            let page = match page {
                Ok(page) => page,
                Err(error) => {
                    if !failing {
                        tracing::error!(%error, source = %self.scope.source(), "cannot read the feed");
                    }
                    return true;
                }
            };
            for record in page.items {
                self.hand_on(&Arc::new(Update::new(record)));
            }
            after = page.reached;
            self.reached.store(after, Ordering::SeqCst);
            if !page.more {
                return false;
            }
        }
    }

    fn hand_on(&self, update: &Arc<Update>) {
        let followers = self.followers();
        let of_one = followers.of_one.get(&update.record.entry.customer_id);
        let slots = of_one.into_iter().flat_map(HashMap::values);
        for slot in followers.of_all.values().chain(slots) {
            if slot.sender.try_send(Arc::clone(update)).is_err() {
                slot.missed.store(true, Ordering::SeqCst);
            }
        }
    }

    fn followers(&self) -> MutexGuard<'_, Followers> {
        self.followers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inbox {
    /// The next update; none where some were missed and have to be read.
    pub(super) async fn next(&mut self) -> Option<Arc<Update>> {
        // There is a slot with a sender for as long as there is this inbox.
        let update = self.receiver.recv().await;
        // An inbox that was full is not empty yet: what was missed shows before the wait for more.
        if self.missed.swap(false, Ordering::SeqCst) {
            return None;
        }
        update
    }
}

impl Drop for Inbox {
    fn drop(&mut self) {
        let mut followers = self.topic.followers();
        let Some(customer) = &self.customer else {
            followers.of_all.remove(&self.number);
            return;
        };
        if let Some(of_one) = followers.of_one.get_mut(customer) {
            of_one.remove(&self.number);
            if of_one.is_empty() {
                followers.of_one.remove(customer);
            }
        }
    }
}
