//! The pace of our requests: so many a minute, and none while Masivo has told us to wait.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use laurel_payloads::Timestamp;
use tokio::time::{Instant, sleep_until};

use super::ApiError;
use super::error::Failed;
use crate::settings::Account;

#[derive(Debug)]
pub(super) struct Pace {
    every: Duration,
    patience: Duration,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// When the next request may be made.
    next: Instant,
    /// Until when none may be made, and what the clock on the wall shows then.
    held: Option<(Instant, Timestamp)>,
}

impl Pace {
    pub(super) fn new(account: &Account) -> Self {
        Self {
            every: Duration::from_mins(1) / account.requests_per_minute.get(),
            patience: account.patience,
            state: Mutex::new(State {
                next: Instant::now(),
                held: None,
            }),
        }
    }

    /// Waits until it is our turn; not longer than patience goes.
    pub(super) async fn turn(&self) -> Result<(), Failed> {
        loop {
            let now = Instant::now();
            match self.place(now)? {
                Place::Mine(at) => {
                    sleep_until(at).await;
                    return Ok(());
                }
                Place::Held(until) => sleep_until(until).await,
            }
        }
    }

    /// Takes a place in the line, unless everybody is told to wait.
    fn place(&self, now: Instant) -> Result<Place, Failed> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((end, until)) = state.held.filter(|(end, _)| *end > now) {
            if end - now > self.patience {
                return Err(ApiError::Limited { until }.into());
            }
            return Ok(Place::Held(end));
        }
        let at = state.next.max(now);
        state.next = at + self.every;
        Ok(Place::Mine(at))
    }

    /// Makes everybody wait, and answers whether that is within patience.
    pub(super) fn hold(&self, wait: Duration, until: Timestamp) -> bool {
        let end = Instant::now() + wait;
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.held.is_none_or(|(held, _)| held < end) {
            state.held = Some((end, until));
        }
        wait <= self.patience
    }
}

enum Place {
    Mine(Instant),
    Held(Instant),
}
