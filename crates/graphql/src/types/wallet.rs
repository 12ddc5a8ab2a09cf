//! The wallet: what a customer holds, as Masivo's newest snapshot says.

use std::sync::Arc;

use async_graphql::{Context, Object, Result};
use laurel_payloads::{Amount, RewardId, Sum, Timestamp, Total};
use laurel_store::{BalanceRecord, CustomerRecord, Moment};

use super::Reward;
use super::expiring::ExpiringAmount;
use super::history::wallet_of;
use super::unexplained::UnexplainedDifference;
use crate::asking::Asking;
use crate::reads::{BodyOf, read};
use crate::scalars::{DateTime, Decimal};

/// The wallet of a customer of whom a snapshot has come.
pub(crate) struct Wallet {
    customer: Arc<CustomerRecord>,
    /// The place in the log of the event that brought the newest snapshot.
    event: i64,
    as_of: Timestamp,
}

impl Wallet {
    /// The wallet of a customer; none before the first snapshot of it.
    pub(crate) fn of(customer: &Arc<CustomerRecord>) -> Option<Self> {
        let (event, as_of) = customer.wallet?;
        Some(Self {
            customer: Arc::clone(customer),
            event,
            as_of,
        })
    }
}

/// What a customer holds. The figures are Masivo's own, never sums of ours: points that expire or are
/// transferred move a wallet without an event.
#[Object]
impl Wallet {
    /// When the event that brought the newest snapshot happened.
    async fn as_of(&self) -> DateTime {
        self.as_of.into()
    }

    /// What is held of each reward. One that the newest snapshot does not list is held no more.
    async fn balances(&self) -> Vec<Balance> {
        self.customer.balances.iter().map(Balance::from).collect()
    }

    /// What will expire, by date and reward, the earliest first: the batches that the newest snapshot holds. It
    /// may hold fewer than its balances add up to, and batches without an end are none of these.
    async fn expiring(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Only what expires before this time.")] before: DateTime,
    ) -> Result<Vec<ExpiringAmount>> {
        let asking = Asking::of(context);
        let body = read(context, BodyOf(self.event)).await?.transpose()?;
        let event = body.map(|body| body.parse()).transpose();
        let event = event.map_err(|error| asking.failed(&error))?;
        let now = asking.scope.store().clock().now();
        let wallet = event.as_ref().and_then(wallet_of);
        let batches = wallet.map(|wallet| wallet.lines.as_slice());
        Ok(ExpiringAmount::of(
            batches.unwrap_or_default(),
            now,
            before.0,
        ))
    }

    /// Where two snapshots of the wallet differ by more than the movements between them, the earliest first: points that
    /// expire, are transferred or migrated move a wallet without an event. Looks at snapshots that are more than a minute
    /// apart with nothing reserved in between, and leaves out what late or reordered events might explain. At most
    /// 1,000 entries are looked through.
    async fn unexplained(
        &self,
        context: &Context<'_>,
        #[graphql(
            desc = "Only snapshots from this time on; from the first where nothing is said."
        )]
        from: Option<DateTime>,
        #[graphql(
            desc = "Only snapshots before this time; up to the newest where nothing is said."
        )]
        to: Option<DateTime>,
    ) -> Result<Vec<UnexplainedDifference>> {
        UnexplainedDifference::of(context, &self.customer, from, to).await
    }
}

/// What is held of one reward.
pub(crate) struct Balance {
    reward: RewardId,
    total: Amount,
    reserved: Reserved,
    expires_at: Option<Timestamp>,
}

/// How much of a balance is reserved.
enum Reserved {
    Known(Sum),
    /// What a snapshot in an event does not tell: reckoned where it is asked for.
    After(Moment),
}

impl From<&BalanceRecord> for Balance {
    fn from(record: &BalanceRecord) -> Self {
        Self {
            reward: record.reward_id.clone(),
            total: record.total,
            reserved: Reserved::Known(record.reserved),
            expires_at: record.expires_at,
        }
    }
}

impl Balance {
    /// What a snapshot in an event says of one reward. One without a reward says nothing.
    pub(crate) fn after(moment: &Moment, total: &Total) -> Option<Self> {
        Some(Self {
            reward: total.reward_id.clone()?,
            total: total.total.unwrap_or(Amount::ZERO),
            reserved: Reserved::After(moment.clone()),
            expires_at: total.expiration_date,
        })
    }
}

/// What is held of one reward.
#[Object]
impl Balance {
    /// The reward.
    async fn reward(&self) -> Reward {
        Reward(self.reward.clone())
    }

    /// How much of it: Masivo's figure.
    async fn total(&self) -> Decimal {
        self.total.into()
    }

    /// How much of it is reserved: reservations not yet redeemed, released or expired. In the balances
    /// after an entry: as of that entry.
    async fn reserved(&self, context: &Context<'_>) -> Result<Decimal> {
        let moment = match &self.reserved {
            Reserved::Known(amount) => return Ok((*amount).into()),
            Reserved::After(moment) => moment,
        };
        let reserved = read(context, moment.clone()).await?.unwrap_or_default();
        let reserved = reserved.get(&self.reward).copied();
        Ok(reserved.unwrap_or_default().into())
    }

    /// When the next of it expires.
    async fn expires_at(&self) -> Option<DateTime> {
        self.expires_at.map(DateTime)
    }
}
