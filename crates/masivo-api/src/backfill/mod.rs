//! `laurel backfill`: brings in what webhooks never tell.

mod customers;
mod transactions;
mod year;

use clap::{Parser, Subcommand};
use laurel_payloads::CustomerId;
use laurel_store::Store;

use crate::{Error, Settings, accounts};
pub(crate) use year::{SETTLED, owner};

/// Bring in from Masivo what webhooks never tell: customers who were migrated, points that expired or were transferred.
///
/// It may be run beside a server and as often as one likes: nothing comes in twice. A run that was broken off goes on
/// where it stopped.
#[derive(Debug, Clone, Parser)]
#[command(name = "backfill")]
pub struct Backfill {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Clone, Subcommand)]
enum What {
    /// Profiles of customers whose profile or address is unknown.
    Customers(customers::Args),
    /// Movements that no webhook has told, as external movements of the histories.
    Transactions(transactions::Args),
}

impl Backfill {
    /// Runs it to its end, and answers with a report.
    ///
    /// # Errors
    /// [`Error`]; what was brought in until then stays, and the same command goes on from there.
    pub async fn run(self, settings: &Settings, store: &Store) -> Result<String, Error> {
        let source = match &self.what {
            What::Customers(args) => &args.source,
            What::Transactions(args) => &args.source,
        };
        let accounts = accounts::named(settings, store.clock(), source.as_deref())?;
        let mut report = String::new();
        for account in &accounts {
            let lines = match &self.what {
                What::Customers(args) => customers::run(args, store, account).await?,
                What::Transactions(args) => transactions::run(args, store, account).await?,
            };
            report += &format!("{}: {lines}\n", account.source);
        }
        Ok(report)
    }
}

/// A customer's id as a command line gives it.
pub(crate) fn customer_id(text: &str) -> Result<CustomerId, String> {
    text.parse().map_err(|error| format!("{error}"))
}
