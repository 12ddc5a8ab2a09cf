//! A database that is away: until it is back, events are refused at once instead of after one time-out after the other.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use laurel_store::Store;
use tokio::time::sleep;

/// How often a database that is away is asked whether it is back.
const ASK_AGAIN: Duration = Duration::from_millis(250);

/// Whether the database is away, as all writers know it.
#[derive(Clone, Default)]
pub(crate) struct Outage(Arc<AtomicBool>);

impl Outage {
    pub(crate) fn lasts(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Notes that the database could not be used. It counts as away until it answers, which may be at once.
    pub(crate) fn begin(&self, store: &Store) {
        if self.0.swap(true, Ordering::Relaxed) {
            return;
        }
        let (outage, store) = (Arc::downgrade(&self.0), store.clone());
        tokio::spawn(async move {
            // When the writers are gone nobody wants to know any more.
            while let Some(away) = outage.upgrade() {
                if store.ping().await.is_ok() {
                    away.store(false, Ordering::Relaxed);
                    return;
                }
                drop(away);
                sleep(ASK_AGAIN).await;
            }
        });
    }
}
