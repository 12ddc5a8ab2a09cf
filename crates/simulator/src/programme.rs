//! The programme: its customers, its clock, and the webhooks that follow from what they do.

use std::collections::VecDeque;
use std::time::Duration;

use laurel_payloads::Timestamp;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::Webhook;
use crate::account::Account;
use crate::people::Person;
use crate::plan::{self, Step};
use crate::play;

/// 2025-01-06T08:00:00Z, a Monday.
const OPENING: Timestamp = Timestamp::from_micros(1_736_150_400_000_000);
/// How often one customer does something.
const HABIT: Duration = Duration::from_hours(3 * 24);

/// An endless, consistent story of a loyalty programme, told in webhooks.
///
/// The same seed and number of customers tell the same story, byte for byte. No two webhooks of a
/// programme have the same content, and programmes with different seeds share no customer. Memory
/// is that of the customers, however long the story.
#[derive(Debug)]
pub struct Programme {
    pub(crate) rng: ChaCha8Rng,
    pub(crate) clock: Timestamp,
    pub(crate) accounts: Vec<Account>,
    /// Who acts, as an index into the accounts.
    pub(crate) actor: usize,
    /// What is still to come of what they do.
    pub(crate) script: VecDeque<Step>,
}

impl Programme {
    /// A programme that opens at a fixed time in January 2025. Without customers there is no story.
    pub fn new(seed: u64, customers: usize) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let account = |index| {
            let person = Person::new(&mut rng);
            Account::new(person.id(seed, index), person, rng.random())
        };
        let accounts = (0..customers).map(account).collect();
        Self {
            clock: OPENING,
            accounts,
            actor: 0,
            script: VecDeque::new(),
            rng,
        }
    }

    /// The same programme, opening at another time: one close enough to now for its times to be
    /// of interest, and far enough for them not to lie ahead.
    #[must_use]
    pub fn opening_at(mut self, opening: Timestamp) -> Self {
        self.clock = opening;
        self
    }

    /// Time goes on by at least a millisecond, so that no two webhooks have the same.
    pub(crate) fn pass(&mut self, about: Duration) {
        let about = u64::try_from(about.as_millis()).unwrap_or(u64::MAX / 2);
        let millis = self.rng.random_range(1..=1 + about.saturating_mul(2));
        self.clock = self.clock.saturating_add(Duration::from_millis(millis));
    }
}

impl Iterator for Programme {
    type Item = Webhook;

    fn next(&mut self) -> Option<Webhook> {
        let customers = u32::try_from(self.accounts.len())
            .ok()
            .filter(|count| *count > 0)?;
        if self.script.is_empty() {
            self.pass(HABIT / customers);
            self.actor = self.rng.random_range(0..self.accounts.len());
            self.script = plan::next(&mut self.rng, &self.accounts[self.actor], self.clock);
        }
        self.pass(Duration::from_millis(400));
        let step = self.script.pop_front()?;
        Some(play::step(self, step))
    }
}
