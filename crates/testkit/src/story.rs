//! A make-believe programme's webhooks, and what must come of them.

use laurel_simulator::{Ledger, Programme};

/// Bodies in the order of their receipt, and the ledger that they make.
#[derive(Debug)]
pub struct Story {
    /// The bodies.
    pub bodies: Vec<Vec<u8>>,
    /// What the histories must show when all of them have been handled.
    pub ledger: Ledger,
}

impl Story {
    /// The first webhooks of a programme.
    ///
    /// # Panics
    /// If the programme sends what cannot be read.
    pub fn new(seed: u64, customers: usize, webhooks: usize) -> Self {
        let programme = Programme::new(seed, customers).take(webhooks);
        let bodies: Vec<Vec<u8>> = programme.map(|webhook| webhook.body).collect();
        let mut ledger = Ledger::default();
        for body in &bodies {
            ledger.receive(body).expect("an event");
        }
        Self { bodies, ledger }
    }
}
