//! The worker that asks for those who were noted: one after the other, at Masivo's pace, and again when it is back.

use std::sync::Arc;
use std::time::Duration;

use laurel_payloads::Timestamp;
use laurel_store::{Clock, Store};
use metrics::counter;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{is_erased, keep, lacks};
use crate::accounts::{self, Asked};
use crate::client::ApiError;
use crate::tables::lookups::{self, Lookup, Outcome};
use crate::{Error, Settings};

/// How often the list is looked at.
const POLL: Duration = Duration::from_secs(5);
/// The wait after a failure that concerns the whole account; it doubles with each.
const PAUSE: Duration = Duration::from_secs(30);
const LONGEST_PAUSE: Duration = Duration::from_mins(15);
/// The wait after an answer about one customer that could not be used, and how often that is tried.
const LATER: Duration = Duration::from_hours(1);
const MOST_ATTEMPTS: i64 = 5;

/// Asks for those whom [`Enrichment`](super::Enrichment) has noted.
#[derive(Debug, Clone)]
pub struct Lookups {
    accounts: Vec<Asked>,
}

/// What became of one step.
enum Step {
    Asked,
    Nothing,
}

impl Lookups {
    /// For the accounts that are to be enriched.
    ///
    /// # Errors
    /// [`Error::Settings`] where an account will not do.
    pub fn new(settings: &Settings, clock: &Arc<dyn Clock>) -> Result<Self, Error> {
        let mut accounts = accounts::all(settings, clock)?;
        accounts.retain(|account| account.enrich);
        Ok(Self { accounts })
    }

    /// Works until it is told to stop; without an account there is nothing to do.
    pub async fn run(self, store: Store, stop: CancellationToken) {
        let mut tasks = JoinSet::new();
        for account in self.accounts {
            let (store, stop) = (store.clone(), stop.clone());
            tasks.spawn(async move { work(&store, &account, &stop).await });
        }
        while tasks.join_next().await.is_some() {}
    }

    /// Asks for everybody who is due, and answers how many that were.
    ///
    /// # Errors
    /// What concerns an account as a whole: the others of it would fare no better.
    pub async fn drain(&self, store: &Store) -> Result<usize, Error> {
        let mut asked = 0;
        for account in &self.accounts {
            while let Step::Asked = step(store, account, &CancellationToken::new()).await? {
                asked += 1;
            }
        }
        Ok(asked)
    }
}

async fn work(store: &Store, account: &Asked, stop: &CancellationToken) {
    let mut failures = 0;
    while !stop.is_cancelled() {
        let wait = match step(store, account, stop).await {
            Ok(Step::Asked) => {
                failures = 0;
                continue;
            }
            Ok(Step::Nothing) => POLL,
            Err(error) => {
                failures += 1;
                let wait = pause(&error, failures, store.clock().now());
                tracing::warn!(source = %account.source, %error, wait = ?wait,
                    "Masivo is not asked for profiles for a while");
                wait
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// Asks for one customer. An error concerns the account as a whole, and the customer waits without having lost a try.
async fn step(store: &Store, account: &Asked, stop: &CancellationToken) -> Result<Step, Error> {
    let Some(lookup) = lookups::claim(store, &account.source).await? else {
        return Ok(Step::Nothing);
    };
    let customer = &lookup.customer_id;
    let known = account.scope(store).customer(customer).await?;
    if !lacks(known.as_ref()) {
        settle(store, &lookup, Outcome::Known).await?;
        return Ok(Step::Asked);
    }
    if is_erased(store, account, customer).await? {
        settle(store, &lookup, Outcome::Missing).await?;
        return Ok(Step::Asked);
    }
    // Only the question may be broken off: what is written is written to its end.
    let asked = stop.run_until_cancelled(account.client.customer(customer));
    let kept = match asked.await {
        Some(Ok(told)) => keep(store, account, customer, told).await,
        Some(Err(error)) => Err(error.into()),
        None => {
            lookups::postpone(store, &lookup, store.clock().now(), false).await?;
            return Ok(Step::Nothing);
        }
    };
    match kept {
        Ok(outcome) => settle(store, &lookup, outcome).await?,
        Err(error) if error.is_general() => {
            lookups::postpone(store, &lookup, store.clock().now(), false).await?;
            return Err(error);
        }
        Err(error) => retry(store, &lookup, &error).await?,
    }
    Ok(Step::Asked)
}

/// An answer about one customer could not be used: it is asked for a few times more, much later.
async fn retry(store: &Store, lookup: &Lookup, error: &Error) -> Result<(), Error> {
    let (source, customer, attempt) = (&lookup.source, &lookup.customer_id, lookup.attempts);
    if attempt < MOST_ATTEMPTS {
        tracing::warn!(%source, customer.id = %customer, %error, attempt, "a profile could not be taken: to be asked for again");
        let due_at = store.clock().now().saturating_add(LATER);
        return Ok(lookups::postpone(store, lookup, due_at, true).await?);
    }
    tracing::error!(%source, customer.id = %customer, %error, attempt, "a profile cannot be taken: given up");
    settle(store, lookup, Outcome::Failed).await
}

async fn settle(store: &Store, lookup: &Lookup, outcome: Outcome) -> Result<(), Error> {
    counter!("laurel_masivo_lookups_total", "outcome" => outcome.as_str()).increment(1);
    Ok(lookups::answered(store, &lookup.source, &lookup.customer_id, outcome).await?)
}

/// Until when Masivo has told us to wait, or longer with each failure.
fn pause(error: &Error, failures: u32, now: Timestamp) -> Duration {
    if let Error::Api(ApiError::Limited { until }) = error {
        let micros = u64::try_from(until.micros() - now.micros()).unwrap_or(0);
        return Duration::from_micros(micros).max(POLL);
    }
    let doublings = failures.clamp(1, 16) - 1;
    PAUSE.saturating_mul(1 << doublings).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_waits_as_long_as_masivo_says_and_longer_with_each_failure() {
        let now = Timestamp::from_micros(0);
        let until = Timestamp::from_micros(7_200_000_000);
        let limited = Error::from(ApiError::Limited { until });
        assert_eq!(pause(&limited, 3, now), Duration::from_hours(2));
        let down = Error::from(ApiError::Unavailable("status 500".to_owned()));
        for (failures, seconds) in [(1, 30), (2, 60), (6, 900), (99, 900)] {
            assert_eq!(pause(&down, failures, now), Duration::from_secs(seconds));
        }
    }
}
