//! What every request shares.

use std::hash::{DefaultHasher, Hash, Hasher};

use laurel_store::Store;

use crate::writer::Writer;
use crate::{Settings, SourceSettings};

/// Intake as it runs: sources, bounds, and the way to the disk.
#[derive(Debug)]
pub struct Intake {
    pub(crate) store: Store,
    pub(crate) settings: Settings,
    pub(crate) writer: Writer,
    /// By name.
    sources: Vec<SourceSettings>,
}

impl Intake {
    /// Starts the writers. They end when the router is gone and everything queued is stored.
    pub fn start(store: Store, mut sources: Vec<SourceSettings>, settings: Settings) -> Self {
        let writer = Writer::start(&store, &settings);
        sources.sort_by(|one, other| one.source.as_str().cmp(other.source.as_str()));
        Self {
            store,
            settings,
            writer,
            sources,
        }
    }

    pub(crate) fn source(&self, name: &str) -> Option<&SourceSettings> {
        let place = self
            .sources
            .binary_search_by(|source| source.source.as_str().cmp(name));
        place.ok().and_then(|place| self.sources.get(place))
    }

    /// The source whose verifiers are asked in the place of one that is not known: always the same for one name, so
    /// that neither the answer nor the time tells which names there are.
    pub(crate) fn stand_in(&self, name: &str) -> Option<&SourceSettings> {
        let mut hasher = DefaultHasher::new();
        name.hash(&mut hasher);
        let place = hasher.finish() % self.sources.len().max(1) as u64;
        self.sources.get(usize::try_from(place).unwrap_or(0))
    }
}
