//! Reads what was reserved at a moment of a history.
//!
//! The lines of the customers in question are read once and folded here, in the order of the log: a page asks for many
//! moments of the same few lines.

use std::collections::{BTreeMap, HashMap};

use laurel_payloads::{Amount, CampaignId, CustomerId, EventKind, RewardId, Timestamp};
use sea_orm::QueryResult;

use crate::convert::{customer_id, parsed};
use crate::{Error, Result, Scope, sql};

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
pub type Reserved = HashMap<RewardId, Amount>;

impl Scope {
    /// What was reserved after each of these events: what they and earlier ones reserved, less what they and earlier ones
    /// released or redeemed of the same reward, campaign and issue time, never below zero; a line counts until its
    /// reservation ends by itself.
    ///
    /// Reads every line that reserves a reward, releases or redeems it: none where a customer has never reserved.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn reserved_after(&self, moments: &[Moment]) -> Result<HashMap<Moment, Reserved>> {
        let mut lines: HashMap<CustomerId, Vec<Line>> = HashMap::new();
        for row in self.reservation_lines(moments).await? {
            let customer = customer_id(row.try_get("", "customer_id")?)?;
            lines.entry(customer).or_default().push(line(&row)?);
        }
        let after = |moment: &Moment| {
            let lines = lines.get(&moment.customer_id).map(Vec::as_slice);
            (moment.clone(), reserved(lines.unwrap_or_default(), moment))
        };
        Ok(moments.iter().map(after).collect())
    }

    async fn reservation_lines(&self, moments: &[Moment]) -> Result<Vec<QueryResult>> {
        let backend = self.store().backend();
        // From the reservations on, which have an index of their own: most customers have none.
        let sql = format!(
            "WITH held AS (SELECT DISTINCT customer_id, reward_id FROM reward_lines WHERE source = $1 \
               AND customer_id {} AND kind = 'REWARDS_RESERVATION') \
             SELECT l.customer_id, l.event_seq, l.kind, l.reward_id, l.campaign_id, l.issued_at, l.amount, \
             l.reservation_expires_at FROM held JOIN reward_lines l ON l.source = $1 \
               AND l.customer_id = held.customer_id AND l.reward_id = held.reward_id \
             WHERE l.event_seq <= $3 \
             AND l.kind IN ('REWARDS_RESERVATION', 'REWARDS_RESERVATION_CANCELLED', 'CUSTOMER_REDEMPTION') \
             ORDER BY l.customer_id, l.event_seq, l.line",
            sql::in_list(backend, 2)
        );
        let mut customers: Vec<String> = moments
            .iter()
            .map(|moment| moment.customer_id.to_string())
            .collect();
        customers.sort_unstable();
        customers.dedup();
        let last = moments.iter().map(|moment| moment.event_seq).max();
        let values = [
            self.source().as_str().into(),
            sql::list(backend, customers),
            last.unwrap_or_default().into(),
        ];
        Ok(sql::query(self.reader(), &sql, values).await?)
    }
}

/// A line that reserved, released or redeemed.
struct Line {
    seq: i64,
    reserves: bool,
    hold: Hold,
    amount: i64,
    ends: Option<i64>,
}

/// What tells one reservation from another.
type Hold = (RewardId, Option<CampaignId>, Option<i64>);

fn line(row: &QueryResult) -> Result<Line> {
    let kind: String = row.try_get("", "kind")?;
    let kind = EventKind::parse_stored(&kind)
        .ok_or_else(|| Error::Corrupt(format!("no kind of line: {kind}")))?;
    let reward_id: String = row.try_get("", "reward_id")?;
    let campaign_id: Option<String> = row.try_get("", "campaign_id")?;
    let campaign_id = campaign_id.map(|id| parsed(CampaignId::try_from(id)));
    Ok(Line {
        seq: row.try_get("", "event_seq")?,
        reserves: kind == EventKind::RewardsReservation,
        hold: (
            parsed(RewardId::try_from(reward_id))?,
            campaign_id.transpose()?,
            row.try_get("", "issued_at")?,
        ),
        amount: row.try_get("", "amount")?,
        ends: row.try_get("", "reservation_expires_at")?,
    })
}

/// Folds the lines of one customer, in the order of the log, up to a moment.
fn reserved(lines: &[Line], moment: &Moment) -> Reserved {
    let mut open: BTreeMap<&Hold, i64> = BTreeMap::new();
    for line in lines.iter().take_while(|line| line.seq <= moment.event_seq) {
        let ended = line
            .ends
            .is_some_and(|ends| ends <= moment.occurred_at.micros());
        let counts = if line.reserves {
            !ended
        } else {
            line.amount < 0
        };
        if counts {
            let held = open.entry(&line.hold).or_default();
            *held = held.saturating_add(line.amount);
        }
    }
    let mut reserved = Reserved::new();
    for ((reward, ..), held) in open.into_iter().filter(|(_, held)| *held > 0) {
        let sum = reserved.entry(reward.clone()).or_insert(Amount::ZERO);
        *sum = Amount::from_millionths(sum.millionths().saturating_add(held));
    }
    reserved
}
