//! Each token's turns: so many of its requests run at a time, so many more wait for a while, and the rest is sent away.
//! A token that asks too much costs itself, and nobody else.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use laurel_payloads::CustomerId;
use laurel_store::Source;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;
use uuid::Uuid;

use crate::settings::Share;

/// Whose turns they are.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Token {
    /// An API key's.
    Key(Uuid),
    /// A customer's.
    Customer(Source, CustomerId),
}

/// The requests under way, by the token that they came with.
#[derive(Debug)]
pub(crate) struct Turns {
    share: Share,
    lines: Mutex<HashMap<Token, Arc<Semaphore>>>,
}

/// More requests of one token are under way than may wait, or one has waited too long.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Busy;

/// A request that runs or waits. It is under way until this is dropped.
#[derive(Debug)]
pub(crate) struct Turn {
    turns: Arc<Turns>,
    token: Token,
    line: Arc<Semaphore>,
    runs: bool,
}

impl Turns {
    pub(crate) fn new(share: Share) -> Self {
        Self {
            share,
            lines: Mutex::default(),
        }
    }

    /// Waits for a token's turn.
    pub(crate) async fn take(self: &Arc<Self>, token: Token) -> Result<Turn, Busy> {
        let mut turn = self.queue(token)?;
        let slot = timeout(self.share.patience, turn.line.acquire()).await;
        let held = slot.ok().and_then(Result::ok).map(SemaphorePermit::forget);
        held.ok_or(Busy)?;
        turn.runs = true;
        Ok(turn)
    }

    fn queue(self: &Arc<Self>, token: Token) -> Result<Turn, Busy> {
        let mut lines = self.lock();
        let line = lines
            .entry(token.clone())
            .or_insert_with(|| Arc::new(Semaphore::new(self.share.at_once)));
        // Every request under way has the line in its hands, and so has the map.
        if Arc::strong_count(line) > self.share.at_once + self.share.waiting {
            return Err(Busy);
        }
        Ok(Turn {
            turns: Arc::clone(self),
            token,
            line: Arc::clone(line),
            runs: false,
        })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Token, Arc<Semaphore>>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut lines = self.turns.lock();
        if self.runs {
            self.line.add_permits(1);
        }
        // The map's and ours: nobody else of this token is under way.
        if Arc::strong_count(&self.line) == 2 {
            lines.remove(&self.token);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures_util::FutureExt;

    use super::*;

    const ANA: Token = Token::Key(Uuid::from_u128(1));
    const BEN: Token = Token::Key(Uuid::from_u128(2));

    fn turns(at_once: usize, waiting: usize) -> Arc<Turns> {
        Arc::new(Turns::new(Share {
            at_once,
            waiting,
            patience: Duration::from_millis(1),
            ..Share::default()
        }))
    }

    #[tokio::test]
    async fn d38_so_many_run_so_many_wait_and_the_rest_is_sent_away() {
        let turns = turns(2, 1);
        let first = turns.take(ANA).await.unwrap();
        let second = turns.take(ANA).await.unwrap();
        let mut third = Box::pin(turns.take(ANA));
        assert!((&mut third).now_or_never().is_none(), "it waits");
        assert_eq!(turns.take(ANA).await.unwrap_err(), Busy);
        drop(turns.take(BEN).await.expect("another token's turn"));
        drop(first);
        let third = third.await.expect("its turn");
        assert_eq!(
            turns.take(ANA).await.unwrap_err(),
            Busy,
            "waited for its while"
        );
        drop((second, third));
        assert!(turns.lock().is_empty());
    }

    #[tokio::test]
    async fn who_leaves_while_waiting_leaves_nothing_behind() {
        let turns = turns(1, 5);
        let running = turns.take(ANA).await.unwrap();
        let mut waiting = Box::pin(turns.take(ANA));
        assert!((&mut waiting).now_or_never().is_none());
        drop(running);
        drop(waiting);
        assert!(turns.lock().is_empty());
        drop(turns.take(ANA).await.expect("a turn that is free again"));
    }
}
