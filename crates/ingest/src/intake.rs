//! What every request shares.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use laurel_store::Store;

use crate::account::Account;
use crate::budget::Budget;
use crate::writer::Writer;
use crate::{Settings, SourceSettings};

/// Intake as it runs: sources, bounds, and the way to the disk.
///
/// ```
/// # async fn example(store: laurel_store::Store, sources: Vec<laurel_ingest::SourceSettings>) -> std::io::Result<()> {
/// use laurel_ingest::{Intake, Settings, router};
/// use tokio::net::TcpListener;
///
/// let intake = Intake::start(store, sources, Settings::default());
/// axum::serve(TcpListener::bind("127.0.0.1:8080").await?, router(intake)).await
/// # }
/// ```
#[derive(Debug)]
pub struct Intake {
    pub(crate) store: Store,
    pub(crate) settings: Settings,
    pub(crate) budget: Arc<Budget>,
    pub(crate) writer: Writer,
    /// By name.
    accounts: Vec<Account>,
}

impl Intake {
    /// Starts the writers. They end when the router is gone and everything queued is stored.
    pub fn start(store: Store, mut sources: Vec<SourceSettings>, settings: Settings) -> Self {
        let writer = Writer::start(&store, &settings);
        sources.sort_by(|one, other| one.source.as_str().cmp(other.source.as_str()));
        Self {
            store,
            budget: Budget::new(settings.max_in_flight),
            settings,
            writer,
            accounts: sources.into_iter().map(Account::new).collect(),
        }
    }

    pub(crate) fn account(&self, name: &str) -> Option<&Account> {
        let place = self
            .accounts
            .binary_search_by(|account| account.name().cmp(name));
        place.ok().and_then(|place| self.accounts.get(place))
    }

    /// The source whose verifiers are asked in the place of one that is not known: always the same for one name, so
    /// that neither the answer nor the time tells which names there are.
    pub(crate) fn stand_in(&self, name: &str) -> Option<&Account> {
        let mut hasher = DefaultHasher::new();
        name.hash(&mut hasher);
        let place = hasher.finish() % self.accounts.len().max(1) as u64;
        self.accounts.get(usize::try_from(place).unwrap_or(0))
    }
}
