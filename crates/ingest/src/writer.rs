//! Group commit: whatever is queued becomes one transaction.
//!
//! A handler's future is dropped when its client goes away; the append runs here, and is not.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use laurel_store::{Appended, Class, Error, NewEvent, Store};
use metrics::histogram;
use tokio::sync::{Mutex, Notify, mpsc, oneshot};
use tokio::time::{Instant, timeout};

use crate::budget::Room;
use crate::outage::Outage;
use crate::problem::Overload;
use crate::{Problem, Settings};

/// How many times a batch is written when other writers are in the way.
const TRIES: usize = 5;

/// A transaction costs much more than an event in it: while one is under way, another begins only for so many events,
const CROWD: usize = 16;
/// or when it takes this long, as one does that waits for a lock or for a line that is dead.
const LONG: Duration = Duration::from_millis(50);

/// An event on its way to the disk, and where its answer goes.
struct Request {
    event: NewEvent,
    answer: oneshot::Sender<Option<Appended>>,
    /// The memory that its body holds, whoever has gone away meanwhile.
    room: Room,
}

/// What waits to be written, and when the next of it may be.
struct Queue {
    requests: mpsc::Receiver<Request>,
    pace: Option<NonZeroU32>,
    next: Instant,
    traffic: Arc<Traffic>,
}

/// How many transactions are under way.
#[derive(Debug, Default)]
struct Traffic {
    writing: AtomicUsize,
    /// One of them has ended, or a crowd has gathered.
    changed: Notify,
}

/// A transaction that is under way.
struct Writing(Arc<Traffic>);

/// The way to the writers.
#[derive(Debug, Clone)]
pub(crate) struct Writer {
    queue: mpsc::Sender<Request>,
    traffic: Arc<Traffic>,
    deadline: Duration,
}

impl std::fmt::Debug for Request {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Request").finish_non_exhaustive()
    }
}

impl Writer {
    /// Starts the writers; each ends when the last `Writer` is gone and the queue is empty.
    pub(crate) fn start(store: &Store, settings: &Settings) -> Self {
        let pace = settings.events_per_second;
        // What would wait for longer than a second is better told to come again.
        let most = pace.map_or(settings.queue, |pace| {
            settings.queue.min(pace.get() as usize)
        });
        let (queue, requests) = mpsc::channel(most);
        let traffic = Arc::<Traffic>::default();
        let waiting = Arc::new(Mutex::new(Queue {
            requests,
            pace,
            next: Instant::now(),
            traffic: Arc::clone(&traffic),
        }));
        let outage = Outage::default();
        for _ in 0..settings.writers.max(1) {
            tokio::spawn(keep_writing(
                store.clone(),
                outage.clone(),
                Arc::clone(&waiting),
                settings.batch,
            ));
        }
        Self {
            queue,
            traffic,
            deadline: settings.answer_deadline,
        }
    }

    /// Whether an event would be turned away.
    pub(crate) fn is_full(&self) -> bool {
        self.queue.capacity() == 0
    }

    /// Stores an event. An error means that it is not known to be stored: the queue is full, or the database is away.
    pub(crate) async fn append(&self, event: NewEvent, room: Room) -> Result<Appended, Problem> {
        let (answer, answered) = oneshot::channel();
        let request = Request {
            event,
            answer,
            room,
        };
        self.queue
            .try_send(request)
            .map_err(|_| Problem::Overloaded(Overload::Queue))?;
        if self.queue.max_capacity() - self.queue.capacity() >= CROWD {
            self.traffic.changed.notify_waiters();
        }
        // A server that hangs, or a line that is dead, tells nothing for minutes.
        let answered = timeout(self.deadline, answered).await.ok();
        let appended = answered.and_then(Result::ok).flatten();
        appended.ok_or(Problem::Unavailable)
    }
}

impl Queue {
    /// Takes up to `most` requests, as soon as there are any, and enough of them, and the pace allows it. Nothing once
    /// nobody can ask any more.
    async fn take(&mut self, batch: &mut Vec<Request>, most: usize) -> Option<Writing> {
        timeout(LONG, self.gather()).await.ok();
        let taken = self.receive(batch, most).await;
        (taken > 0).then(|| Writing::begin(&self.traffic))
    }

    /// Waits while others write and there is no crowd: what comes meanwhile is written together.
    async fn gather(&self) {
        loop {
            let changed = self.traffic.changed.notified();
            let alone = self.traffic.writing.load(Ordering::Acquire) == 0;
            if alone || self.requests.len() >= CROWD || self.requests.is_closed() {
                return;
            }
            changed.await;
        }
    }

    async fn receive(&mut self, batch: &mut Vec<Request>, most: usize) -> usize {
        let Some(pace) = self.pace.map(NonZeroU32::get) else {
            return self.requests.recv_many(batch, most).await;
        };
        tokio::time::sleep_until(self.next).await;
        // A tenth of a second's worth, so that the pace is even.
        let most = most.min((pace as usize / 10).max(1));
        let taken = self.requests.recv_many(batch, most).await;
        let turns = u32::try_from(taken).unwrap_or(u32::MAX);
        self.next = self.next.max(Instant::now()) + Duration::from_secs(1) * turns / pace;
        taken
    }
}

impl Writing {
    fn begin(traffic: &Arc<Traffic>) -> Self {
        traffic.writing.fetch_add(1, Ordering::AcqRel);
        Self(Arc::clone(traffic))
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        self.0.writing.fetch_sub(1, Ordering::AcqRel);
        self.0.changed.notify_waiters();
    }
}

/// Starts a writer over when it panics: its batch is answered 503 and sent again, and intake goes on.
async fn keep_writing(store: Store, outage: Outage, queue: Arc<Mutex<Queue>>, most: usize) {
    let start = || write(store.clone(), outage.clone(), Arc::clone(&queue), most);
    while let Err(panic) = tokio::spawn(start()).await {
        tracing::error!(%panic, "a writer ended and is started over");
    }
}

async fn write(store: Store, outage: Outage, queue: Arc<Mutex<Queue>>, most: usize) {
    let mut batch = Vec::with_capacity(most);
    loop {
        // One writer waits at the queue while the others commit.
        let Some(under_way) = queue.lock().await.take(&mut batch, most).await else {
            return;
        };
        let (events, waiting): (Vec<_>, Vec<_>) = batch
            .drain(..)
            .map(|request| (request.event, (request.answer, request.room)))
            .unzip();
        let appended = if outage.lasts() {
            vec![None; events.len()]
        } else {
            commit(&store, &outage, &events).await
        };
        drop(under_way);
        for ((answer, _room), appended) in waiting.into_iter().zip(appended) {
            // A client that has gone away asks again, and is told that it is a duplicate.
            answer.send(appended).ok();
        }
    }
}

/// Writes a batch, and answers for each of its events. A batch that the database refuses is written event by event, so
/// that only the event at fault is refused.
async fn commit(store: &Store, outage: &Outage, events: &[NewEvent]) -> Vec<Option<Appended>> {
    #[expect(
        clippy::cast_precision_loss,
        reason = "a batch has a few hundred events"
    )]
    histogram!("laurel_intake_batch_events").record(events.len() as f64);
    match append(store, events).await {
        Ok(appended) => appended.into_iter().map(Some).collect(),
        Err(error) if events.len() > 1 && error.class() == Class::Other => {
            tracing::warn!(%error, events = events.len(), "a batch was refused: written one by one");
            let mut answers = Vec::with_capacity(events.len());
            for event in events {
                let appended = append(store, std::slice::from_ref(event)).await;
                let appended = appended.inspect_err(|error| tracing::error!(%error, "not stored"));
                answers.push(appended.ok().and_then(|appended| appended.first().copied()));
            }
            answers
        }
        Err(error) => {
            tracing::error!(%error, events = events.len(), "not stored");
            if error.class() == Class::Unavailable {
                outage.begin(store);
            }
            vec![None; events.len()]
        }
    }
}

async fn append(store: &Store, events: &[NewEvent]) -> Result<Vec<Appended>, Error> {
    let mut tries = 1;
    loop {
        match store.append(events).await {
            Err(error) if error.class() == Class::Conflict && tries < TRIES => tries += 1,
            result => return result,
        }
    }
}
