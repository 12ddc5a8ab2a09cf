//! `laurel quarantined`: events that were kept aside, and why.

use std::fmt::Write;

use laurel_store::{EventFilter, EventRecord, EventState, PageRequest, Source, Store};

use crate::{Failure, Platform};

/// How many are read at a time, each with its body.
const PAGE: u64 = 50;

/// List the events that could not be read and were kept aside, oldest first, each with the reason and its place.
///
/// Nothing of their bodies is shown: those are for the API. After an upgrade, `replay --quarantined` reads them again.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct Args {}

pub(super) async fn run<Q>(Args {}: Args, platform: &Platform<Q>) -> Result<(), Failure> {
    let store = platform.store().await?;
    let mut listed = Ok(());
    for name in platform.config().sources.keys() {
        let source = Source::new(name).map_err(|error| Failure::Usage(error.to_string()))?;
        listed = list(&store, &source).await;
        if listed.is_err() {
            break;
        }
    }
    store.close().await?;
    listed
}

async fn list(store: &Store, source: &Source) -> Result<(), Failure> {
    let scope = store.scope(source);
    let filter = EventFilter {
        quarantined: Some(true),
        ..EventFilter::default()
    };
    let mut request = PageRequest {
        from_end: true,
        ..PageRequest::first(PAGE)
    };
    loop {
        let page = scope.events(&filter, &request).await?;
        // Pages are newest first, and these are read from the oldest on.
        super::print(&table(page.items.iter().rev()))?;
        if !page.has_previous {
            return Ok(());
        }
        request.before = page.items.first().map(|newest| newest.seq);
    }
}

fn table<'e>(events: impl Iterator<Item = &'e EventRecord>) -> String {
    let mut text = String::new();
    for event in events {
        let EventState::Quarantined(quarantine) = &event.state else {
            continue;
        };
        let kind = event.kind.as_deref().unwrap_or("-").escape_debug();
        let (reason, place) = (&quarantine.reason, quarantine.place.escape_debug());
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "{}  {}  {kind}  {reason} at {place}  {} bytes  {}",
            event.id,
            event.source,
            event.body.len(),
            event.received_at
        );
    }
    text
}
