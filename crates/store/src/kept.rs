//! What is read from the database again and again and hardly ever changes, kept at hand for a moment.
//!
//! What this process changes counts at once, what another copy changes within [`KEPT`].

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use laurel_payloads::Timestamp;

/// How long something may be behind what another copy has written.
const KEPT: Duration = Duration::from_secs(2);

/// As many things are kept of a kind.
const MOST: usize = 1_000;

/// What is kept of one kind of thing.
pub(crate) struct Kept<K, V> {
    things: Mutex<HashMap<K, Thing<V>>>,
    changes: AtomicU64,
}

struct Thing<V> {
    value: Arc<V>,
    since: Timestamp,
    changes: u64,
}

/// How many changes there were when something was read: to be taken before it is.
#[derive(Clone, Copy)]
pub(crate) struct Changes(u64);

impl<K, V> Default for Kept<K, V> {
    fn default() -> Self {
        Self {
            things: Mutex::default(),
            changes: AtomicU64::new(0),
        }
    }
}

impl<K: Eq + Hash, V> Kept<K, V> {
    /// What is kept no longer is what the database holds.
    pub(crate) fn forget(&self) {
        self.changes.fetch_add(1, Ordering::AcqRel);
    }

    /// How many changes there were so far.
    pub(crate) fn changes(&self) -> Changes {
        Changes(self.changes.load(Ordering::Acquire))
    }

    /// What is kept under a key, unless it is too old or something has changed since it was read.
    pub(crate) fn get(&self, key: &K, now: Timestamp) -> Option<Arc<V>> {
        let Changes(changes) = self.changes();
        let things = self.lock();
        let thing = things.get(key)?;
        let fresh = thing.since <= now && now < thing.since.saturating_add(KEPT);
        (fresh && thing.changes == changes).then(|| Arc::clone(&thing.value))
    }

    /// Keeps what was read after so many changes.
    pub(crate) fn keep(&self, key: K, value: Arc<V>, since: Timestamp, read_after: Changes) {
        let mut things = self.lock();
        if things.len() >= MOST {
            things.clear();
        }
        let Changes(changes) = read_after;
        let thing = Thing {
            value,
            since,
            changes,
        };
        things.insert(key, thing);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, Thing<V>>> {
        self.things.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_micros(millis * 1_000)
    }

    #[test]
    fn a_thing_is_kept_for_two_seconds() {
        let kept = Kept::default();
        kept.keep("a", Arc::new(1), at(0), kept.changes());
        assert_eq!(kept.get(&"a", at(1_999)).as_deref(), Some(&1));
        assert_eq!(kept.get(&"b", at(0)), None);
        for too_old in [2_000, -1] {
            assert_eq!(kept.get(&"a", at(too_old)), None, "{too_old}");
        }
    }

    #[test]
    fn what_was_read_before_a_change_is_not_kept_after_it() {
        let kept = Kept::default();
        let before = kept.changes();
        kept.forget();
        kept.keep("a", Arc::new(1), at(0), before);
        assert_eq!(kept.get(&"a", at(0)), None);
        kept.keep("a", Arc::new(2), at(0), kept.changes());
        assert_eq!(kept.get(&"a", at(0)).as_deref(), Some(&2));
        kept.forget();
        assert_eq!(kept.get(&"a", at(0)), None);
    }

    #[test]
    fn there_is_a_bound_to_how_much_is_kept() {
        let kept = Kept::default();
        for number in 0..=MOST {
            kept.keep(number, Arc::new(()), at(0), kept.changes());
        }
        assert!(kept.lock().len() <= MOST);
        assert!(kept.get(&MOST, at(0)).is_some());
    }
}
