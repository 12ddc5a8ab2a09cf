//! `Courtesy`: while webhooks come in they have the machine, and mails are written at a pace that leaves it to them.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use laurel_store::Store;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

/// Webhooks come in for so long after the last one.
const BUSY_FOR: Duration = Duration::from_millis(100);

/// From the beginning of one mail to that of the next, in times of what writing one took. A mail costs about three times as
/// much as its writing, of which the rest is the database's and the relay's.
const SPACING: u32 = 6;

/// What takes longer to write waits for something other than the processor.
const LONGEST: Duration = Duration::from_millis(5);

/// Mails that have to wait are begun together, so that they are recorded together.
const BURST: Duration = Duration::from_millis(50);

pub(super) struct Courtesy(Mutex<State>);

struct State {
    since: Instant,
    appended: watch::Receiver<()>,
    busy_until: Instant,
    /// When the next mail may be begun, while webhooks come in.
    next: Instant,
    /// How long writing the last one took.
    took: Duration,
}

impl Courtesy {
    pub(super) fn to_intake(store: &Store) -> Self {
        let now = Instant::now();
        Self(Mutex::new(State {
            since: now,
            appended: store.appends(),
            busy_until: now,
            next: now,
            took: Duration::ZERO,
        }))
    }

    /// Waits until the next mail may be begun.
    pub(super) async fn wait(&self) {
        let begin = self.state().begin(Instant::now());
        if let Some(begin) = begin {
            sleep_until(begin).await;
        }
    }

    /// Remembers how long it took to write one.
    pub(super) fn wrote(&self, took: Duration) {
        self.state().took = took.min(LONGEST);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// When the next mail may be begun, if not now; nobody else begins one before it has had its time.
    fn begin(&mut self, now: Instant) -> Option<Instant> {
        if self.appended.has_changed().unwrap_or(false) {
            self.appended.mark_unchanged();
            self.busy_until = now + BUSY_FOR;
        }
        if now >= self.busy_until {
            return None;
        }
        let begin = self.next.max(now);
        self.next = begin + self.took * SPACING;
        Some(if begin > now { self.burst(begin) } else { now })
    }

    /// When the burst begins that a mail is part of.
    fn burst(&self, begin: Instant) -> Instant {
        let micros = begin.duration_since(self.since).as_micros();
        let bursts = micros.div_ceil(BURST.as_micros());
        self.since + BURST * u32::try_from(bursts).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOOK: Duration = Duration::from_millis(1);

    fn state(now: Instant) -> (watch::Sender<()>, State) {
        let (append, appended) = watch::channel(());
        let state = State {
            since: now,
            appended,
            busy_until: now,
            next: now,
            took: TOOK,
        };
        (append, state)
    }

    #[test]
    fn mails_are_spaced_while_webhooks_come_in() {
        let now = Instant::now();
        let (append, mut state) = state(now);
        append.send_replace(());
        let begun: Vec<_> = (0..10).filter_map(|_| state.begin(now)).collect();
        assert_eq!((begun.len(), begun[0]), (10, now));
        for (place, begin) in (0..).zip(&begun) {
            let due = now + place * SPACING * TOOK;
            assert!(*begin >= due && *begin < due + BURST);
        }
        assert_eq!(begun[1], begun[4], "together");
    }

    #[test]
    fn nothing_is_held_back_once_no_more_come() {
        let now = Instant::now();
        let (append, mut state) = state(now);
        assert_eq!(state.begin(now), None);
        append.send_replace(());
        assert_eq!(state.begin(now), Some(now));
        assert_eq!(state.begin(now + BUSY_FOR), None);
    }
}
