//! Webhooks in the order in which a real sender might post them: some late, some twice.

use std::collections::BTreeMap;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::Webhook;

/// How orderly the sender is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// How many different webhooks to send; what is sent again comes on top.
    pub events: u64,
    /// How likely a webhook is sent again, between 0 and 1, byte for byte and once.
    pub duplicates: f64,
    /// How many others may overtake a webhook; 0 keeps the order.
    pub shuffle: u64,
    /// Decides which are late and which are repeated, apart from the programme's own seed.
    pub seed: u64,
}

/// How many others, at most, are sent before a webhook is sent again.
const REPEATED_WITHIN: u64 = 32;

/// The webhooks of a story, in the order of their posts.
#[derive(Debug)]
pub struct Traffic<S> {
    story: std::iter::Fuse<S>,
    settings: Settings,
    rng: ChaCha8Rng,
    /// By when they are due, then by when they were told.
    pending: BTreeMap<(u64, u64), Webhook>,
    told: u64,
}

impl<S: Iterator<Item = Webhook>> Traffic<S> {
    /// Posts of a story's first webhooks. Never ends where `events` is `u64::MAX` and the story
    /// does not.
    pub fn new(story: S, settings: Settings) -> Self {
        let rng = ChaCha8Rng::seed_from_u64(settings.seed);
        Self {
            story: story.fuse(),
            settings,
            rng,
            pending: BTreeMap::new(),
            told: 0,
        }
    }

    /// Takes the story's next webhook in; false at its end.
    fn hear(&mut self) -> bool {
        if self.told >= self.settings.events {
            return false;
        }
        let Some(webhook) = self.story.next() else {
            return false;
        };
        let due = self
            .told
            .saturating_add(self.rng.random_range(0..=self.settings.shuffle));
        if self
            .rng
            .random_bool(self.settings.duplicates.clamp(0.0, 1.0))
        {
            let again = due.saturating_add(self.rng.random_range(1..=REPEATED_WITHIN));
            self.pending.insert((again, self.told), webhook.clone());
        }
        self.pending.insert((due, self.told), webhook);
        self.told += 1;
        true
    }
}

impl<S: Iterator<Item = Webhook>> Iterator for Traffic<S> {
    type Item = Webhook;

    fn next(&mut self) -> Option<Webhook> {
        // Nothing still to be told can be due before its number.
        while self
            .pending
            .first_key_value()
            .is_none_or(|((due, _), _)| *due >= self.told)
        {
            if !self.hear() {
                break;
            }
        }
        self.pending.pop_first().map(|(_, webhook)| webhook)
    }
}
