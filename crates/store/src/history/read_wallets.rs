//! Reads what wallets hold, and how much of it is reserved.

use laurel_payloads::{Amount, CustomerId, RewardId, Timestamp};
use sea_orm::{DbBackend, QueryResult};

use crate::convert::{customer_id, parsed};
use crate::{Result, Scope, sql};

/// How much of one reward a customer holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BalanceRecord {
    /// Whose it is.
    pub customer_id: CustomerId,
    /// The reward.
    pub reward_id: RewardId,
    /// Masivo's figure in the newest wallet.
    pub total: Amount,
    /// What is reserved, and neither redeemed nor released nor past its end.
    pub reserved: Amount,
    /// When the next of it expires.
    pub expires_at: Option<Timestamp>,
}

impl Scope {
    /// What the newest wallets of these customers hold, by customer and reward. A reward that a wallet does not list is
    /// not listed here: it is zero.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn balances(&self, customers: &[CustomerId]) -> Result<Vec<BalanceRecord>> {
        let (backend, now) = (self.store().backend(), self.store().clock().now());
        let sql = format!(
            "WITH {} SELECT b.customer_id, b.reward_id, b.total, b.expires_at, \
             COALESCE(r.reserved, 0) AS reserved FROM wallet_balances b \
             LEFT JOIN reserved r ON r.customer_id = b.customer_id AND r.reward_id = b.reward_id \
             WHERE b.source = $1 AND b.customer_id {} ORDER BY b.customer_id, b.reward_id",
            reserved(backend),
            sql::in_list(backend, 3)
        );
        let customers: Vec<String> = customers.iter().map(ToString::to_string).collect();
        let values = [
            self.source().as_str().into(),
            now.micros().into(),
            sql::list(backend, customers),
        ];
        let rows = sql::query(self.reader(), &sql, values).await?;
        rows.iter().map(balance).collect()
    }
}

/// A reservation's lines less what was redeemed or released of the same reward, campaign and issue time, never below
/// zero; a line counts until its reservation ends by itself. Found from the reservations on: most customers have none.
fn reserved(backend: DbBackend) -> String {
    format!(
        "held AS (SELECT DISTINCT customer_id, reward_id FROM reward_lines WHERE source = $1 \
           AND customer_id {} AND kind = 'REWARDS_RESERVATION'), \
         holds AS (SELECT l.customer_id, l.reward_id, {open} AS open \
           FROM held JOIN reward_lines l ON l.source = $1 AND l.customer_id = held.customer_id \
             AND l.reward_id = held.reward_id \
           WHERE l.kind IN ('REWARDS_RESERVATION', 'REWARDS_RESERVATION_CANCELLED', 'CUSTOMER_REDEMPTION') \
           GROUP BY l.customer_id, l.reward_id, l.campaign_id, l.issued_at), \
         reserved AS (SELECT customer_id, reward_id, \
             CAST(sum(CASE WHEN open > 0 THEN open ELSE 0 END) AS BIGINT) AS reserved \
           FROM holds GROUP BY customer_id, reward_id)",
        sql::in_list(backend, 3),
        open = open_amount("$2")
    )
}

/// What is open of the reservation whose lines are `l`, at the time that a parameter gives.
pub(super) fn open_amount(now: &str) -> String {
    format!(
        "sum(CASE WHEN l.kind <> 'REWARDS_RESERVATION' THEN CASE WHEN l.amount < 0 THEN l.amount ELSE 0 END \
         WHEN l.reservation_expires_at IS NULL OR l.reservation_expires_at > {now} THEN l.amount ELSE 0 END)"
    )
}

fn balance(row: &QueryResult) -> Result<BalanceRecord> {
    let reward_id: String = row.try_get("", "reward_id")?;
    Ok(BalanceRecord {
        customer_id: customer_id(row.try_get("", "customer_id")?)?,
        reward_id: parsed(RewardId::try_from(reward_id))?,
        total: Amount::from_millionths(row.try_get("", "total")?),
        reserved: Amount::from_millionths(row.try_get("", "reserved")?),
        expires_at: row
            .try_get::<Option<i64>>("", "expires_at")?
            .map(Timestamp::from_micros),
    })
}
