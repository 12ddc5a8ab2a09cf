//! One customer's balances, here and there.

use std::collections::BTreeMap;

use laurel_payloads::{Amount, CustomerId, RewardId, Timestamp, Wallet};
use laurel_store::{CustomerRecord, Store};

use super::explain::{self, Cause};
use crate::Error;
use crate::accounts::Asked;

/// What came of one customer.
pub(super) enum Verdict {
    /// Masivo knows nobody of this id, or tells no wallet.
    Unknown,
    /// The differences there are.
    Compared(Vec<Difference>),
}

/// One reward of which Masivo tells another balance.
#[derive(Debug)]
pub(super) struct Difference {
    pub(super) reward: RewardId,
    pub(super) name: Option<String>,
    pub(super) here: Amount,
    pub(super) there: Amount,
    /// When the wallet was as it is here; none where no wallet has come.
    pub(super) as_of: Option<Timestamp>,
    pub(super) causes: Vec<Cause>,
}

impl Difference {
    /// How much more there is at Masivo than here.
    pub(super) fn size(&self) -> i64 {
        let (there, here) = (self.there.millionths(), self.here.millionths());
        there.saturating_sub(here)
    }

    /// What no cause accounts for.
    pub(super) fn rest(&self) -> Amount {
        let caused = self.causes.iter().map(|cause| cause.amount.millionths());
        Amount::from_millionths(caused.fold(self.size(), i64::saturating_sub))
    }

    pub(super) fn is_explained(&self) -> bool {
        self.rest() == Amount::ZERO
    }
}

/// Compares one customer's balances; a reward that a wallet does not list is zero.
pub(super) async fn customer(
    store: &Store,
    account: &Asked,
    customer: &CustomerId,
    known: Option<CustomerRecord>,
) -> Result<Verdict, Error> {
    let told = account.client.customer(customer).await?;
    // A wallet that is not told is not an empty one.
    let Some(wallet) = told.and_then(|told| told.wallet) else {
        return Ok(Verdict::Unknown);
    };
    let scope = account.scope(store);
    // An id that has become another names the customer under that other.
    let id = known.as_ref().map_or(customer, |known| &known.customer_id);
    let balances = scope.balances(std::slice::from_ref(id)).await?;
    let mut both = BTreeMap::<RewardId, (Amount, Amount)>::new();
    for balance in balances {
        both.entry(balance.reward_id).or_default().0 = balance.total;
    }
    let mut names = BTreeMap::new();
    for (reward, amount, name) in totals(wallet) {
        let there = &mut both.entry(reward.clone()).or_default().1;
        *there = there.checked_add(amount).unwrap_or(*there);
        names.insert(reward, name);
    }
    let as_of = known.as_ref().and_then(|known| Some(known.wallet?.1));
    let differ = both.into_iter().filter(|(_, (here, there))| here != there);
    let mut differences: Vec<Difference> = differ
        .map(|(reward, (here, there))| Difference {
            name: names.remove(&reward).flatten(),
            reward,
            here,
            there,
            as_of,
            causes: Vec::new(),
        })
        .collect();
    if !differences.is_empty() {
        explain::all(store, account, id, as_of, &mut differences).await?;
    }
    Ok(Verdict::Compared(differences))
}

fn totals(wallet: Wallet) -> impl Iterator<Item = (RewardId, Amount, Option<String>)> {
    wallet.totals.into_iter().filter_map(|total| {
        let reward = total.reward;
        let name = reward.as_ref().and_then(|reward| reward.name.clone());
        let id = total.reward_id.or_else(|| reward?.id)?;
        Some((id, total.total.unwrap_or(Amount::ZERO), name))
    })
}
