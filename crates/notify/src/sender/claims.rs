//! The messages that this sender holds and no worker carries yet: claimed together, handed out one by one.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use laurel_store::{OutboxClaim, OutboxGroup, OutboxOutcome, Settlement};
use tokio::time::Instant;

use super::verdict::STALE_AFTER;
use super::{Inner, SendError};

/// A group, and until when it is ours by our own clock.
type Held = (OutboxGroup, Instant);

#[derive(Default)]
pub(super) struct Claims {
    ready: Mutex<VecDeque<Held>>,
    /// Whoever claims does so for all.
    turn: tokio::sync::Mutex<()>,
}

impl Claims {
    fn ready(&self) -> MutexGuard<'_, VecDeque<Held>> {
        self.ready.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// The group that is due first, held from now on.
    pub(super) async fn claim_next(&self) -> Result<Option<Held>, SendError> {
        if let Some(held) = self.claims.ready().pop_front() {
            return Ok(Some(held));
        }
        let _turn = self.claims.turn.lock().await;
        if let Some(held) = self.claims.ready().pop_front() {
            return Ok(Some(held));
        }
        let spent = self.rates.spent();
        let claim = OutboxClaim {
            channel: self.channel.name(),
            settle: self.settings.settle,
            stale_after: STALE_AFTER,
            lease: self.settings.lease,
            limit: u32::try_from(self.settings.workers.max(1)).unwrap_or(u32::MAX),
            except: &spent,
        };
        let until = Instant::now() + self.settings.lease;
        let groups = self.store.claim_outbox(&claim).await?;
        let mut ready = self.claims.ready();
        ready.extend(groups.into_iter().map(|group| (group, until)));
        Ok(ready.pop_front())
    }

    /// Gives back what no worker carries, as if it had not been claimed.
    pub(super) async fn give_back(&self) -> Result<(), SendError> {
        let ready = std::mem::take(&mut *self.claims.ready());
        if ready.is_empty() {
            return Ok(());
        }
        let due_at = self.store.clock().now();
        let released = ready.into_iter().map(|(group, _)| Settlement {
            outcomes: vec![(group.messages[0].id, OutboxOutcome::Released { due_at })],
            lease: group.lease,
            attempt: None,
        });
        let released: Vec<_> = released.collect();
        self.store.settle_outbox_groups(&released).await?;
        Ok(())
    }
}
