//! Reads what was reserved at a moment of a history.
//!
//! The lines of the customers in question are read once and folded here, in the order of the log: a page asks for many
//! moments of the same few lines.

use std::collections::{BTreeMap, HashMap};

use laurel_payloads::{Amount, CustomerId, RewardId, Sum, Timestamp};

use super::hold_lines::{Hold, HoldLine, Stretch, Wanted};
use crate::{Result, Scope};

/// A moment in a customer's history: right after an event.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Moment {
    /// Whose history it is.
    pub customer_id: CustomerId,
    /// The event's place in the log.
    pub event_seq: i64,
    /// When the event happened.
    pub occurred_at: Timestamp,
}

/// What was reserved, by reward; one that is not here was not.
pub type Reserved = HashMap<RewardId, Sum>;

impl Scope {
    /// What was reserved after each of these events: what they and earlier ones reserved, less what they and earlier ones
    /// released or redeemed of the same reward, campaign and issue time, never below zero; a line counts until its
    /// reservation ends by itself.
    ///
    /// Reads the lines of what may be open at one of these moments: what was closed or had ended before is not looked at.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn reserved_after(&self, moments: &[Moment]) -> Result<HashMap<Moment, Reserved>> {
        let lines = self.hold_lines(Wanted::OpenIn(stretches(moments))).await?;
        let after = |moment: &Moment| {
            let lines = lines.get(&moment.customer_id).map(Vec::as_slice);
            (moment.clone(), reserved(lines.unwrap_or_default(), moment))
        };
        Ok(moments.iter().map(after).collect())
    }
}

/// The stretch of each customer's history that these moments lie in.
fn stretches(moments: &[Moment]) -> Vec<Stretch> {
    let mut stretches = BTreeMap::<&CustomerId, Stretch>::new();
    for moment in moments {
        let stretch = stretches
            .entry(&moment.customer_id)
            .or_insert_with(|| Stretch {
                customer: moment.customer_id.to_string(),
                first: moment.event_seq,
                last: moment.event_seq,
                earliest: moment.occurred_at,
            });
        stretch.first = stretch.first.min(moment.event_seq);
        stretch.last = stretch.last.max(moment.event_seq);
        stretch.earliest = stretch.earliest.min(moment.occurred_at);
    }
    stretches.into_values().collect()
}

/// Folds the lines of one customer, in the order of the log, up to a moment.
fn reserved(lines: &[HoldLine], moment: &Moment) -> Reserved {
    let mut open: BTreeMap<&Hold, Sum> = BTreeMap::new();
    for line in lines.iter().take_while(|line| line.seq <= moment.event_seq) {
        let ended = line.ends.is_some_and(|ends| ends <= moment.occurred_at);
        let counts = if line.reserves() {
            !ended
        } else {
            line.amount < Amount::ZERO
        };
        if counts {
            let held = open.entry(&line.hold).or_default();
            *held = *held + line.amount.into();
        }
    }
    let mut reserved = Reserved::new();
    for ((reward, ..), held) in open.into_iter().filter(|(_, held)| *held > Sum::ZERO) {
        let sum = reserved.entry(reward.clone()).or_default();
        *sum = *sum + held;
    }
    reserved
}
