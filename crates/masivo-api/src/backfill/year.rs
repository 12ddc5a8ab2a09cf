//! One customer's year: which of its transactions are new here, and their way into the log.

use std::fmt;
use std::time::Duration;

use laurel_dispatch::{Outcome, append};
use laurel_payloads::{Amount, CustomerId, External, Line};
use laurel_store::Store;

use crate::Error;
use crate::accounts::Asked;
use crate::booking::{Named, has_webhook, signed};
use crate::enrichment::is_erased;
use crate::wire::{Transaction, TransactionType, Transactions};
use crate::{keys, told};

/// How long the webhook of a transaction may take to come: until then it is left to tell.
pub(crate) const SETTLED: Duration = Duration::from_hours(24);
/// How many facts are appended in one transaction.
const BATCH: usize = 100;

/// What became of transactions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    /// Brought in.
    new: usize,
    /// Brought in before.
    known: usize,
    /// Told by a webhook.
    told: usize,
    /// So young that their webhook may still come.
    young: usize,
    /// Nobody can tell what they moved, or which way.
    unclear: usize,
}

impl Counts {
    pub(super) fn add(&mut self, more: Self) {
        self.new += more.new;
        self.known += more.known;
        self.told += more.told;
        self.young += more.young;
        self.unclear += more.unclear;
    }

    pub(super) fn transactions(&self) -> usize {
        self.new + self.known + self.told + self.young + self.unclear
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            new,
            known,
            told,
            young,
            unclear,
        } = self;
        write!(
            f,
            "{new} movements brought in, {known} known before, {told} told by webhooks, {young} left to webhooks that \
             may still come, {unclear} unclear"
        )
    }
}

/// Brings in what is new of a customer's year.
pub(super) async fn bring_in(
    store: &Store,
    account: &Asked,
    customer: &CustomerId,
    year: i32,
) -> Result<Counts, Error> {
    if is_erased(store, account, customer).await? {
        return Ok(Counts::default());
    }
    let answer = account.client.transactions(customer, Some(year)).await?;
    let mut counts = Counts {
        unclear: answer.unreadable,
        ..Counts::default()
    };
    let owner = owner(account, customer, &answer).await?;
    let named = Named {
        customer,
        owner: owner.as_deref(),
    };
    let candidates: Vec<Transaction> = answer.read;
    let lines = told::around(&account.scope(store), customer, &candidates).await?;
    let told = told::which(&candidates, &lines);
    let since = store.clock().now().saturating_sub(SETTLED);
    let mut facts = Vec::new();
    for (transaction, told) in candidates.iter().zip(told) {
        let webhook = has_webhook(&transaction.kind);
        if told {
            counts.told += 1;
        } else if webhook && transaction.happened_at().is_none_or(|at| at > since) {
            counts.young += 1;
        } else if let Some(amount) =
            signed(transaction, named).filter(|_| transaction.reward_id.is_some())
        {
            facts.push(fact(customer, transaction, amount));
        } else {
            counts.unclear += 1;
        }
    }
    for facts in facts.chunks(BATCH) {
        for appended in append(store, &account.source, facts).await? {
            *match appended.outcome {
                Outcome::Duplicate => &mut counts.known,
                _ => &mut counts.new,
            } += 1;
        }
    }
    Ok(counts)
}

/// Masivo's own id of the customer, asked for only where a transfer cannot be told without it.
pub(crate) async fn owner(
    account: &Asked,
    customer: &CustomerId,
    transactions: &Transactions,
) -> Result<Option<String>, Error> {
    let named = Named {
        customer,
        owner: None,
    };
    let unclear = transactions.read.iter().any(|one| {
        one.kind == TransactionType::Transfer
            && one.amount.is_some()
            && signed(one, named).is_none()
    });
    if !unclear {
        return Ok(None);
    }
    let known = account.client.customer(customer).await?;
    Ok(known.and_then(|known| known.owner_id))
}

fn fact(customer: &CustomerId, transaction: &Transaction, amount: Amount) -> External {
    let name = transaction.kind.as_str();
    let name: String = name.chars().filter(|c| !c.is_control()).take(32).collect();
    let name = if name.is_empty() {
        "TRANSACTION"
    } else {
        &name
    };
    let key = keys::transaction(customer, transaction);
    let mut fact = External::new(customer.clone(), key, name);
    fact.occurred_at = transaction.happened_at();
    fact.lines.push(Line {
        amount: Some(amount),
        reward_id: transaction.reward_id.clone(),
        campaign_id: transaction.campaign_id.clone(),
        brand_id: transaction.brand_id.clone(),
        issued_at: transaction.issued_at.or(transaction.created_at),
        ..Line::default()
    });
    fact
}
