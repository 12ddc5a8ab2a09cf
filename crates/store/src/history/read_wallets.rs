//! Reads what wallets hold, and how much of it is reserved.

use laurel_payloads::{Amount, CustomerId, RewardId, Timestamp};
use sea_orm::QueryResult;

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

/// A reservation's lines less what was redeemed or released of the same reward, campaign and issue time, never below
/// zero; a line counts until its reservation ends by itself.
const RESERVED: &str = "COALESCE((SELECT CAST(sum(CASE WHEN open > 0 THEN open ELSE 0 END) AS BIGINT) FROM \
     (SELECT sum(held.amount) + COALESCE((SELECT sum(CASE WHEN closed.amount < 0 THEN closed.amount ELSE 0 END) \
       FROM reward_lines closed WHERE closed.source = held.source AND closed.customer_id = held.customer_id \
       AND closed.reward_id = held.reward_id AND closed.kind IN ('REWARDS_RESERVATION_CANCELLED', 'CUSTOMER_REDEMPTION') \
       AND COALESCE(closed.campaign_id, '') = COALESCE(held.campaign_id, '') \
       AND COALESCE(closed.issued_at, 0) = COALESCE(held.issued_at, 0)), 0) AS open \
     FROM reward_lines held WHERE held.source = b.source AND held.customer_id = b.customer_id \
     AND held.reward_id = b.reward_id AND held.kind = 'REWARDS_RESERVATION' \
     AND (held.reservation_expires_at IS NULL OR held.reservation_expires_at > $2) \
     GROUP BY held.source, held.customer_id, held.reward_id, held.campaign_id, held.issued_at) AS holds), 0)";

impl Scope {
    /// What the newest wallets of these customers hold, by customer and reward. A reward that a wallet does not list is
    /// not listed here: it is zero.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn balances(&self, customers: &[CustomerId]) -> Result<Vec<BalanceRecord>> {
        let (backend, now) = (self.store().backend(), self.store().clock().now());
        let sql = format!(
            "SELECT b.customer_id, b.reward_id, b.total, b.expires_at, {RESERVED} AS reserved \
             FROM wallet_balances b WHERE b.source = $1 AND b.customer_id {} \
             ORDER BY b.customer_id, b.reward_id",
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
