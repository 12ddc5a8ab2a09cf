//! How many WebSocket connections there are, in all and with the same credentials.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, PoisonError};

use metrics::gauge;

use super::Sockets;

/// The places of one server.
pub(crate) struct Places {
    all: usize,
    per_token: usize,
    hasher: RandomState,
    taken: Arc<Mutex<Taken>>,
}

#[derive(Default)]
struct Taken {
    all: usize,
    by_token: HashMap<u64, usize>,
}

/// A place, given back when dropped.
pub(super) struct Place {
    taken: Arc<Mutex<Taken>>,
    token: Option<u64>,
}

impl Places {
    pub(crate) fn new(settings: &Sockets) -> Self {
        Self {
            all: settings.all,
            per_token: settings.per_token,
            hasher: RandomState::new(),
            taken: Arc::default(),
        }
    }

    /// A place for one more, unless all are taken.
    pub(super) fn take(&self) -> Option<Place> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.all >= self.all {
            return None;
        }
        taken.all += 1;
        gauge!("laurel_graphql_sockets").increment(1.0);
        Some(Place {
            taken: Arc::clone(&self.taken),
            token: None,
        })
    }

    /// Counts a place for credentials; false where they have as many as they may have.
    pub(super) fn count(&self, place: &mut Place, credentials: &[u8]) -> bool {
        let hash = self.hasher.hash_one(credentials);
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let of_token = taken.by_token.entry(hash).or_default();
        if *of_token >= self.per_token {
            return false;
        }
        *of_token += 1;
        place.token = Some(hash);
        true
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        gauge!("laurel_graphql_sockets").decrement(1.0);
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.all -= 1;
        if let Some(token) = self.token
            && let Some(count) = taken.by_token.get_mut(&token)
        {
            *count -= 1;
            if *count == 0 {
                taken.by_token.remove(&token);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_in_all_and_by_token_and_given_back() {
        let places = Places::new(&Sockets {
            all: 3,
            per_token: 1,
            ..Sockets::default()
        });
        let [mut first, mut second, mut third] = [(); 3].map(|()| places.take().expect("a place"));
        assert!(places.take().is_none());
        assert!(places.count(&mut first, b"a"));
        assert!(!places.count(&mut second, b"a"));
        assert!(places.count(&mut third, b"b"));
        drop(first);
        assert!(places.count(&mut second, b"a"));
        drop((second, third));
        let taken = places.taken.lock().expect("a lock");
        assert_eq!((taken.all, taken.by_token.len()), (0, 0));
    }
}
