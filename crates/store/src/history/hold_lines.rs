//! The lines that reserve rewards, release or redeem them.

use std::collections::HashMap;

use laurel_payloads::{Amount, CampaignId, CustomerId, EventKind, RewardId, Timestamp};
use sea_orm::{DbBackend, QueryResult, Value};
use serde_json::{Value as Json, json};

use super::holds::{NEVER, NO_TIME, join_holds, join_lines};
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

/// The holds whose lines are wanted.
pub(super) enum Wanted {
    /// All of these customers'.
    Of(Vec<String>),
    /// Those that may be open somewhere in a stretch of a customer's history.
    OpenIn(Vec<Stretch>),
    /// Those that these events reserved something of: the customer, and the event's place in the log.
    By(Vec<(String, i64)>),
}

/// A stretch of a customer's history, by its events' places in the log.
pub(super) struct Stretch {
    pub(super) customer: String,
    pub(super) first: i64,
    pub(super) last: i64,
    /// When the earliest of its events happened.
    pub(super) earliest: Timestamp,
}

impl Scope {
    /// The lines of these holds, in the order of the log.
    pub(super) async fn hold_lines(
        &self,
        wanted: Wanted,
    ) -> Result<HashMap<CustomerId, Vec<HoldLine>>> {
        let backend = self.store().backend();
        let (holds, parameter) = wanted.holds(backend);
        let sql = format!(
            "WITH h AS ({holds}) SELECT l.customer_id, l.event_seq, l.kind, l.occurred_at, l.reward_id, l.campaign_id, \
             l.issued_at, l.amount, l.reservation_expires_at FROM h {} ORDER BY l.customer_id, l.event_seq, l.line",
            join_lines(backend)
        );
        let values = [self.source().as_str().into(), parameter];
        let mut lines: HashMap<CustomerId, Vec<HoldLine>> = HashMap::new();
        for row in sql::query(self.reader(), &sql, values).await? {
            let customer = customer_id(row.try_get("", "customer_id")?)?;
            lines.entry(customer).or_default().push(line(&row)?);
        }
        Ok(lines)
    }
}

impl Wanted {
    /// The rows of these holds, and what the second parameter is.
    fn holds(self, backend: DbBackend) -> (String, Value) {
        let select = "SELECT h.source, h.customer_id, h.reward_id, h.campaign_id, h.issued_at FROM";
        match self {
            Self::Of(mut customers) => {
                customers.sort_unstable();
                customers.dedup();
                let of = sql::in_list(backend, 2);
                let sql = format!("{select} holds h WHERE h.source = $1 AND h.customer_id {of}");
                (sql, sql::list(backend, customers))
            }
            Self::OpenIn(stretches) => {
                let columns = [
                    ("customer_id", "TEXT"),
                    ("first", "BIGINT"),
                    ("last", "BIGINT"),
                    ("earliest", "BIGINT"),
                ];
                let given = sql::json_table(backend, "$2", &columns);
                let open = |closed: &str| {
                    let condition = format!(
                        "h.customer_id || '' = s.customer_id || '' AND h.source = $1 AND {closed} AND h.ends_at > s.earliest \
                         AND h.opened_seq <= s.last"
                    );
                    let holds = join_holds(backend, &condition);
                    format!("{select} ({given}) AS s {holds}")
                };
                // Apart, so that each begins in the index where those that have ended are behind.
                let sql = format!(
                    "{} UNION ALL {}",
                    open(&format!("h.closed_seq = {NEVER}")),
                    open(&format!(
                        "h.closed_seq > s.first AND h.closed_seq < {NEVER}"
                    )),
                );
                let stretches = stretches
                    .iter()
                    .map(|one| json!([one.customer, one.first, one.last, one.earliest.micros()]));
                (sql, stretches.collect::<Json>().to_string().into())
            }
            Self::By(events) => {
                let given = sql::json_table(
                    backend,
                    "$2",
                    &[("customer_id", "TEXT"), ("event_seq", "BIGINT")],
                );
                let sql = format!(
                    "SELECT DISTINCT r.source, r.customer_id, r.reward_id, coalesce(r.campaign_id, '') AS campaign_id, \
                     coalesce(r.issued_at, {NO_TIME}) AS issued_at FROM ({given}) AS e JOIN reward_lines r \
                     ON r.source = $1 AND r.customer_id = e.customer_id AND r.event_seq = e.event_seq \
                     AND r.kind = 'REWARDS_RESERVATION'"
                );
                (sql, json!(events).to_string().into())
            }
        }
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
