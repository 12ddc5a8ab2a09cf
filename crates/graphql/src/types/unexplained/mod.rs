//! Where two snapshots of a wallet differ by more than the movements between them.

mod reckoning;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use async_graphql::{Context, Object, Result};
use laurel_payloads::{CustomerId, EventKind, RewardId, Sum, Wallet};
use laurel_store::{
    CustomerRecord, EventBody, HistoryEntryRecord, HistoryFilter, MovedRecord, PageRequest,
};

use super::Reward;
use super::history::wallet_of;
use crate::asking::Asking;
use crate::error::{Code, Refusal};
use crate::reads::{BodyOf, Reads};
use crate::scalars::{DateTime, Decimal};
use reckoning::{Difference, Doubts, Seen};

/// As many entries as one answer looks through.
const MOST: u64 = 1_000;

/// The entries that may show a wallet or move something in it.
const KINDS: [EventKind; 6] = [
    EventKind::CustomerRegistration,
    EventKind::CustomerAccumulation,
    EventKind::CustomerRedemption,
    EventKind::RewardsReservation,
    EventKind::RewardsReservationCancelled,
    EventKind::External,
];

/// By how much two snapshots of a wallet differ beyond the movements between them.
pub(crate) struct UnexplainedDifference(Difference);

/// By how much two snapshots of a wallet differ beyond the movements between them: points expire, are transferred and are
/// migrated without an event. Worked out when it is asked for, and never kept.
#[Object]
impl UnexplainedDifference {
    /// The reward.
    async fn reward(&self) -> Reward {
        Reward(self.0.reward.clone())
    }

    /// When the snapshot before it was so.
    async fn from(&self) -> DateTime {
        self.0.from.into()
    }

    /// When the snapshot after it was so.
    async fn to(&self) -> DateTime {
        self.0.to.into()
    }

    /// By how much: positive where the wallet holds more than the movements account for, negative where it holds less.
    async fn amount(&self) -> Decimal {
        self.0.amount.into()
    }
}

impl UnexplainedDifference {
    /// Looks through what a customer's wallet showed from a time on and before another.
    pub(crate) async fn of(
        context: &Context<'_>,
        customer: &CustomerRecord,
        from: Option<DateTime>,
        to: Option<DateTime>,
    ) -> Result<Vec<Self>> {
        let asking = Asking::of(context);
        let filter = HistoryFilter {
            kinds: Some(KINDS.to_vec()),
            from: from.map(|time| time.0),
            to: to.map(|time| time.0),
            ..HistoryFilter::default()
        };
        let scope = &asking.scope;
        let first = PageRequest::first(MOST);
        let page = scope.history(customer, &filter, &first).await;
        let page = asking.read(page)?;
        if page.has_next {
            let message = format!(
                "At most {MOST} entries are looked through: narrow it with \"from\" and \"to\"."
            );
            return Err(Refusal::new(Code::BadUserInput, message).into());
        }
        let seqs: Vec<i64> = page.items.iter().map(|entry| entry.event_seq).collect();
        let bodies = bodies(context, &seqs).await?;
        let moved = asking.read(scope.moved(customer, seqs).await)?;
        let doubts = Doubts {
            reserved: asking.read(scope.reserved_intervals(customer).await)?,
            unsettled: asking.read(scope.unsettled(customer).await)?,
        };
        let mut differences = Vec::new();
        // A wallet under one id says nothing of that under another.
        for seen in wallets(&page.items, &bodies, &moved).into_values() {
            differences.extend(reckoning::differences(&seen, &doubts));
        }
        differences.sort_by(|one, other| (one.from, &one.reward).cmp(&(other.from, &other.reward)));
        Ok(differences.into_iter().map(Self).collect())
    }
}

/// The events' bodies, by their places in the log: all of them, or it cannot be told what is missing.
async fn bodies(context: &Context<'_>, seqs: &[i64]) -> Result<HashMap<BodyOf, Arc<EventBody>>> {
    let keys = seqs.iter().map(|&seq| BodyOf(seq));
    let reads = context.data_unchecked::<Reads>();
    let found = reads.load_many(keys).await?.into_iter();
    let found = found.map(|(seq, body)| Ok((seq, body?)));
    found.collect()
}

/// What was seen of each wallet, the earliest first.
fn wallets<'a>(
    entries: &'a [HistoryEntryRecord],
    bodies: &HashMap<BodyOf, Arc<EventBody>>,
    moved: &[MovedRecord],
) -> BTreeMap<&'a CustomerId, Vec<Seen>> {
    let mut movements = BTreeMap::<i64, BTreeMap<RewardId, Sum>>::new();
    for one in moved {
        let of_event = movements.entry(one.event_seq).or_default();
        of_event.insert(one.reward_id.clone(), one.amount);
    }
    let mut wallets = BTreeMap::<&CustomerId, Vec<Seen>>::new();
    for entry in entries.iter().rev() {
        let body = bodies.get(&BodyOf(entry.event_seq));
        let event = body.and_then(|body| body.parse().ok());
        let seen = Seen {
            at: entry.occurred_at,
            totals: event.as_ref().and_then(wallet_of).and_then(totals),
            moved: movements.remove(&entry.event_seq).unwrap_or_default(),
        };
        wallets.entry(&entry.customer_id).or_default().push(seen);
    }
    wallets
}

/// What a snapshot says, reward by reward; nothing where it lists none, as one that was cut short might.
fn totals(wallet: &Wallet) -> Option<BTreeMap<RewardId, Sum>> {
    let mut totals = BTreeMap::<RewardId, Sum>::new();
    for total in &wallet.totals {
        let sum = totals.entry(total.reward_id.clone()?).or_default();
        *sum = *sum + Sum::from(total.total?);
    }
    (!totals.is_empty()).then_some(totals)
}
