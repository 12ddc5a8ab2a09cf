//! The ledger: what a history must show after a series of posts, worked out the plain way.
//!
//! Deliberately not the programme's own accounts: it reads the bodies, as the server does, so that
//! the two can be compared.

use std::collections::{BTreeMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use laurel_payloads::{
    Amount, BehaviorEventId, CustomerId, Event, EventKind, Line, Payload, RewardId, TierChange,
    TierId, Unreadable, Wallet,
};

/// Every customer's standing after the posts that were received. Grows with what it receives.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    customers: BTreeMap<CustomerId, Standing>,
    /// Hashes of the bodies received, by which repeats are known.
    received: HashSet<u64>,
    failures: HashSet<(CustomerId, BehaviorEventId)>,
}

/// What a customer's history must show.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// The wallet received last. A reward that it does not list is not here: its balance is zero.
    pub balances: BTreeMap<RewardId, Amount>,
    /// The sum of the lines of all accumulations.
    pub earned: BTreeMap<RewardId, Amount>,
    /// The sum of the lines of all redemptions.
    pub redeemed: BTreeMap<RewardId, Amount>,
    /// The changes of tier in the order of their receipt.
    pub tier_changes: Vec<TierStep>,
    /// Entries of the history; a failure that repeats is one.
    pub entries: BTreeMap<EventKind, u64>,
}

/// One change of tier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TierStep {
    /// [`EventKind::TierUpgrade`] or [`EventKind::TierDowngrade`].
    pub kind: EventKind,
    /// The tier before.
    pub from: Option<TierId>,
    /// The tier after.
    pub to: Option<TierId>,
}

impl Ledger {
    /// Takes note of a post, in the order of receipt; a repeat, byte for byte, changes nothing.
    ///
    /// # Errors
    /// The body is no event that can be read; no programme sends such a thing.
    ///
    /// # Panics
    /// A customer's sums go beyond what an [`Amount`] holds; no programme's do.
    pub fn receive(&mut self, body: &[u8]) -> Result<(), Unreadable> {
        let mut hasher = DefaultHasher::new();
        body.hash(&mut hasher);
        if !self.received.insert(hasher.finish()) {
            return Ok(());
        }
        let event = Event::parse(body)?;
        let kind = event.kind();
        let Some(customer_id) = event.customer_id else {
            return Ok(());
        };
        let is_entry = match &event.payload {
            Payload::BehaviorEventFailed(outcome) => outcome
                .event
                .id
                .clone()
                .is_none_or(|id| self.failures.insert((customer_id.clone(), id))),
            _ => true,
        };
        let standing = self.customers.entry(customer_id).or_default();
        if is_entry {
            *standing.entries.entry(kind).or_default() += 1;
        }
        standing.receive(event.payload);
        Ok(())
    }

    /// The standing of one customer; none for one of whom nothing was received.
    pub fn customer(&self, id: &CustomerId) -> Option<&Standing> {
        self.customers.get(id)
    }

    /// All customers of whom something was received, in the order of their ids.
    pub fn customers(&self) -> impl Iterator<Item = (&CustomerId, &Standing)> {
        self.customers.iter()
    }
}

impl Standing {
    fn receive(&mut self, payload: Payload) {
        match payload {
            Payload::CustomerRegistration(registration) => self.show(registration.wallet),
            Payload::CustomerAccumulation(movement) => {
                add(&mut self.earned, movement.lines);
                self.show(movement.wallet);
            }
            Payload::CustomerRedemption(movement) => {
                add(&mut self.redeemed, movement.lines);
                self.show(movement.wallet);
            }
            Payload::RewardsReservation(movement)
            | Payload::RewardsReservationCancelled(movement) => self.show(movement.wallet),
            Payload::TierUpgrade(change) => self.change_tier(EventKind::TierUpgrade, change),
            Payload::TierDowngrade(change) => self.change_tier(EventKind::TierDowngrade, change),
            Payload::BehaviorEventFulfilled(_)
            | Payload::BehaviorEventFailed(_)
            | Payload::CouponRedemption(_)
            | Payload::External(_)
            | Payload::Unrecognized(_) => {}
        }
    }

    fn show(&mut self, wallet: Option<Wallet>) {
        if let Some(wallet) = wallet {
            let totals = wallet.totals.into_iter();
            self.balances = totals
                .filter_map(|total| total.reward_id.zip(total.total))
                .collect();
        }
    }

    fn change_tier(&mut self, kind: EventKind, change: TierChange) {
        let (from, to) = (change.from_tier_id, change.to_tier_id);
        self.tier_changes.push(TierStep { kind, from, to });
    }

    /// The tier they are in; none before the first change.
    ///
    /// A change that leads into the one before it came late and does not count, unless it leads back.
    pub fn tier(&self) -> Option<&TierId> {
        let mut current: Option<&TierStep> = None;
        for step in &self.tier_changes {
            let late =
                current.is_some_and(|before| step.to == before.from && step.from != before.to);
            if !late {
                current = Some(step);
            }
        }
        current?.to.as_ref()
    }
}

fn add(sums: &mut BTreeMap<RewardId, Amount>, lines: Vec<Line>) {
    for (reward_id, amount) in lines
        .into_iter()
        .filter_map(|line| line.reward_id.zip(line.amount))
    {
        let sum = sums.entry(reward_id).or_default();
        *sum = sum
            .checked_add(amount)
            .expect("a customer's sums are small");
    }
}
