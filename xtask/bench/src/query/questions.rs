//! What is asked: of whom, and from where in their history.

use anyhow::Context as _;
use laurel_payloads::CustomerId;
use laurel_store::{HistoryCursor, HistoryFilter, PageRequest, Source};

use super::data::{People, connect};
use crate::contenders::Laurel;

/// Where in a history a page begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Depth {
    /// The first page of anybody's.
    First,
    /// The first page of a history that is deep.
    Top,
    /// A page deep in the same.
    Deep,
}

/// Whom the questions are about, and where the deep pages of a database begin.
pub(super) struct Questions {
    pub(super) all: Vec<CustomerId>,
    pub(super) deep: Vec<(CustomerId, HistoryCursor)>,
}

impl Questions {
    /// Finds out where the deep pages begin.
    pub(super) fn read(laurel: &Laurel, people: &People, depth: u64) -> anyhow::Result<Self> {
        let runtime = tokio::runtime::Runtime::new()?;
        let store = runtime.block_on(connect(laurel))?;
        let scope = store.scope(&Source::new("masivo")?);
        let mut deep = Vec::new();
        for id in &people.deep {
            let request = PageRequest::first(depth);
            let everything = HistoryFilter::default();
            let page = runtime.block_on(scope.history(id, &everything, &request))?;
            let last = page.items.last().context("a customer without a history")?;
            let cursor = HistoryCursor {
                occurred_at: last.occurred_at,
                event_seq: last.event_seq,
            };
            deep.push((id.clone(), cursor));
        }
        runtime.block_on(store.close())?;
        Ok(Self {
            all: people.all.clone(),
            deep,
        })
    }
}
