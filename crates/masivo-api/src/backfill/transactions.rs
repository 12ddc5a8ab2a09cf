//! `laurel backfill transactions`: year by year, customer by customer.

use laurel_payloads::{CustomerId, Timestamp};
use laurel_store::{CustomerRecord, Store};

use super::customer_id;
use super::year::{self, Counts};
use crate::Error;
use crate::accounts::Asked;
use crate::calendar;
use crate::customers::Customers;
use crate::progress_bar::Progress;
use crate::tables::progress;

/// The first year that is asked for, where nobody says otherwise.
const EARLIEST: i32 = 2000;
/// After so many years without a transaction there are none before, where nobody knows when the customer registered.
const EMPTY_YEARS: u32 = 2;
/// How far the histories may be behind. What comes in with the traffic is younger than what is looked at here.
const BEHIND: i64 = 100;

#[derive(Debug, Clone, clap::Args)]
pub(super) struct Args {
    /// Only this year; every year since the customer registered, unless given.
    #[arg(long, value_name = "YEAR", value_parser = clap::value_parser!(i32).range(2000..=2200))]
    year: Option<i32>,
    /// Only this customer; everybody, unless given.
    #[arg(long, value_name = "ID", value_parser = customer_id)]
    customer: Option<CustomerId>,
    /// Only this source's account; every account, unless given.
    #[arg(long, value_name = "NAME")]
    pub(super) source: Option<String>,
}

pub(super) async fn run(args: &Args, store: &Store, account: &Asked) -> Result<String, Error> {
    up_to_date(store).await?;
    let scope = account.scope(store);
    let mut customers = Customers::new(&scope, args.customer.as_ref());
    let mut bar = Progress::new("customers", customers.count().await?);
    // One customer alone is looked at from the start, and is no part of the run over everybody.
    let begun = match args.customer {
        Some(_) => store.clock().now(),
        None => progress::begin(store, &account.source).await?,
    };
    let (mut counts, mut asked) = (Counts::default(), 0_u64);
    loop {
        let page = customers.next().await?;
        if page.is_empty() {
            break;
        }
        for (customer, known) in page {
            let run = Run {
                store,
                account,
                begun,
                customer: &customer,
            };
            counts.add(run.years(args.year, known.as_ref()).await?);
            asked += 1;
            bar.step();
        }
    }
    if args.customer.is_none() {
        progress::end(store, &account.source).await?;
    }
    drop(bar);
    Ok(format!("{asked} customers: {counts}"))
}

/// What webhooks have told is matched against the histories: those must be there.
async fn up_to_date(store: &Store) -> Result<(), Error> {
    let backlog = store.backlog().await?;
    let history = backlog.iter().find(|of| of.subscriber == "history");
    match history {
        Some(of) if of.pending > BEHIND || of.dead > 0 => Err(Error::Behind {
            pending: of.pending,
            dead: of.dead,
        }),
        _ => Ok(()),
    }
}

/// One customer's part of a run.
struct Run<'a> {
    store: &'a Store,
    account: &'a Asked,
    begun: Timestamp,
    customer: &'a CustomerId,
}

impl Run<'_> {
    /// This year and those before it, back to where there can be nothing.
    async fn years(
        &self,
        only: Option<i32>,
        known: Option<&CustomerRecord>,
    ) -> Result<Counts, Error> {
        if let Some(year) = only {
            return Ok(self.year(year).await?.0);
        }
        let this = calendar::year(self.store.clock().now());
        // A date that cannot be is none.
        let registered = known
            .and_then(|known| known.registered_at)
            .map(calendar::year)
            .filter(|year| (EARLIEST..=this).contains(year));
        let (mut counts, mut empty) = (Counts::default(), 0);
        for year in (EARLIEST..=this).rev() {
            let told_enough = match registered {
                Some(first) => year < first,
                None => empty >= EMPTY_YEARS,
            };
            if told_enough {
                break;
            }
            let (more, transactions) = self.year(year).await?;
            empty = if transactions == 0 { empty + 1 } else { 0 };
            counts.add(more);
        }
        Ok(counts)
    }

    /// One year, unless nothing new can be told of it; and how many transactions it has.
    async fn year(&self, year: i32) -> Result<(Counts, i64), Error> {
        let source = &self.account.source;
        let done = progress::of(self.store, source, self.customer, year).await?;
        let settled = calendar::end_of(year).saturating_add(year::SETTLED);
        if let Some(done) = done.filter(|done| done.at >= self.begun || done.at > settled) {
            return Ok((Counts::default(), done.transactions));
        }
        let counts = year::bring_in(self.store, self.account, self.customer, year).await?;
        let transactions = counts.transactions();
        progress::done(self.store, source, self.customer, year, transactions).await?;
        Ok((counts, i64::try_from(transactions).unwrap_or(i64::MAX)))
    }
}
