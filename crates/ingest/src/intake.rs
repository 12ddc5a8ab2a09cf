//! What every request shares.

use std::collections::HashMap;

use laurel_store::{Source, Store};

use crate::writer::Writer;
use crate::{Settings, SourceSettings, TokenVerifier};

/// A token for the source that does not exist; matching it opens nothing.
const NOBODY: &str = "there is no such source";

/// Intake as it runs: sources, bounds, and the way to the disk.
#[derive(Debug)]
pub struct Intake {
    pub(crate) store: Store,
    pub(crate) settings: Settings,
    pub(crate) writer: Writer,
    /// Asked in the place of a source that is not known: it has one token, as most have.
    pub(crate) nobody: TokenVerifier,
    sources: HashMap<Source, SourceSettings>,
}

impl Intake {
    /// Starts the writers. They end when the router is gone and everything queued is stored.
    pub fn start(store: Store, sources: Vec<SourceSettings>, settings: Settings) -> Self {
        let writer = Writer::start(&store, &settings);
        let sources = sources
            .into_iter()
            .map(|source| (source.source.clone(), source))
            .collect();
        Self {
            store,
            settings,
            writer,
            nobody: TokenVerifier::new([NOBODY]),
            sources,
        }
    }

    pub(crate) fn source(&self, name: &str) -> Option<&SourceSettings> {
        Source::new(name)
            .ok()
            .and_then(|source| self.sources.get(&source))
    }
}
