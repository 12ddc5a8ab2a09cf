//! `laurel backfill customers`: asks for everybody of whom a profile or an address is missing.

use std::path::{Path, PathBuf};

use laurel_payloads::CustomerId;
use laurel_store::Store;

use super::customer_id;
use crate::Error;
use crate::accounts::Asked;
use crate::customers::Customers;
use crate::enrichment::{is_erased, keep, lacks};
use crate::progress_bar::Progress;
use crate::tables::lookups::{self, Outcome};

#[derive(Debug, Clone, clap::Args)]
pub(super) struct Args {
    /// Only this customer, whatever is known of them.
    #[arg(long, value_name = "ID", value_parser = customer_id)]
    customer: Option<CustomerId>,
    /// The customers of a file, one id a line, known here or not; `-` is standard input.
    #[arg(long, value_name = "FILE", conflicts_with = "customer")]
    list: Option<PathBuf>,
    /// Ask also for those who have been asked for before.
    #[arg(long)]
    again: bool,
    /// Only this source's account; every account, unless given.
    #[arg(long, value_name = "NAME")]
    pub(super) source: Option<String>,
}

#[derive(Debug, Default)]
struct Tally {
    asked: u64,
    found: u64,
    missing: u64,
    failed: u64,
}

pub(super) async fn run(args: &Args, store: &Store, account: &Asked) -> Result<String, Error> {
    let wanted = match &args.list {
        Some(path) => listed(path)?,
        None => lacking(store, account, args.customer.as_ref()).await?,
    };
    let mut progress = Progress::new("customers", wanted.len() as u64);
    let mut tally = Tally::default();
    for customers in wanted.chunks(100) {
        let asked = lookups::asked(store, &account.source, customers).await?;
        for customer in customers {
            let again = args.again || args.customer.is_some();
            if again || !asked.contains(customer.as_str()) {
                ask(store, account, customer, &mut tally).await?;
            }
            progress.step();
        }
    }
    drop(progress);
    let Tally {
        asked,
        found,
        missing,
        failed,
    } = tally;
    Ok(format!(
        "{} customers, {asked} asked for: {found} found, {missing} unknown to Masivo, {failed} failed",
        wanted.len()
    ))
}

async fn ask(
    store: &Store,
    account: &Asked,
    customer: &CustomerId,
    tally: &mut Tally,
) -> Result<(), Error> {
    if is_erased(store, account, customer).await? {
        return Ok(());
    }
    tally.asked += 1;
    let kept = match account.client.customer(customer).await {
        Ok(told) => keep(store, account, customer, told).await,
        Err(error) => Err(error.into()),
    };
    let outcome = match kept {
        Ok(outcome) => outcome,
        Err(error) if error.is_general() => return Err(error),
        Err(error) => {
            tracing::warn!(source = %account.source, customer.id = %customer, %error, "a profile cannot be taken");
            Outcome::Failed
        }
    };
    *match outcome {
        Outcome::Missing => &mut tally.missing,
        Outcome::Failed => &mut tally.failed,
        Outcome::Found | Outcome::Known => &mut tally.found,
    } += 1;
    Ok(lookups::answered(store, &account.source, customer, outcome).await?)
}

/// Everybody of whom something is missing, or the one who is named.
async fn lacking(
    store: &Store,
    account: &Asked,
    only: Option<&CustomerId>,
) -> Result<Vec<CustomerId>, Error> {
    let scope = account.scope(store);
    let mut customers = Customers::new(&scope, only);
    let mut wanted = Vec::new();
    loop {
        let page = customers.next().await?;
        if page.is_empty() {
            return Ok(wanted);
        }
        let lacking = page
            .into_iter()
            .filter(|(_, known)| only.is_some() || lacks(known.as_ref()));
        wanted.extend(lacking.map(|(customer, _)| customer));
    }
}

fn listed(path: &Path) -> Result<Vec<CustomerId>, Error> {
    let name = path.display().to_string();
    let text = if name == "-" {
        std::io::read_to_string(std::io::stdin())
    } else {
        std::fs::read_to_string(path)
    };
    let text = text.map_err(|error| Error::Io(name.clone(), error))?;
    let lines = (1..).zip(text.lines().map(str::trim));
    let ids = lines.filter(|(_, line)| !line.is_empty());
    ids.map(|(number, line)| {
        line.parse()
            .map_err(|error| Error::Usage(format!("{name}, line {number}: {error}")))
    })
    .collect()
}
