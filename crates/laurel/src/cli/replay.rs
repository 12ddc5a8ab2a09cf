//! `laurel replay`: read models made again, and quarantined events given a second reading.

use anyhow::anyhow;
use laurel_dispatch::{Dispatcher, Replay, replay};
use laurel_payloads::read_with;
use laurel_store::{Source, Store};

use crate::serve::{self, Parts, Role};
use crate::{Failure, Platform};

/// Hand a subscriber the whole log again, or read quarantined events again after an upgrade.
///
/// It may be run beside a server. No mail is ever sent twice.
#[derive(Clone, Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Args {
    /// The subscriber, such as `history`: its read models are cleared and made again.
    subscriber: Option<String>,
    /// Read every quarantined event again; those that parse now take their old place.
    #[arg(long)]
    quarantined: bool,
}

pub(super) async fn run<Q>(args: Args, platform: Platform<Q>) -> Result<(), Failure> {
    let store = platform.store().await?;
    let (parts, _) = platform.into_parts(Role::Worker);
    let dispatcher = serve::dispatcher(&parts, &store);
    let done = match args.subscriber {
        Some(name) => start_over(&dispatcher, &name).await,
        None => read_again(&store, &dispatcher, &parts).await,
    };
    store.close().await?;
    done
}

async fn start_over(dispatcher: &Dispatcher, name: &str) -> Result<(), Failure> {
    match replay(dispatcher, name).await? {
        Replay::Started => {
            finish(
                dispatcher,
                &format!("{name} was handed the whole log again"),
            )
            .await
        }
        Replay::Unknown => Err(Failure::NotFound(format!(
            "there is no subscriber `{name}`"
        ))),
        Replay::Refused(rejection) => Err(Failure::Other(anyhow!(
            "{name} would not start over: {rejection:?}"
        ))),
    }
}

async fn read_again(store: &Store, dispatcher: &Dispatcher, parts: &Parts) -> Result<(), Failure> {
    let mut accepted = 0;
    for (name, settings) in &parts.config.sources {
        let reader = parts.extensions.readers.get(settings.format.as_str());
        let read = |body: &[u8]| match reader {
            Some(reader) => read_with(reader.as_ref(), body),
            None => laurel_payloads::read(body),
        };
        let source = Source::new(name).map_err(|error| Failure::Usage(error.to_string()))?;
        let mut after = 0;
        while let Some((last, count)) = store.reread_quarantine_with(&source, after, &read).await? {
            (after, accepted) = (last, accepted + count);
        }
    }
    finish(
        dispatcher,
        &format!("{accepted} quarantined events were accepted"),
    )
    .await
}

/// Does the work at once, beside a server or without one, and says what is left.
async fn finish(dispatcher: &Dispatcher, what: &str) -> Result<(), Failure> {
    let left = dispatcher.drain().await?;
    super::print(&format!(
        "{what}; {} deliveries wait, {} are dead\n",
        left.pending, left.dead
    ))
}
