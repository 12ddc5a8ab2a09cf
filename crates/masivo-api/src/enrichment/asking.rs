//! Who is to be asked for, and what Masivo's answer becomes.

use laurel_dispatch::append;
use laurel_payloads::{CustomerId, External};
use laurel_store::{CustomerRecord, Store};

use crate::Error;
use crate::accounts::Asked;
use crate::keys;
use crate::tables::lookups::Outcome;
use crate::wire::Known;

/// What a profile that was looked up is called in the log.
const NAME: &str = "PROFILE";

/// Whether anything is left to be asked for.
pub(crate) fn lacks(known: Option<&CustomerRecord>) -> bool {
    known.is_none_or(|known| known.profile_seq.is_none() || known.email.is_none())
}

/// Whether a customer is erased: they are not asked for, and nothing about them is kept.
pub(crate) async fn is_erased(
    store: &Store,
    account: &Asked,
    customer: &CustomerId,
) -> Result<bool, Error> {
    let scope = account.scope(store);
    let erased = scope.erased(std::slice::from_ref(customer)).await?;
    Ok(!erased.is_empty())
}

/// Keeps what Masivo has told of a customer: a fact of its own in the log. The wallet is taken only where none is known:
/// one that a webhook brings meanwhile is newer than the answer.
pub(crate) async fn keep(
    store: &Store,
    account: &Asked,
    customer: &CustomerId,
    told: Option<Known>,
) -> Result<Outcome, Error> {
    let Some(told) = told else {
        return Ok(Outcome::Missing);
    };
    // Erased while the question was under way.
    if is_erased(store, account, customer).await? {
        return Ok(Outcome::Missing);
    }
    let known = account.scope(store).customer(customer).await?;
    let key = keys::profile(customer, store.clock().now());
    let mut fact = External::new(customer.clone(), key, NAME);
    fact.customer = told.customer;
    if known.is_none_or(|known| known.wallet.is_none()) {
        fact.wallet = told.wallet;
    }
    if fact.customer.is_none() && fact.wallet.is_none() {
        return Ok(Outcome::Missing);
    }
    append(store, &account.source, &[fact]).await?;
    Ok(Outcome::Found)
}
