//! Reads what wallets hold, and how much of it is reserved.

use laurel_payloads::{Amount, CustomerId, RewardId, Sum, Timestamp};
use sea_orm::DbBackend;

use super::holds::{NEVER, holds_by_close, join_lines};
use crate::convert::parsed;
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
    pub reserved: Sum,
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
        let mut found = self.customers_by_id(customers).await?;
        let found = customers.iter().filter_map(|id| found.remove(id));
        Ok(found.flat_map(|customer| customer.balances).collect())
    }
}

/// What the newest wallet of a customer `c` holds, as JSON: for each reward what [`balances_from`] reads. `now` is the
/// parameter that holds the time.
pub(super) fn balances_of_c(backend: DbBackend, now: &str) -> String {
    // What is closed or has ended is not looked at, however much of it there was.
    let open = format!(
        "(SELECT {whole} AS whole, {rest} AS rest FROM {holds} {lines} \
         WHERE h.customer_id || '' = b.customer_id || '' AND h.source = $1 AND h.closed_seq = {NEVER} AND h.ends_at > {now} \
         AND h.reward_id = b.reward_id GROUP BY h.campaign_id, h.issued_at) AS open",
        holds = holds_by_close(backend),
        lines = join_lines(backend),
        whole = sql::whole(&open_amount("l.amount", now)),
        rest = sql::rest(&open_amount("l.amount", now)),
    );
    let holds = sql::json_rows(backend, &sql::json_row(backend, "whole, rest"), &open);
    let columns = format!("b.reward_id, b.total, b.expires_at, {holds}");
    sql::json_rows(
        backend,
        &sql::json_row(backend, &columns),
        "wallet_balances b WHERE b.source = $1 AND b.customer_id = c.customer_id",
    )
}

/// A reward, its total, when it expires, and the sums of its reservations as JSON in a text.
type Columns = (String, i64, Option<i64>, Option<String>);

/// Reads what [`balances_of_c`] selects.
pub(super) fn balances_from(customer: &CustomerId, json: &str) -> Result<Vec<BalanceRecord>> {
    let rows: Vec<Columns> = sql::read_json(json)?;
    let mut balances = rows
        .into_iter()
        .map(|(reward_id, total, expires_at, holds)| {
            let holds: Vec<(i64, i64)> = sql::read_json(holds.as_deref().unwrap_or("[]"))?;
            let holds = holds.into_iter().map(|(whole, rest)| sql::sum(whole, rest));
            Ok(BalanceRecord {
                customer_id: customer.clone(),
                reward_id: parsed(RewardId::try_from(reward_id))?,
                total: Amount::from_millionths(total),
                reserved: holds.filter(|held| *held > Sum::ZERO).sum(),
                expires_at: expires_at.map(Timestamp::from_micros),
            })
        })
        .collect::<Result<Vec<_>>>()?;
    balances.sort_unstable_by(|one, other| one.reward_id.cmp(&other.reward_id));
    Ok(balances)
}

/// What is open of the reservation whose lines are `l`, at the time that a parameter gives: a reservation's lines less
/// what was redeemed or released of the same reward, campaign and issue time; a line counts until its reservation ends
/// by itself.
pub(super) fn open_amount(amount: &str, now: &str) -> String {
    format!(
        "CASE WHEN l.kind <> 'REWARDS_RESERVATION' THEN CASE WHEN {amount} < 0 THEN {amount} ELSE 0 END \
         WHEN l.reservation_expires_at IS NULL OR l.reservation_expires_at > {now} THEN {amount} ELSE 0 END"
    )
}
