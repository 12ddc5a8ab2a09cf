//! `laurel reconcile`: compares the balances here with Masivo's, and explains each difference.

mod compare;
mod explain;
mod report;

use clap::Parser;
use laurel_payloads::CustomerId;
use laurel_store::Store;

use crate::accounts::{self, Asked};
use crate::backfill::customer_id;
use crate::customers::Customers;
use crate::progress_bar::Progress;
use crate::{Error, Settings};
use compare::Verdict;

/// Compare the balances here with Masivo's, customer by customer, and say what explains each difference.
///
/// Nothing is changed. The exit code is 0 where there is no difference, and 1 where there is one.
#[derive(Debug, Clone, Parser)]
#[command(name = "reconcile")]
pub struct Reconcile {
    /// Only this customer; everybody, unless given.
    #[arg(long, value_name = "ID", value_parser = customer_id)]
    customer: Option<CustomerId>,
    /// Only this source's account; every account, unless given.
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
}

/// What a comparison has shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reconciliation {
    /// The differences, each with what explains it, and a last line that counts them.
    pub report: String,
    /// How many there are.
    pub differences: usize,
}

#[derive(Debug, Default)]
struct Tally {
    compared: usize,
    differences: usize,
    explained: usize,
    unknown: usize,
}

impl Reconcile {
    /// Compares, and answers with a report.
    ///
    /// # Errors
    /// [`Error`]; [`Error::Unknown`] for a customer whom nobody knows.
    pub async fn run(self, settings: &Settings, store: &Store) -> Result<Reconciliation, Error> {
        let accounts = accounts::named(settings, store.clock(), self.source.as_deref())?;
        let mut done = Reconciliation {
            report: String::new(),
            differences: 0,
        };
        for account in &accounts {
            let tally = self.account(store, account, &mut done.report).await?;
            done.differences += tally.differences;
            done.report += &format!(
                "{}: {} customers compared, {} unknown to Masivo; {} differences, {} explained\n",
                account.source, tally.compared, tally.unknown, tally.differences, tally.explained
            );
        }
        Ok(done)
    }

    async fn account(
        &self,
        store: &Store,
        account: &Asked,
        report: &mut String,
    ) -> Result<Tally, Error> {
        let scope = account.scope(store);
        let mut customers = Customers::new(&scope, self.customer.as_ref());
        let mut bar = Progress::new("customers", customers.count().await?);
        let mut tally = Tally::default();
        loop {
            let page = customers.next().await?;
            if page.is_empty() {
                return Ok(tally);
            }
            for (customer, known) in page {
                let is_known = known.is_some();
                match compare::customer(store, account, &customer, known).await? {
                    Verdict::Unknown if !is_known => return Err(Error::Unknown(customer)),
                    Verdict::Unknown => tally.unknown += 1,
                    Verdict::Compared(differences) => {
                        tally.compared += 1;
                        tally.differences += differences.len();
                        for difference in &differences {
                            tally.explained += usize::from(difference.is_explained());
                            *report += &report::difference(account, &customer, difference);
                        }
                    }
                }
                bar.step();
            }
        }
    }
}
