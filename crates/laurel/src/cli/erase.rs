//! `laurel erase`: a customer, for good.

use std::io::{IsTerminal, Write};

use laurel_payloads::CustomerId;
use laurel_store::{Deed, Source, Store};

use super::keys::known;
use crate::{Failure, Platform};

/// Erase a customer: their profile, whatever is personal in their events, and what is to be sent to them.
///
/// Amounts and counts stay, and nothing that comes later brings the profile back. It may be run beside a server, and again:
/// interrupted, it goes on where it stopped. There is no way back.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    /// The source whose customer it is.
    #[arg(long)]
    source: String,
    /// The brand's own id of the customer, now or before they identified themselves.
    #[arg(long, value_name = "ID")]
    customer: String,
    /// Do not ask.
    #[arg(long)]
    yes: bool,
}

pub(super) async fn run<Q>(args: &Args, platform: &Platform<Q>) -> Result<(), Failure> {
    let source = known(&args.source, platform.config())?;
    let customer: CustomerId = args
        .customer
        .parse()
        .map_err(|error| Failure::Usage(format!("--customer: {error}")))?;
    if !args.yes && !confirmed(&source, &customer)? {
        return super::print("nothing was erased\n");
    }
    let store = platform.store().await?;
    let done = erase(&store, &source, &customer).await;
    store.close().await?;
    done
}

async fn erase(store: &Store, source: &Source, customer: &CustomerId) -> Result<(), Failure> {
    let erased = store.scope(source).erase(customer).await;
    // What is no customer's id may be anything, an address included: it is not kept.
    let (target, outcome) = match &erased {
        Ok(Some(_)) => (customer.as_str(), "done"),
        Ok(None) => ("unknown", "not_found"),
        Err(_) => (customer.as_str(), "failed"),
    };
    let deed = Deed {
        source: source.clone(),
        who: "cli".to_owned(),
        action: "erase_customer",
        target: target.to_owned(),
        outcome: outcome.to_owned(),
    };
    let audited = store.audit(&deed).await;
    let Some(erased) = erased? else {
        return Err(Failure::NotFound(format!(
            "source `{source}` has no such customer; nothing was erased"
        )));
    };
    audited?;
    super::print(&format!(
        "{}: {} events redacted, {} messages taken back\n",
        erased.customer_id, erased.events, erased.messages
    ))
}

/// Asks who sits there; where nobody does, `--yes` has to say it.
fn confirmed(source: &Source, customer: &CustomerId) -> Result<bool, Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::Usage(
            "nobody can be asked here; say --yes".to_owned(),
        ));
    }
    let mut question = std::io::stderr().lock();
    let id = customer.as_str().escape_debug();
    write!(
        question,
        "Erase customer {id} of {source}, for good? Type the id to go on: "
    )?;
    question.flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(answer.trim_end_matches(['\r', '\n']) == customer.as_str())
}
