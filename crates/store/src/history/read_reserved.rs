//! Reads what was reserved at a moment of a history.
//!
//! The lines of the customers in question are read once and folded here, in the order of the log: a page asks for many
//! moments of the same few lines.

use std::collections::{BTreeMap, HashMap};

use laurel_payloads::{Amount, CustomerId, RewardId, Sum, Timestamp};

use super::hold_lines::{Hold, HoldLine};
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
    /// Reads every line that reserves a reward, releases or redeems it: none where a customer has never reserved.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn reserved_after(&self, moments: &[Moment]) -> Result<HashMap<Moment, Reserved>> {
        let customers = moments.iter().map(|moment| moment.customer_id.to_string());
        let last = moments.iter().map(|moment| moment.event_seq).max();
        let customers = customers.collect();
        let lines = self.hold_lines(customers, last.unwrap_or_default()).await?;
        let after = |moment: &Moment| {
            let lines = lines.get(&moment.customer_id).map(Vec::as_slice);
            (moment.clone(), reserved(lines.unwrap_or_default(), moment))
        };
        Ok(moments.iter().map(after).collect())
    }
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
