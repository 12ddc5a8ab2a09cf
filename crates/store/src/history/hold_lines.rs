//! The lines that reserve rewards, release or redeem them.

use std::collections::HashMap;

use laurel_payloads::{Amount, CampaignId, CustomerId, EventKind, RewardId, Timestamp};
use sea_orm::QueryResult;

use crate::convert::{customer_id, parsed};
use crate::{Error, Result, Scope, sql};

/// A line that reserved, released or redeemed.
pub(super) struct HoldLine {
    pub(super) seq: i64,
    pub(super) kind: EventKind,
    pub(super) occurred_at: Timestamp,
    pub(super) hold: Hold,
    pub(super) amount: Amount,
    pub(super) ends: Option<Timestamp>,
}

/// What tells one reservation from another: the reward, the campaign, and when it was issued.
pub(super) type Hold = (RewardId, Option<CampaignId>, Option<i64>);

impl HoldLine {
    pub(super) fn reserves(&self) -> bool {
        self.kind == EventKind::RewardsReservation
    }
}

impl Scope {
    /// These lines of these customers, in the order of the log, up to an event. From the reservations on, which have an
    /// index of their own: most customers have none.
    pub(super) async fn hold_lines(
        &self,
        mut customers: Vec<String>,
        last: i64,
    ) -> Result<HashMap<CustomerId, Vec<HoldLine>>> {
        let backend = self.store().backend();
        let sql = format!(
            "WITH held AS (SELECT DISTINCT customer_id, reward_id FROM reward_lines WHERE source = $1 \
               AND customer_id {} AND kind = 'REWARDS_RESERVATION') \
             SELECT l.customer_id, l.event_seq, l.kind, l.occurred_at, l.reward_id, l.campaign_id, l.issued_at, l.amount, \
             l.reservation_expires_at FROM held JOIN reward_lines l ON l.source = $1 \
               AND l.customer_id = held.customer_id AND l.reward_id = held.reward_id \
             WHERE l.event_seq <= $3 \
             AND l.kind IN ('REWARDS_RESERVATION', 'REWARDS_RESERVATION_CANCELLED', 'CUSTOMER_REDEMPTION') \
             ORDER BY l.customer_id, l.event_seq, l.line",
            sql::in_list(backend, 2)
        );
        customers.sort_unstable();
        customers.dedup();
        let values = [
            self.source().as_str().into(),
            sql::list(backend, customers),
            last.into(),
        ];
        let mut lines: HashMap<CustomerId, Vec<HoldLine>> = HashMap::new();
        for row in sql::query(self.reader(), &sql, values).await? {
            let customer = customer_id(row.try_get("", "customer_id")?)?;
            lines.entry(customer).or_default().push(line(&row)?);
        }
        Ok(lines)
    }
}

fn line(row: &QueryResult) -> Result<HoldLine> {
    let kind: String = row.try_get("", "kind")?;
    let reward_id: String = row.try_get("", "reward_id")?;
    let campaign_id: Option<String> = row.try_get("", "campaign_id")?;
    let campaign_id = campaign_id.map(|id| parsed(CampaignId::try_from(id)));
    let ends: Option<i64> = row.try_get("", "reservation_expires_at")?;
    Ok(HoldLine {
        seq: row.try_get("", "event_seq")?,
        kind: EventKind::parse_stored(&kind)
            .ok_or_else(|| Error::Corrupt(format!("no kind of line: {kind}")))?,
        occurred_at: Timestamp::from_micros(row.try_get("", "occurred_at")?),
        hold: (
            parsed(RewardId::try_from(reward_id))?,
            campaign_id.transpose()?,
            row.try_get("", "issued_at")?,
        ),
        amount: Amount::from_millionths(row.try_get("", "amount")?),
        ends: ends.map(Timestamp::from_micros),
    })
}
