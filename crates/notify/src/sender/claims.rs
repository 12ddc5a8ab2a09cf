//! The messages that this sender holds and no worker carries yet: claimed together, handed out one by one.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use laurel_payloads::CustomerId;
use laurel_store::{OutboxClaim, OutboxGroup, OutboxOutcome, Recipient, Settlement, Source};
use tokio::time::Instant;

use super::verdict::STALE_AFTER;
use super::{Inner, SendError};

/// The most groups that are claimed together, where nothing limits how fast they go out.
const MOST: u32 = 64;

/// What was read of a recipient is believed for so long.
const FRESH: Duration = Duration::from_secs(1);

/// A group that is ours.
pub(super) struct Held {
    pub(super) group: OutboxGroup,
    /// Until when, by our own clock.
    pub(super) until: Instant,
    /// Whom it is for, and when that was read.
    known: Option<(Option<Recipient>, Instant)>,
}

#[derive(Default)]
pub(super) struct Claims {
    ready: Mutex<VecDeque<Held>>,
    /// Whoever claims does so for all.
    turn: tokio::sync::Mutex<()>,
    /// Whether the last claim brought as much as it asked for: there may be more.
    more: AtomicBool,
}

impl Claims {
    /// Whether it is time to claim more, so that nobody has to wait for it.
    pub(super) fn run_low(&self) -> bool {
        self.more.load(Ordering::Relaxed) && self.ready().len() < MOST as usize / 2
    }

    fn ready(&self) -> MutexGuard<'_, VecDeque<Held>> {
        self.ready.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// The group that is due first, held from now on, and for a while yet.
    pub(super) async fn claim_next(&self) -> Result<Option<Held>, SendError> {
        if let Some(held) = self.ready_for_long() {
            return Ok(Some(held));
        }
        let _turn = self.claims.turn.lock().await;
        if let Some(held) = self.ready_for_long() {
            return Ok(Some(held));
        }
        // Where the channel is slow, others may be faster.
        self.give_back().await?;
        let claimed = self.claim().await?;
        let mut ready = self.claims.ready();
        ready.extend(claimed);
        Ok(ready.pop_front())
    }

    /// Claims what may be due next, unless somebody does.
    pub(super) async fn refill(&self) {
        if let Ok(_turn) = self.claims.turn.try_lock()
            && self.claims.run_low()
            && self.pause.left().is_none()
            // Whoever finds nothing ready claims anew, and tells of the fault.
            && let Ok(claimed) = self.claim().await
        {
            self.claims.ready().extend(claimed);
        }
    }

    /// The first that is ready, if it is ours for as long as sending it may well take.
    fn ready_for_long(&self) -> Option<Held> {
        let enough = Instant::now() + self.settings.lease / 2;
        self.claims.ready().pop_front_if(|held| held.until > enough)
    }

    async fn claim(&self) -> Result<Vec<Held>, SendError> {
        let spent = self.rates.spent();
        let workers = u32::try_from(self.settings.workers).unwrap_or(MOST);
        let limit = match self.settings.rate {
            Some(_) => workers.clamp(1, MOST),
            None => MOST,
        };
        let claim = OutboxClaim {
            channel: self.channel.name(),
            settle: self.settings.settle,
            stale_after: STALE_AFTER,
            lease: self.settings.lease,
            limit,
            except: &spent,
        };
        let until = Instant::now() + self.settings.lease;
        let groups = self.store.claim_outbox(&claim).await?;
        let more = self.settings.rate.is_none() && groups.len() >= limit as usize;
        self.claims.more.store(more, Ordering::Relaxed);
        let asked_at = Instant::now();
        let mut recipients = match self.recipients(&groups).await {
            Ok(recipients) => Some(recipients),
            Err(error) => {
                tracing::warn!(%error, "recipients are read one by one");
                None
            }
        };
        let held = |group: OutboxGroup| {
            let known = recipients.as_mut().map(|recipients| {
                let head = &group.messages[0];
                let of_source = recipients.get_mut(&head.source);
                let recipient = of_source.and_then(|found| found.remove(&head.customer_id));
                (recipient, asked_at)
            });
            Held {
                group,
                until,
                known,
            }
        };
        Ok(groups.into_iter().map(held).collect())
    }

    /// Whom groups are for, by their sources.
    async fn recipients(
        &self,
        groups: &[OutboxGroup],
    ) -> laurel_store::Result<HashMap<Source, HashMap<CustomerId, Recipient>>> {
        let mut customers: HashMap<Source, Vec<CustomerId>> = HashMap::new();
        for group in groups {
            let head = &group.messages[0];
            let of_source = customers.entry(head.source.clone()).or_default();
            of_source.push(head.customer_id.clone());
        }
        let mut recipients = HashMap::with_capacity(customers.len());
        for (source, customers) in customers {
            let scope = self.store.scope(&source);
            let found = scope.recipients(&customers, self.channel.name()).await?;
            recipients.insert(source, found);
        }
        Ok(recipients)
    }

    /// Whom a group is for, as it is now, or was a moment ago.
    pub(super) async fn recipient(
        &self,
        claimed: &mut Held,
    ) -> laurel_store::Result<Option<Recipient>> {
        match claimed.known.take() {
            Some((recipient, asked_at)) if asked_at.elapsed() < FRESH => Ok(recipient),
            _ => {
                let head = &claimed.group.messages[0];
                let scope = self.store.scope(&head.source);
                let name = self.channel.name();
                scope.recipient(&head.customer_id, name).await
            }
        }
    }

    /// Gives back what no worker carries, once nobody claims any more.
    pub(super) async fn give_back_all(&self) -> Result<(), SendError> {
        let _turn = self.claims.turn.lock().await;
        self.give_back().await
    }

    /// Gives back what no worker carries, as if it had not been claimed.
    pub(super) async fn give_back(&self) -> Result<(), SendError> {
        let ready = std::mem::take(&mut *self.claims.ready());
        if ready.is_empty() {
            return Ok(());
        }
        let due_at = self.store.clock().now();
        let released = ready.into_iter().map(|Held { group, .. }| Settlement {
            outcomes: vec![(group.messages[0].id, OutboxOutcome::Released { due_at })],
            lease: group.lease,
            attempt: None,
        });
        let released: Vec<_> = released.collect();
        self.store.settle_outbox_groups(&released).await?;
        Ok(())
    }
}
