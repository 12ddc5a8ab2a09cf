//! Who may hold how many connections.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The connections of one listener, counted in all and by address.
pub(super) struct Slots {
    all: Arc<Semaphore>,
    number: usize,
    per_address: usize,
    held: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// Room for one more connection, whoever it is from.
pub(super) struct Room {
    _permit: Option<OwnedSemaphorePermit>,
}

/// One connection's place; given back when dropped.
pub(super) struct Slot {
    _room: Room,
    address: IpAddr,
    held: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

impl Slots {
    pub(super) fn new(all: usize, per_address: usize) -> Self {
        let number = all.min(u32::MAX as usize).min(Semaphore::MAX_PERMITS);
        Self {
            all: Arc::new(Semaphore::new(number)),
            number,
            per_address,
            held: Arc::default(),
        }
    }

    /// Waits until a connection may be accepted at all; the others wait in the kernel's queue.
    pub(super) async fn room(&self) -> Room {
        // The semaphore is never closed, so there always is a permit in the end.
        let permit = Arc::clone(&self.all).acquire_owned().await.ok();
        Room { _permit: permit }
    }

    /// Waits until no connection is open any more.
    pub(super) async fn empty(&self) {
        let all = u32::try_from(self.number).unwrap_or(u32::MAX);
        // The permits go back at once: what matters is that all of them were there.
        drop(self.all.acquire_many(all).await);
    }

    /// A place for a connection from this address, unless it holds its share already.
    pub(super) fn take(&self, room: Room, peer: IpAddr) -> Option<Slot> {
        let address = network(peer);
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let count = held.entry(address).or_default();
        if *count >= self.per_address {
            return None;
        }
        *count += 1;
        Some(Slot {
            _room: room,
            address,
            held: Arc::clone(&self.held),
        })
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = held.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                held.remove(&self.address);
            }
        }
    }
}

/// What counts as one address: an IPv4 address, however it is written, or an IPv6 /64, since a
/// single customer of a network is given that many.
fn network(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn an_ipv6_network_and_a_mapped_ipv4_address_count_as_one() {
        let network = |text: &str| network(text.parse().unwrap());
        assert_eq!(
            network("2001:db8:1:2:3:4:5:6"),
            network("2001:db8:1:2:ffff::1")
        );
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_eq!(network("::ffff:192.0.2.7"), network("192.0.2.7"));
    }

    #[tokio::test]
    async fn a_dropped_slot_makes_room_for_its_address() {
        let slots = Slots::new(8, 1);
        let peer = IpAddr::from([192, 0, 2, 7]);
        let first = slots.take(slots.room().await, peer);
        assert!(first.is_some());
        assert!(slots.take(slots.room().await, peer).is_none());
        assert!(slots.empty().now_or_never().is_none());
        drop(first);
        slots.empty().await;
        assert!(slots.take(slots.room().await, peer).is_some());
        assert!(slots.held.lock().unwrap().is_empty());
    }
}
