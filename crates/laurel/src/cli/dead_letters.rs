//! `laurel dead-letters`: deliveries that were given up.

use std::fmt::Write;

use laurel_store::{DeadLetter, Store};

use crate::{Failure, Platform};

/// How many are read at a time.
const PAGE: u32 = 500;

/// List the deliveries that were given up, or give them another life.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Clone, Debug, clap::Subcommand)]
enum What {
    /// List them, oldest first (the default).
    List,
    /// Try them again, from the first attempt on; a running server does it.
    Replay {
        /// Only this subscriber's.
        #[arg(long)]
        subscriber: Option<String>,
        /// Only this event's, by its id.
        #[arg(long)]
        event: Option<String>,
    },
}

pub(super) async fn run<Q>(args: Args, platform: &Platform<Q>) -> Result<(), Failure> {
    let store = platform.store().await?;
    let done = match args.what.unwrap_or(What::List) {
        What::List => list(&store).await,
        What::Replay { subscriber, event } => replay(&store, subscriber, event).await,
    };
    store.close().await?;
    done
}

async fn list(store: &Store) -> Result<(), Failure> {
    let mut after = 0;
    loop {
        let page = store.dead_letters(after, PAGE).await?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        super::print(&table(&page))?;
        after = last.event_seq;
    }
}

fn table(letters: &[DeadLetter]) -> String {
    let mut text = String::new();
    for letter in letters {
        let kind = letter.kind.as_deref().unwrap_or("-").escape_debug();
        let error = letter.last_error.as_deref().unwrap_or("-").escape_debug();
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "{}  {}  {}  {kind}  {} attempts  {}  {error}",
            letter.event_id, letter.source, letter.subscriber, letter.attempts, letter.dead_at
        );
    }
    text
}

async fn replay(
    store: &Store,
    subscriber: Option<String>,
    event: Option<String>,
) -> Result<(), Failure> {
    let nothing = || Failure::NotFound("there is no such dead letter".to_owned());
    let event = event
        .map(|id| id.parse().map_err(|_| nothing()))
        .transpose()?;
    match store.revive(subscriber.as_deref(), event).await? {
        0 if subscriber.is_some() || event.is_some() => Err(nothing()),
        count => super::print(&format!("{count} deliveries will be tried again\n")),
    }
}
