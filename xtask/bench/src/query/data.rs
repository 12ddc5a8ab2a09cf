//! The data: a programme of the simulator's, and a few customers with a history that is deep.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use laurel_payloads::{CustomerId, Timestamp, read};
use laurel_simulator::{Programme, Webhook};
use laurel_store::{Clock as _, NewEvent, Options, Source, Store, SystemClock};

use super::questions::Depth;
use crate::contenders::Laurel;

/// How many customers have a deep history.
const DEEP: usize = 8;
/// As many events are appended in one transaction.
const BATCH: usize = 1_000;
/// How long the events may take to be handled.
const PATIENCE: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

/// What is to be stored, the same for each database.
pub(super) struct Data {
    customers: usize,
    events: u64,
    deep: u64,
}

/// Whom questions are about.
pub(super) struct People {
    pub(super) all: Vec<CustomerId>,
    pub(super) deep: Vec<CustomerId>,
}

impl People {
    /// Whose pages these are.
    pub(super) fn of(&self, depth: Depth) -> &[CustomerId] {
        match depth {
            Depth::First => &self.all,
            Depth::Top | Depth::Deep => &self.deep,
        }
    }
}

impl Data {
    pub(super) fn new(customers: usize, events: u64, deep: u64) -> Self {
        Self {
            customers,
            events,
            deep,
        }
    }

    /// Appends the events and has them handled.
    pub(super) fn fill(&self, laurel: &Laurel) -> anyhow::Result<People> {
        let began = Instant::now();
        let runtime = tokio::runtime::Runtime::new()?;
        let store = runtime.block_on(connect(laurel))?;
        // Half as many again: some of what a customer does is told in one entry, and they do not take equal turns.
        let deep = self.deep * 3 / 2 * DEEP as u64;
        let rest = self.events.saturating_sub(deep);
        let tell = |programme: Programme, events: u64| {
            let told = programme.take(usize::try_from(events).unwrap_or(usize::MAX));
            runtime.block_on(append(&store, told))
        };
        let people = People {
            deep: tell(Programme::new(2, DEEP), deep)?,
            all: tell(Programme::new(1, self.customers), rest)?,
        };
        ensure!(!people.all.is_empty(), "too few events");
        let mut server = laurel.start("worker")?;
        let handled = Instant::now();
        while runtime
            .block_on(store.backlog())?
            .iter()
            .any(|one| one.pending > 0)
        {
            server.process.check()?;
            ensure!(handled.elapsed() < PATIENCE, "the events are not handled");
            std::thread::sleep(Duration::from_millis(200));
        }
        server.process.stop()?;
        runtime.block_on(store.close())?;
        eprintln!("{} is filled after {:.0?}", server.name, began.elapsed());
        Ok(people)
    }
}

pub(super) async fn connect(laurel: &Laurel) -> anyhow::Result<Store> {
    let options = Options {
        query_timeout: Duration::from_mins(5),
        ..Options::new(&laurel.url)
    };
    Store::connect(&options, Arc::new(SystemClock))
        .await
        .context("no store")
}

/// Appends webhooks as if each had been received when it happened; none later than now, or it would not be due yet.
async fn append(
    store: &Store,
    webhooks: impl Iterator<Item = Webhook>,
) -> anyhow::Result<Vec<CustomerId>> {
    let source = Source::new("masivo")?;
    let now = SystemClock.now();
    let (mut people, mut batch) = (BTreeSet::new(), Vec::with_capacity(BATCH));
    let mut clock = Timestamp::from_micros(0);
    for webhook in webhooks {
        let reading = read(&webhook.body).context("a body of the simulator's")?;
        let never = Timestamp::from_micros(i64::MAX / 2);
        let time = reading.event.as_ref().map(|event| event.occurred_at(never));
        clock = time
            .ok()
            .filter(|time| *time != never)
            .unwrap_or(clock)
            .clamp(clock, now);
        people.insert(webhook.customer_id);
        batch.push(NewEvent::new(
            source.clone(),
            webhook.body,
            reading,
            clock,
            DAY,
        ));
        if batch.len() == BATCH {
            store.append(&batch).await?;
            batch.clear();
        }
    }
    if !batch.is_empty() {
        store.append(&batch).await?;
    }
    Ok(people.into_iter().collect())
}
