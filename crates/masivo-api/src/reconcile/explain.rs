//! What explains a difference: Masivo's transactions since the wallet was as it is here.

use std::collections::HashSet;

use laurel_dispatch::RecordedEvent;
use laurel_payloads::{Amount, CustomerId, EventKind, ExternalKey, Payload, Timestamp};
use laurel_store::{HistoryCursor, HistoryFilter, PageRequest, Scope, Store};

use super::compare::Difference;
use crate::accounts::Asked;
use crate::backfill::{SETTLED, owner};
use crate::booking::{Named, has_webhook, signed};
use crate::wire::{Transaction, Transactions};
use crate::{Error, calendar, keys, told};

/// How many years are looked at where no wallet has come, this one included.
const YEARS: i32 = 3;

/// A movement that the wallet here does not know of yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cause {
    pub(super) amount: Amount,
    pub(super) name: String,
    pub(super) at: Option<Timestamp>,
    pub(super) why: Why,
}

/// Why the wallet here does not know of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// No webhook tells of it; the history does.
    External,
    /// No webhook tells of it, and the history does not either.
    NotBroughtIn,
    /// Its webhook has not come.
    WebhookMissing,
    /// Its webhook has not come, and still may.
    WebhookYoung,
}

/// Finds the causes of each difference.
pub(super) async fn all(
    store: &Store,
    account: &Asked,
    customer: &CustomerId,
    as_of: Option<Timestamp>,
    differences: &mut [Difference],
) -> Result<(), Error> {
    let now = store.clock().now();
    let scope = account.scope(store);
    let told = since(account, customer, as_of, calendar::year(now)).await?;
    let owner = owner(account, customer, &told).await?;
    let named = Named {
        customer,
        owner: owner.as_deref(),
    };
    let lines = told::around(&scope, customer, &told.read).await?;
    let by_webhook = told::which(&told.read, &lines);
    let entered = entered(&scope, customer).await?;
    for (transaction, _) in told.read.iter().zip(by_webhook).filter(|(_, told)| !told) {
        let reward = transaction.reward_id.as_ref();
        let difference = differences
            .iter_mut()
            .find(|one| Some(&one.reward) == reward);
        if let (Some(difference), Some(amount)) = (difference, signed(transaction, named)) {
            let key = keys::transaction(customer, transaction);
            difference.causes.push(Cause {
                amount,
                name: transaction
                    .kind
                    .as_str()
                    .chars()
                    .filter(|c| !c.is_control())
                    .collect(),
                at: transaction.happened_at(),
                why: why(transaction, entered.contains(&key), now),
            });
        }
    }
    Ok(())
}

fn why(transaction: &Transaction, entered: bool, now: Timestamp) -> Why {
    let young = transaction
        .happened_at()
        .is_some_and(|at| at > now.saturating_sub(SETTLED));
    match (has_webhook(&transaction.kind), entered) {
        (_, true) => Why::External,
        (false, false) => Why::NotBroughtIn,
        (true, false) if young => Why::WebhookYoung,
        (true, false) => Why::WebhookMissing,
    }
}

/// The transactions since a time; where there is none, of the last few years.
async fn since(
    account: &Asked,
    customer: &CustomerId,
    as_of: Option<Timestamp>,
    this: i32,
) -> Result<Transactions, Error> {
    let first = as_of.map_or(this - YEARS + 1, calendar::year);
    let mut all = Transactions::default();
    for year in first..=this {
        let told = account.client.transactions(customer, Some(year)).await?;
        all.read.extend(told.read);
        all.unreadable += told.unreadable;
    }
    all.read.retain(|one| {
        let after = |as_of| one.happened_at().is_none_or(|at| at > as_of);
        as_of.is_none_or(after)
    });
    Ok(all)
}

/// The keys of the external movements in a customer's history.
async fn entered(scope: &Scope, customer: &CustomerId) -> Result<HashSet<ExternalKey>, Error> {
    let filter = HistoryFilter {
        kinds: Some(vec![EventKind::External]),
        ..HistoryFilter::default()
    };
    let mut keys = HashSet::new();
    let mut page = PageRequest::first(100);
    loop {
        let entries = scope.history(customer, &filter, &page).await?;
        let seqs: Vec<i64> = entries.items.iter().map(|entry| entry.event_seq).collect();
        keys.extend(scope.events_by_seq(&seqs).await?.iter().filter_map(key));
        match entries.items.last() {
            Some(last) if entries.has_next => {
                page.after = Some(HistoryCursor {
                    occurred_at: last.occurred_at,
                    event_seq: last.event_seq,
                });
            }
            _ => return Ok(keys),
        }
    }
}

fn key(event: &RecordedEvent) -> Option<ExternalKey> {
    match event.parse().ok()?.payload {
        Payload::External(external) => Some(external.key),
        _ => None,
    }
}
