//! `laurel email test`: one mail, to oneself, the way that customers' mails go.

use std::time::Duration;

use anyhow::{Context as _, anyhow};
use laurel_notify::Hold;
use laurel_notify::links::Linker;
use laurel_notify::mail::{Address, Direction, Draft, TierMail, mail_address};
use laurel_store::{Clock as _, Source, SystemClock};
use tokio::time::Instant;

use crate::cli::print;
use crate::config::Transport;
use crate::{Failure, Platform, links, mail};

/// Longer than a relay may take for all of it.
const PATIENCE: Duration = Duration::from_mins(30);

/// Send one mail about a made-up change of tier, the way that customers' mails go: signed, through the relay.
///
/// Its links open the pages as a customer would see them, and change nothing.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Args {
    /// Who gets it.
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    to: Address,
    /// Whose mail it is; the first source configured, unless named.
    #[arg(long, value_name = "SOURCE")]
    source: Option<String>,
}

fn address(text: &str) -> Result<Address, String> {
    mail_address(text).map_err(|error| error.to_string())
}

pub(super) async fn run<Q>(args: Args, platform: &Platform<Q>) -> Result<(), Failure> {
    let config = platform.config();
    if config.email.transport == Transport::None {
        let none = "email.transport is \"none\": there is no way for mail to leave";
        return Err(Failure::Usage(none.to_owned()));
    }
    let channel = mail::channel(&config.email)?.context("a channel")?;
    let composer = mail::composer(config)?;
    let source = source(args.source.as_deref(), platform)?;
    let change = TierMail::new(
        Direction::Upgrade,
        Some("Ana María Pérez"),
        Some("Bronze"),
        Some("Silver"),
    );
    let clock = SystemClock;
    let mut draft = Draft::new(clock.id(), &source, &change, args.to, clock.now());
    match linker(platform).await {
        Ok(linker) => {
            draft.links = linker.sample();
            draft.return_id = Some(linker.return_id(draft.id));
        }
        Err(failure) => eprintln!("without links, which the database has the keys of: {failure}"),
    }
    let message = composer
        .compose(&draft)
        .context("the mail cannot be written")?;
    let hold = Hold::until(Instant::now() + PATIENCE);
    let delivery = channel
        .deliver(&message, &hold)
        .await
        .map_err(|failure| anyhow!(failure))?;
    let code = delivery
        .code
        .map(|code| format!(" {code}"))
        .unwrap_or_default();
    print(&format!(
        "{} took {}:{code} {}\n",
        delivery.relay, message.message_id, delivery.text
    ))
}

async fn linker<Q>(platform: &Platform<Q>) -> Result<Linker, Failure> {
    let store = platform.store().await?;
    links::linker(platform.config(), &store).await
}

fn source<Q>(named: Option<&str>, platform: &Platform<Q>) -> Result<Source, Failure> {
    let sources = &platform.config().sources;
    let name = match named {
        Some(name) if !sources.contains_key(name) => {
            return Err(Failure::NotFound(format!("there is no source `{name}`")));
        }
        Some(name) => name,
        None => sources.keys().next().map_or("masivo", String::as_str),
    };
    Source::new(name).map_err(|error| Failure::Usage(error.to_string()))
}
