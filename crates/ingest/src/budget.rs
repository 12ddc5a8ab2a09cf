//! How much memory bodies may hold, all of them together: from their first byte until they are on the disk.
//!
//! Half of it is for the first bytes of each body. So those who send much, slowly, leave room for webhooks of the usual
//! size; by default there are as many first bytes as there are connections.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How much of a body counts as its first bytes.
const FIRST: usize = 4 * 1024;

/// The bytes that are free: in all, and for what goes beyond the first bytes of a body.
#[derive(Debug)]
pub(crate) struct Budget {
    all: AtomicUsize,
    beyond: AtomicUsize,
}

/// What one body holds of it; given back when dropped.
#[derive(Debug)]
pub(crate) struct Room {
    budget: Arc<Budget>,
    bytes: usize,
}

impl Budget {
    pub(crate) fn new(bytes: usize) -> Arc<Self> {
        Arc::new(Self {
            all: AtomicUsize::new(bytes),
            beyond: AtomicUsize::new(bytes / 2),
        })
    }

    /// Room for nothing yet.
    pub(crate) fn room(self: &Arc<Self>) -> Room {
        Room {
            budget: Arc::clone(self),
            bytes: 0,
        }
    }
}

impl Room {
    /// Makes room for a body that has grown to so many bytes. False where there is none to be had.
    pub(crate) fn grow(&mut self, bytes: usize) -> bool {
        let more = bytes.saturating_sub(self.bytes);
        let beyond = beyond(bytes.max(self.bytes)) - beyond(self.bytes);
        if !take(&self.budget.beyond, beyond) {
            return false;
        }
        if !take(&self.budget.all, more) {
            give(&self.budget.beyond, beyond);
            return false;
        }
        self.bytes += more;
        true
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        give(&self.budget.beyond, beyond(self.bytes));
        give(&self.budget.all, self.bytes);
    }
}

fn beyond(bytes: usize) -> usize {
    bytes.saturating_sub(FIRST)
}

fn take(free: &AtomicUsize, bytes: usize) -> bool {
    let less = |free: usize| free.checked_sub(bytes);
    free.fetch_update(Ordering::AcqRel, Ordering::Acquire, less)
        .is_ok()
}

fn give(free: &AtomicUsize, bytes: usize) {
    free.fetch_add(bytes, Ordering::AcqRel);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_is_given_back_and_no_more_is_held_than_there_is() {
        let budget = Budget::new(8 * FIRST);
        let mut small = budget.room();
        assert!(small.grow(FIRST) && small.grow(FIRST), "growing by nothing");
        let mut rooms: Vec<Room> = (0..8).map(|_| budget.room()).collect();
        let taken = rooms.iter_mut().map(|room| usize::from(room.grow(FIRST)));
        assert_eq!(taken.sum::<usize>(), 7);
        drop((small, rooms));
        let mut again = budget.room();
        assert!(again.grow(5 * FIRST) && !again.grow(6 * FIRST));
        drop(again);
        assert_eq!(budget.all.load(Ordering::Acquire), 8 * FIRST);
        assert_eq!(budget.beyond.load(Ordering::Acquire), 4 * FIRST);
    }

    #[test]
    fn large_bodies_leave_room_for_small_ones() {
        let budget = Budget::new(8 * FIRST);
        let mut large = budget.room();
        assert!(large.grow(5 * FIRST));
        let mut another = budget.room();
        assert!(another.grow(FIRST) && !another.grow(FIRST + 1));
        let mut small = budget.room();
        assert!(small.grow(FIRST));
    }
}
