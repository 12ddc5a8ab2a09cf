//! Reads what became of reservations.

use std::collections::{BTreeMap, HashMap};

use laurel_payloads::{Amount, CampaignId, CustomerId, EventKind, RewardId, Sum, Timestamp};

use super::hold_lines::{Hold, HoldLine, Wanted};
use super::{Identities, Interval};
use crate::{Result, Scope};

/// What became of one line of a reservation. The parts add up to what was reserved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReservationRecord {
    /// The event that reserved it, by its place in the log.
    pub event_seq: i64,
    /// What was reserved.
    pub reward_id: RewardId,
    /// By which campaign.
    pub campaign_id: Option<CampaignId>,
    /// How much.
    pub reserved: Sum,
    /// How much of it was redeemed.
    pub redeemed: Sum,
    /// How much of it was released.
    pub released: Sum,
    /// How much of it was neither when the reservation ended by itself.
    pub expired: Sum,
    /// How much of it is still reserved.
    pub open: Sum,
    /// When the reservation ends by itself, or ended.
    pub ends: Option<Timestamp>,
}

impl Scope {
    /// What became of the reservations that these events made, by customer and place in the log, in the order of their
    /// lines. What was redeemed or released of the same reward, campaign and issue time counts towards the earliest of
    /// them, whatever arrived first.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn reservations(
        &self,
        events: &[(CustomerId, i64)],
    ) -> Result<HashMap<(CustomerId, i64), Vec<ReservationRecord>>> {
        let now = self.store().clock().now();
        let by = events.iter().map(|(id, seq)| (id.to_string(), *seq));
        let lines = self.hold_lines(Wanted::By(by.collect())).await?;
        let mut found = HashMap::<_, Vec<_>>::new();
        for (id, lines) in lines {
            for outcome in outcomes(&lines, now) {
                let event = (id.clone(), outcome.event_seq);
                found.entry(event).or_default().push(outcome);
            }
        }
        Ok(found)
    }

    /// The stretches of time in which something of a customer's was reserved. One that nothing ended has not ended.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn reserved_intervals(&self, of: impl Into<Identities<'_>>) -> Result<Vec<Interval>> {
        let lines = self.hold_lines(Wanted::Of(of.into().texts())).await?;
        Ok(lines.values().flat_map(|lines| intervals(lines)).collect())
    }
}

/// What was taken of each hold, as positive sums.
#[derive(Default)]
struct Taken {
    redeemed: Sum,
    released: Sum,
}

fn taken(lines: &[HoldLine]) -> BTreeMap<&Hold, Taken> {
    let mut all = BTreeMap::<&Hold, Taken>::new();
    let taking = lines
        .iter()
        .filter(|line| !line.reserves() && line.amount < Amount::ZERO);
    for line in taking {
        let taken = all.entry(&line.hold).or_default();
        let sum = match line.kind {
            EventKind::CustomerRedemption => &mut taken.redeemed,
            _ => &mut taken.released,
        };
        *sum = *sum - line.amount.into();
    }
    all
}

fn outcomes(lines: &[HoldLine], now: Timestamp) -> Vec<ReservationRecord> {
    let mut taken = taken(lines);
    let mut outcomes = Vec::new();
    for line in lines.iter().filter(|line| line.reserves()) {
        let reserved = Sum::from(line.amount);
        let mut left = reserved.max(Sum::ZERO);
        let mut take = |from: &mut Sum| {
            let part = left.min(*from);
            *from = *from - part;
            left = left - part;
            part
        };
        let (redeemed, released) = match taken.get_mut(&line.hold) {
            Some(taken) => (take(&mut taken.redeemed), take(&mut taken.released)),
            None => Default::default(),
        };
        let has_ended = line.ends.is_some_and(|ends| ends <= now);
        let (expired, open) = if has_ended {
            (left, Sum::ZERO)
        } else {
            (Sum::ZERO, left)
        };
        let (reward_id, campaign_id, _) = line.hold.clone();
        outcomes.push(ReservationRecord {
            event_seq: line.seq,
            reward_id,
            campaign_id,
            reserved,
            redeemed,
            released,
            expired,
            open,
            ends: line.ends,
        });
    }
    outcomes
}

/// From the first line that reserves to the last that takes, where that is all of it; else to when it ends by itself.
fn intervals(lines: &[HoldLine]) -> Vec<Interval> {
    let mut holds = BTreeMap::<&Hold, Vec<&HoldLine>>::new();
    for line in lines {
        holds.entry(&line.hold).or_default().push(line);
    }
    let reserved = holds.into_values().filter_map(|lines| {
        let times = lines.iter().map(|line| line.occurred_at);
        let (from, last) = (times.clone().min()?, times.max()?);
        let reserving = lines.iter().filter(|line| line.reserves());
        let ends = reserving.clone().map(|line| line.ends).max()?;
        let never = reserving.clone().any(|line| line.ends.is_none());
        let counts = lines
            .iter()
            .filter(|line| line.reserves() || line.amount < Amount::ZERO);
        let open: Sum = counts.map(|line| Sum::from(line.amount)).sum();
        let to = match ends {
            _ if open <= Sum::ZERO => last,
            Some(ends) if !never => ends.max(last),
            _ => Timestamp::from_micros(i64::MAX),
        };
        Some(Interval { from, to })
    });
    reserved.collect()
}
