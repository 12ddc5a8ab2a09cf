//! One worker of one subscriber: claim, hand over, and see to what was refused.

use std::sync::Arc;
use std::time::{Duration, Instant};

use laurel_store::{Delivery, Error, Result, Store};
use metrics::counter;
use tokio_util::sync::CancellationToken;

use crate::breakers::Breakers;
use crate::handling::{Failure, attempt};
use crate::rejection::Verdict;
use crate::{Rejection, Settings, Subscriber, backoff};

pub(crate) struct Worker {
    store: Store,
    subscriber: Arc<dyn Subscriber>,
    settings: Settings,
    /// How many claims are to be made one event at a time, after a batch was refused.
    singly: usize,
    breakers: Breakers,
    /// What the database did not take back when it was to be given back.
    owed: Vec<Delivery>,
    /// Whether the database had no room for what the last batch wrote.
    full: bool,
    looked_for_orphans: Option<Instant>,
}

impl Worker {
    pub(crate) fn new(store: Store, subscriber: Arc<dyn Subscriber>, settings: Settings) -> Self {
        Self {
            store,
            subscriber,
            settings,
            singly: 0,
            breakers: Breakers::default(),
            owed: Vec::new(),
            full: false,
            looked_for_orphans: None,
        }
    }

    /// Works until it is told to stop; a batch that is under way is brought to its end.
    pub(crate) async fn run(mut self, stop: CancellationToken) {
        let mut appends = self.store.appends();
        let mut failing = false;
        while !stop.is_cancelled() {
            match self.step().await {
                Ok(true) => {
                    failing = false;
                    continue;
                }
                Ok(false) => failing = false,
                // The database is away: say so once, not twice a second.
                Err(error) if !failing => {
                    failing = true;
                    tracing::error!(subscriber = self.subscriber.name(), %error, "cannot claim deliveries");
                }
                Err(_) => {}
            }
            tokio::select! {
                () = stop.cancelled() => {}
                _ = appends.changed() => {}
                () = tokio::time::sleep(self.settings.poll) => {}
            }
        }
    }

    /// Does one thing that is to be done; answers false where there is nothing.
    pub(crate) async fn step(&mut self) -> Result<bool> {
        let name = self.subscriber.name();
        self.give_back().await?;
        let owed_more = self.store.backfill(name).await?;
        if let Some(orphan) = self.orphan().await? {
            return Ok(self.hand_over(vec![orphan]).await);
        }
        let limit = if self.singly > 0 {
            1
        } else {
            self.settings.batch
        };
        self.singly = self.singly.saturating_sub(1);
        let batch = self
            .store
            .claim_deliveries(name, limit, self.settings.lease)
            .await?;
        if batch.is_empty() {
            return Ok(owed_more);
        }
        let batch = self.put_off_resting(batch).await?;
        Ok(batch.is_empty() || self.hand_over(batch).await)
    }

    /// Gives back what could not be given back before: left to their leases, its events would count as having killed us.
    async fn give_back(&mut self) -> Result<()> {
        if !self.owed.is_empty() {
            let name = self.subscriber.name();
            self.store.release(name, &self.owed).await?;
            self.owed.clear();
        }
        Ok(())
    }

    fn owe(&mut self, deliveries: Vec<Delivery>, error: &Error) {
        let subscriber = self.subscriber.name();
        tracing::error!(subscriber, %error, "deliveries wait until the database takes them back");
        self.owed.extend(deliveries);
    }

    /// What is left of a batch when the events of sources that rest are put off until the rests end.
    async fn put_off_resting(&mut self, batch: Vec<Delivery>) -> Result<Vec<Delivery>> {
        let rest = |delivery: &Delivery| self.breakers.rest(&delivery.event.source);
        let (resting, active): (Vec<_>, Vec<_>) = batch
            .into_iter()
            .partition(|delivery| rest(delivery).is_some());
        if let Some(rest) = resting.iter().filter_map(rest).max() {
            let due_at = self.store.clock().now().saturating_add(rest);
            let name = self.subscriber.name();
            if let Err(error) = self.store.put_off(name, &resting, due_at).await {
                self.owe([resting, active].concat(), &error);
                return Err(error);
            }
        }
        Ok(active)
    }

    async fn orphan(&mut self) -> Result<Option<Delivery>> {
        if self
            .looked_for_orphans
            .is_some_and(|last| last.elapsed() < self.settings.poll)
        {
            return Ok(None);
        }
        let name = self.subscriber.name();
        let orphan = self.store.claim_orphan(name, self.settings.lease).await?;
        // Where there is one there may be more.
        self.looked_for_orphans = orphan.is_none().then(Instant::now);
        Ok(orphan)
    }

    /// Answers false where there is no point in going on at once.
    async fn hand_over(&mut self, batch: Vec<Delivery>) -> bool {
        let began = Instant::now();
        match attempt(&self.store, &self.subscriber, &self.settings, &batch).await {
            Ok(()) => {
                for delivery in &batch {
                    self.breakers.succeeded(&delivery.event.source);
                }
                self.count("done", batch.len());
                self.full = false;
            }
            Err(Failure::LeaseLost) => {
                let subscriber = self.subscriber.name();
                tracing::warn!(
                    subscriber,
                    "a lease was lost: another worker has taken over"
                );
            }
            Err(Failure::Rejected(rejection)) if rejection.verdict == Verdict::NoRoom => {
                self.wait_for_room(batch, &rejection).await;
                return false;
            }
            Err(Failure::Rejected(rejection)) => {
                self.refused(batch, &rejection, began.elapsed()).await;
            }
        }
        true
    }

    /// No event is to blame for a disk that is full, and it costs none of them an attempt.
    async fn wait_for_room(&mut self, batch: Vec<Delivery>, rejection: &Rejection) {
        if !std::mem::replace(&mut self.full, true) {
            tracing::error!(subscriber = self.subscriber.name(), reason = %rejection,
                "the database has no room: events wait");
        }
        self.owed.extend(batch);
        // Where this fails, too, it is the first thing to be done next time.
        self.give_back().await.ok();
    }

    /// Only the guilty event waits: a batch that has one is given back and claimed again, one event at a time.
    async fn refused(&mut self, mut batch: Vec<Delivery>, rejection: &Rejection, took: Duration) {
        let name = self.subscriber.name();
        let guilty = match rejection.event_seq {
            Some(seq) => batch.iter().position(|delivery| delivery.event.seq == seq),
            None if batch.len() == 1 => Some(0),
            None => None,
        };
        if let Some(index) = guilty {
            let culprit = batch.swap_remove(index);
            if let Err(error) = self.punish(&culprit, rejection, took).await {
                self.owe(vec![culprit], &error);
            }
        } else {
            tracing::warn!(subscriber = name, events = batch.len(), reason = %rejection,
                "a batch was refused: its events are tried one by one");
            self.singly = batch.len();
        }
        if let Err(error) = self.store.release(name, &batch).await {
            self.owe(batch, &error);
        }
    }

    async fn punish(
        &mut self,
        delivery: &Delivery,
        rejection: &Rejection,
        took: Duration,
    ) -> Result<()> {
        let name = self.subscriber.name();
        let (event, attempt) = (&delivery.event, delivery.attempt);
        let dead = rejection.verdict == Verdict::GiveUp || attempt >= self.settings.most_attempts;
        if dead {
            self.count("dead", 1);
            tracing::error!(subscriber = name, event.id = %event.id, event.kind = event.kind, attempt,
                reason = %rejection, "given up: a dead letter");
            return self.store.bury(name, delivery, &rejection.reason).await;
        }
        if let Some(rest) = self.breakers.failed(&event.source, took) {
            tracing::warn!(
                subscriber = name,
                source = event.source.as_str(),
                ?rest,
                "its events fail one after the other: it rests"
            );
        }
        self.count("retried", 1);
        tracing::warn!(subscriber = name, event.id = %event.id, event.kind = event.kind, attempt,
            reason = %rejection, "refused: to be retried");
        let wait = backoff::wait(&self.settings, attempt);
        let due_at = self.store.clock().now().saturating_add(wait);
        self.store
            .postpone(name, delivery, due_at, &rejection.reason)
            .await
    }

    fn count(&self, outcome: &'static str, deliveries: usize) {
        let subscriber = self.subscriber.name();
        counter!("laurel_deliveries_total", "subscriber" => subscriber, "outcome" => outcome)
            .increment(u64::try_from(deliveries).unwrap_or(u64::MAX));
    }
}
