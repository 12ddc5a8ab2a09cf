//! What a batch of events says, event by event.

use std::collections::BTreeMap;

use laurel_payloads::{BehaviorEventId, CustomerId, Event, EventKind, Payload, TierChange, TierId};
use laurel_store::{
    CustomerUpdate, LearntReward, LearntTier, NewEntry, NewLine, Source, TierChangeRecord, TierStep,
};

use super::lines::{movement_lines, rewards_of_lines};
use super::snapshots::{profile, resulting_profile, rewards_of_wallet, wallet};
use crate::RecordedEvent;

/// Everything that a batch says, ready to be written.
#[derive(Default)]
pub(super) struct Gathering {
    pub(super) customers: BTreeMap<(Source, CustomerId), CustomerUpdate>,
    pub(super) entries: Vec<NewEntry>,
    pub(super) lines: Vec<NewLine>,
    pub(super) tier_changes: Vec<TierChangeRecord>,
    pub(super) rewards: Vec<LearntReward>,
    pub(super) tiers: Vec<LearntTier>,
}

impl Gathering {
    /// Adds what one event says. An event that names no customer says nothing that is kept here.
    pub(super) fn add(&mut self, event: &RecordedEvent, parsed: Event) {
        let Some(customer_id) = parsed.customer_id.clone() else {
            return;
        };
        let kind = parsed.kind();
        let mut behavior_event_id = None;
        let (mut told, mut moved) = (Told::default(), true);
        match parsed.payload {
            Payload::CustomerRegistration(registration) => {
                told.profile = registration
                    .customer
                    .as_ref()
                    .map(|of| profile(event.seq, of));
                told.wallet = registration.wallet;
            }
            Payload::CustomerAccumulation(movement)
            | Payload::CustomerRedemption(movement)
            | Payload::RewardsReservation(movement)
            | Payload::RewardsReservationCancelled(movement) => {
                let lines = movement_lines(event, &customer_id, kind, &movement.lines);
                self.rewards.extend(rewards_of_lines(&lines));
                self.lines.extend(lines);
                told.wallet = movement.wallet;
            }
            Payload::BehaviorEventFulfilled(outcome) | Payload::BehaviorEventFailed(outcome) => {
                told.profile = resulting_profile(event.seq, &outcome.event);
                behavior_event_id = outcome.event.id;
            }
            Payload::TierUpgrade(change) | Payload::TierDowngrade(change) => {
                self.change_tier(event, &customer_id, kind, change);
            }
            Payload::External(external) => {
                let lines = movement_lines(event, &customer_id, kind, &external.lines);
                moved = !lines.is_empty();
                self.rewards.extend(rewards_of_lines(&lines));
                self.lines.extend(lines);
                told.profile = external.customer.as_ref().map(|of| profile(event.seq, of));
                told.wallet = external.wallet;
            }
            Payload::CouponRedemption(_) | Payload::Unrecognized(_) => {}
        }
        // A profile that an extension has looked up is nothing that happened to the customer.
        if moved {
            self.enter(event, &customer_id, kind, behavior_event_id);
        }
        self.see(event, customer_id, told);
    }

    fn enter(
        &mut self,
        event: &RecordedEvent,
        customer_id: &CustomerId,
        kind: EventKind,
        behavior_event_id: Option<BehaviorEventId>,
    ) {
        self.entries.push(NewEntry {
            source: event.source.clone(),
            customer_id: customer_id.clone(),
            event_id: event.id,
            event_seq: event.seq,
            kind,
            occurred_at: event.occurred_at,
            received_at: event.received_at,
            behavior_event_id,
        });
    }

    /// Folds what an event tells of its customer into what the batch has told so far.
    fn see(&mut self, event: &RecordedEvent, customer_id: CustomerId, told: Told) {
        if let Some(wallet) = &told.wallet {
            self.rewards.extend(rewards_of_wallet(event, wallet));
        }
        let seen = self
            .customers
            .entry((event.source.clone(), customer_id.clone()))
            .or_insert_with(|| CustomerUpdate {
                source: event.source.clone(),
                customer_id,
                first_seen_at: event.received_at,
                last_seen_at: event.received_at,
                profile: None,
                wallet: None,
            });
        seen.first_seen_at = seen.first_seen_at.min(event.received_at);
        seen.last_seen_at = seen.last_seen_at.max(event.received_at);
        if let Some(told) = told.profile
            && seen
                .profile
                .as_ref()
                .is_none_or(|known| known.seq < told.seq)
        {
            seen.profile = Some(told);
        }
        if let Some(told) = told.wallet.map(|told| wallet(event, &told))
            && seen
                .wallet
                .as_ref()
                .is_none_or(|known| known.seq < told.seq)
        {
            seen.wallet = Some(told);
        }
    }

    fn change_tier(
        &mut self,
        event: &RecordedEvent,
        customer_id: &CustomerId,
        kind: EventKind,
        change: TierChange,
    ) {
        let (from, to) = TierStep::sides(&change);
        self.tiers
            .extend([&from, &to].into_iter().filter_map(|step| {
                step.tier_id
                    .as_ref()
                    .map(|tier_id| learnt_tier(event, tier_id, step))
            }));
        self.tier_changes.push(TierChangeRecord {
            source: event.source.clone(),
            customer_id: customer_id.clone(),
            event_seq: event.seq,
            event_id: event.id,
            kind,
            occurred_at: event.occurred_at,
            received_at: event.received_at,
            from,
            to,
            triggered_by: change.triggered_by,
            trigger_event_id: change.trigger_event_id,
            trigger_event_type: change.trigger_event_type,
        });
    }
}

/// What one event tells of its customer.
#[derive(Default)]
struct Told {
    profile: Option<laurel_store::Profile>,
    wallet: Option<laurel_payloads::Wallet>,
}

fn learnt_tier(event: &RecordedEvent, tier_id: &TierId, step: &TierStep) -> LearntTier {
    let described = step.name.is_some() || step.level.is_some();
    LearntTier {
        source: event.source.clone(),
        tier_id: tier_id.clone(),
        seq: if described { event.seq } else { 0 },
        name: step.name.clone(),
        level: step.level,
    }
}
