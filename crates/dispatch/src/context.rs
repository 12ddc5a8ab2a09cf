//! What a subscriber is given to work with.

use std::fmt;

use laurel_store::{Store, Tx};
use tokio::sync::watch;

use crate::Rejection;

/// A subscriber's access to the store while it handles a batch.
///
/// ```
/// use laurel_dispatch::{Context, RecordedEvent, Rejection};
///
/// /// Think first, then write.
/// async fn handle(cx: &mut Context<'_>, events: &[RecordedEvent]) -> Result<(), Rejection> {
///     for event in events {
///         let Some(id) = &event.customer_id else { continue };
///         let _customer = cx.read().scope(&event.source).customer(id).await?;
///     }
///     // The table is an extension's own: see docs/extending.md.
///     let _connection = cx.write().await?.connection();
///     Ok(())
/// }
/// ```
pub struct Context<'a> {
    store: &'a Store,
    transaction: Option<Tx>,
    opened: &'a watch::Sender<bool>,
}

impl fmt::Debug for Context<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let writing = self.transaction.is_some();
        formatter
            .debug_struct("Context")
            .field("writing", &writing)
            .finish_non_exhaustive()
    }
}

impl<'a> Context<'a> {
    pub(crate) fn new(store: &'a Store, opened: &'a watch::Sender<bool>) -> Self {
        Self {
            store,
            transaction: None,
            opened,
        }
    }

    /// The store, to read from: the state before this batch.
    pub fn read(&self) -> &Store {
        self.store
    }

    /// The transaction that also settles the deliveries; the first call opens it.
    ///
    /// Think first, then write: it is rolled back, and the deliveries retried, when it stays open longer than a second.
    ///
    /// # Errors
    /// A [`Rejection`] to be passed on, where it cannot be opened.
    pub async fn write(&mut self) -> Result<&Tx, Rejection> {
        if self.transaction.is_none() {
            self.transaction = Some(self.store.begin().await?);
            self.opened.send_replace(true);
        }
        self.transaction
            .as_ref()
            .ok_or_else(|| Rejection::retry("no transaction"))
    }

    pub(crate) fn into_transaction(self) -> Option<Tx> {
        self.transaction
    }
}
