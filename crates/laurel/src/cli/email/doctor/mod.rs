//! `laurel email doctor`: whether mail would arrive, asked of everybody whom a receiver asks.

mod dns;
mod domain;
mod link;
mod relay;

use std::net::SocketAddr;

use laurel_notify::mail::{Address, mail_address, sender_domain};

use self::dns::Resolver;
use crate::cli::print;
use crate::config::{Email, Transport};
use crate::{Failure, Platform};

/// Say whether mail would arrive: the relay, the keys and what the domain publishes, the links, and whom nothing is
/// sent to.
///
/// Nothing is sent. Exits with 1 where something would keep mail from arriving.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Args {
    /// Ask the relay whether it would take mail to this address, too.
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    to: Option<Address>,
    /// The resolver to ask, as ADDRESS:PORT; this machine's own, unless named.
    #[arg(long, value_name = "RESOLVER")]
    resolver: Option<SocketAddr>,
}

fn address(text: &str) -> Result<Address, String> {
    mail_address(text).map_err(|error| error.to_string())
}

/// What was found.
#[derive(Debug, Default)]
struct Findings {
    failed: usize,
}

impl Findings {
    fn good(text: &str) -> Result<(), Failure> {
        print(&format!("ok    {text}\n"))
    }

    /// Not as it should be, but mail goes out.
    fn warn(text: &str) -> Result<(), Failure> {
        print(&format!("warn  {text}\n"))
    }

    /// Mail does not arrive like this.
    fn bad(&mut self, text: &str) -> Result<(), Failure> {
        self.failed += 1;
        print(&format!("FAIL  {text}\n"))
    }
}

pub(super) async fn run<Q>(args: Args, platform: &Platform<Q>) -> Result<(), Failure> {
    let config = platform.config();
    let email = &config.email;
    let from = email
        .from
        .as_deref()
        .ok_or_else(|| Failure::Usage("email.from is not set: nobody is written to".to_owned()))?;
    let domain =
        sender_domain(from).map_err(|error| Failure::Usage(format!("email.from: {error}")))?;
    let mut findings = Findings::default();
    relay::look(&mut findings, email, &domain, args.to.as_ref()).await?;
    match args
        .resolver
        .map_or_else(Resolver::of_this_machine, |at| Ok(Resolver::at(at)))
    {
        Ok(resolver) => domain::look(&mut findings, email, &domain, resolver).await?,
        Err(error) => Findings::warn(&format!("no resolver to ask: {error}"))?,
    }
    link::look(&mut findings, config).await?;
    nobody(email)?;
    match findings.failed {
        0 => print("\nMail would go out.\n"),
        failed => Err(anyhow::anyhow!("{failed} of these would keep mail from arriving").into()),
    }
}

/// Says whom nothing is sent to.
fn nobody(email: &Email) -> Result<(), Failure> {
    let mut none = vec![
        "who is anonymous, inactive, erased, or has unsubscribed",
        "an address that is suppressed or is no plain address",
        "a change that was received more than seven days ago",
    ];
    if !email.transactional {
        none.push(
            "who has consents on record without email_marketing (email.transactional = false)",
        );
    }
    if !email.upgrade {
        none.push("who rises (email.upgrade = false)");
    }
    if !email.downgrade {
        none.push("who falls (email.downgrade = false)");
    }
    if email.transport == Transport::File {
        none.push("anybody: email.transport = \"file\" writes to a folder");
    }
    let lines = none.iter().map(|who| format!("      {who}\n"));
    print(&format!(
        "\nNothing is sent about, or to:\n{}",
        lines.collect::<String>()
    ))
}
