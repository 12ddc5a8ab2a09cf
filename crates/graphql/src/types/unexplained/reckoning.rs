//! The reckoning: what a wallet showed, held against what moved. It would rather say nothing than raise a false alarm.
//!
//! What happened within a minute is one moment: which of two events came first, and which of them a snapshot already
//! counts, cannot be told from their times. A moment is *clear* for a reward where each of its events shows the wallet and
//! each shows what the one before it leads to. Only clear moments are compared; what lies between them is added up,
//! whatever its order.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use laurel_payloads::{RewardId, Sum, Timestamp};
use laurel_store::Interval;

/// Events that are no further apart are one moment.
const MOMENT: Duration = Duration::from_mins(1);

/// What one event shows of a wallet.
#[derive(Debug)]
pub(super) struct Seen {
    /// When it happened.
    pub(super) at: Timestamp,
    /// What the wallet held after it, by reward; none where it shows no wallet.
    pub(super) totals: Option<BTreeMap<RewardId, Sum>>,
    /// What it moved, by reward.
    pub(super) moved: BTreeMap<RewardId, Sum>,
}

/// What makes a difference doubtful.
#[derive(Debug, Default)]
pub(super) struct Doubts {
    /// When something was reserved: nobody says whether a total counts it.
    pub(super) reserved: Vec<Interval>,
    /// When the newest event was received that has not moved anything yet.
    pub(super) unsettled: Option<Timestamp>,
}

/// What no movement accounts for, between two moments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Difference {
    pub(super) reward: RewardId,
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
    pub(super) amount: Sum,
}

/// The differences in what was seen of one wallet, the earliest first.
pub(super) fn differences(seen: &[Seen], doubts: &Doubts) -> Vec<Difference> {
    let moments: Vec<&[Seen]> = seen
        .chunk_by(|one, next| next.at <= one.at.saturating_add(MOMENT))
        .collect();
    let totals = seen.iter().filter_map(|one| one.totals.as_ref());
    let rewards: BTreeSet<&RewardId> = totals.flat_map(BTreeMap::keys).collect();
    let each = rewards
        .into_iter()
        .map(|reward| of_reward(reward, &moments, doubts));
    each.flat_map(without_what_cancels_out).collect()
}

fn of_reward(reward: &RewardId, moments: &[&[Seen]], doubts: &Doubts) -> Vec<Difference> {
    let mut differences = Vec::new();
    // The last clear moment's end, what the wallet held then, and what has moved since.
    let mut known: Option<(Timestamp, Sum, Sum)> = None;
    for moment in moments {
        let moved: Sum = moment.iter().map(|one| one.moved_of(reward)).sum();
        let [first, .., last] = moment else {
            // One event, or none.
            if let [only] = moment {
                known = compare(reward, known, only, only, moved, doubts, &mut differences);
            }
            continue;
        };
        if is_clear(reward, moment) {
            known = compare(reward, known, first, last, moved, doubts, &mut differences);
        } else if let Some((_, _, since)) = &mut known {
            *since = *since + moved;
        }
    }
    differences
}

/// Holds the first snapshot of a moment against what is known, and goes on from its last.
fn compare(
    reward: &RewardId,
    known: Option<(Timestamp, Sum, Sum)>,
    first: &Seen,
    last: &Seen,
    moved: Sum,
    doubts: &Doubts,
    differences: &mut Vec<Difference>,
) -> Option<(Timestamp, Sum, Sum)> {
    let (Some(shown), Some(left)) = (first.total_of(reward), last.total_of(reward)) else {
        return known.map(|(at, held, since)| (at, held, since + moved));
    };
    if let Some((from, held, since)) = known {
        let amount = shown - first.moved_of(reward) - since - held;
        if amount != Sum::ZERO && !doubts.concern(from, first.at) {
            differences.push(Difference {
                reward: reward.clone(),
                from,
                to: first.at,
                amount,
            });
        }
    }
    Some((last.at, left, Sum::ZERO))
}

/// Whether each event of a moment shows what the one before it leads to.
fn is_clear(reward: &RewardId, moment: &[Seen]) -> bool {
    moment.windows(2).all(|pair| {
        let totals = (pair[0].total_of(reward), pair[1].total_of(reward));
        matches!(totals, (Some(before), Some(after)) if before + pair[1].moved_of(reward) == after)
    })
}

/// What came out of its order looks like a difference that a later one undoes: neither is one.
fn without_what_cancels_out(differences: Vec<Difference>) -> Vec<Difference> {
    let mut doubtful = vec![false; differences.len()];
    for from in 0..differences.len() {
        let mut sum = Sum::ZERO;
        for to in from..differences.len() {
            sum = sum + differences[to].amount;
            if sum == Sum::ZERO {
                doubtful[from..=to].fill(true);
            }
        }
    }
    let kept = differences.into_iter().zip(doubtful);
    kept.filter_map(|(difference, doubtful)| (!doubtful).then_some(difference))
        .collect()
}

impl Seen {
    fn moved_of(&self, reward: &RewardId) -> Sum {
        self.moved.get(reward).copied().unwrap_or_default()
    }

    /// What the snapshot says of a reward. One that it does not list is zero, unless all that it lists is what the event
    /// itself moved: that may be a part of the wallet only.
    fn total_of(&self, reward: &RewardId) -> Option<Sum> {
        let totals = self.totals.as_ref()?;
        let is_whole = totals.keys().any(|listed| !self.moved.contains_key(listed));
        let listed = totals.get(reward).copied();
        listed.or_else(|| is_whole.then_some(Sum::ZERO))
    }
}

impl Doubts {
    /// Whether they concern this stretch of time.
    fn concern(&self, from: Timestamp, to: Timestamp) -> bool {
        let mut reserved = self.reserved.iter();
        reserved.any(|open| open.from <= to && from < open.to)
            || self.unsettled.is_some_and(|received| from <= received)
    }
}

#[cfg(test)]
mod tests;
