//! `laurel keys rotate`: another key signs from now on.

use anyhow::Context;
use clap::ValueEnum;
use laurel_graphql::CustomerTokens;
use laurel_store::{Deed, Purpose, Source, Store};

use crate::config::Config;
use crate::{Failure, Platform};

/// Which key is replaced, and how.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Args {
    /// What the key signs.
    #[arg(value_enum)]
    signs: Signs,
    /// Have the old keys verify nothing any more, at once: for one that others may know. Apps ask for tokens again.
    #[arg(long)]
    forget: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
enum Signs {
    /// Customer tokens. The old key verifies until the last token that it signed has ended.
    CustomerTokens,
    /// The links in mails. The old keys verify for ever: an unsubscribe link works for as long as somebody has the mail.
    MailLinks,
}

impl From<Signs> for Purpose {
    fn from(signs: Signs) -> Self {
        match signs {
            Signs::CustomerTokens => Self::CustomerTokens,
            Signs::MailLinks => Self::MailLinks,
        }
    }
}

pub(super) async fn run<Q>(args: &Args, platform: &Platform<Q>) -> Result<(), Failure> {
    if args.forget && args.signs == Signs::MailLinks {
        return Err(Failure::Usage(
            "--forget: links in mails work for ever; their old keys are kept".to_owned(),
        ));
    }
    let store = platform.store().await?;
    let rotated = rotate(&store, args, platform.config()).await;
    store.close().await?;
    rotated
}

async fn rotate(store: &Store, args: &Args, config: &Config) -> Result<(), Failure> {
    let purpose = Purpose::from(args.signs);
    let key = store.rotate_signing_key(purpose).await?;
    if args.forget {
        store.forget_retired_keys(purpose).await?;
    }
    note(store, args, config).await?;
    let name = purpose.as_str();
    let rest = match args.signs {
        _ if args.forget => "the old ones verify nothing any more, within a minute".to_owned(),
        Signs::CustomerTokens => format!("the old one verifies until {}", end(store, config)),
        Signs::MailLinks => {
            "servers sign with it from their next start on, and the old ones verify for ever"
                .to_owned()
        }
    };
    super::super::print(&format!("{name}: {} signs; {rest}\n", key.id.simple()))
}

/// When the key that signed until now verifies nothing any more.
fn end(store: &Store, config: &Config) -> laurel_payloads::Timestamp {
    let tokens = &config.graphql.customer_tokens;
    let tokens = CustomerTokens {
        ttl: tokens.ttl,
        max_ttl: tokens.max_ttl,
    };
    store.clock().now().saturating_add(tokens.overlap())
}

/// It is kept for each source: one key signs for all.
async fn note(store: &Store, args: &Args, config: &Config) -> Result<(), Failure> {
    for source in config.sources.keys() {
        let deed = Deed {
            source: Source::new(source).context("a source's name")?,
            who: "cli".to_owned(),
            action: "rotate_signing_key",
            target: Purpose::from(args.signs).as_str().to_owned(),
            outcome: if args.forget { "old_forgotten" } else { "done" }.to_owned(),
        };
        store.audit(&deed).await?;
    }
    Ok(())
}
