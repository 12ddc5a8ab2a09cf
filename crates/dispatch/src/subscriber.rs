//! The trait that gives facts a meaning.

use async_trait::async_trait;

use crate::{Context, Kinds, RecordedEvent, Rejection};

/// Something that is told of every event of certain kinds.
///
/// ```
/// use async_trait::async_trait;
/// use laurel_dispatch::{Context, RecordedEvent, Rejection, Subscriber};
///
/// /// Writes down which events there were, in a table of its own.
/// struct Ledger;
///
/// #[async_trait]
/// impl Subscriber for Ledger {
///     fn name(&self) -> &'static str {
///         "ledger"
///     }
///
///     async fn handle(&self, cx: &mut Context<'_>, events: &[RecordedEvent]) -> Result<(), Rejection> {
///         let tx = cx.write().await?;
///         for event in events {
///             // Written and delivered together, or not at all.
///             note(tx.connection(), event.id).await.map_err(Rejection::retry)?;
///         }
///         Ok(())
///     }
/// }
/// # async fn note<C>(_: &C, _: impl Copy) -> Result<(), std::fmt::Error> { Ok(()) }
/// ```
#[async_trait]
pub trait Subscriber: Send + Sync + 'static {
    /// Its name: a key in the database, a label of metrics, an argument of commands. Never to be changed.
    ///
    /// Small letters, digits and `_` or `-`, unlike any other subscriber's or channel's; `history` and `mail` are Laurel's.
    fn name(&self) -> &'static str;

    /// The kinds of event that it is told of: every one, unless this is implemented.
    fn kinds(&self) -> Kinds {
        Kinds::All
    }

    /// Handles a batch, oldest first.
    ///
    /// `cx.read()` reads at any time; `cx.write()` opens the transaction that also settles the deliveries. A batch that
    /// is refused as a whole is handed over again, one event at a time.
    ///
    /// # Errors
    /// A [`Rejection`] says whether to try again or to give up, and which event is to blame.
    async fn handle(&self, cx: &mut Context<'_>, events: &[RecordedEvent])
    -> Result<(), Rejection>;

    /// Clears what it has written, in the transaction that owes it the whole log again. What it does not clear it will
    /// meet again.
    ///
    /// # Errors
    /// A [`Rejection`] leaves everything as it was.
    async fn clear(&self, _cx: &mut Context<'_>) -> Result<(), Rejection> {
        Ok(())
    }
}
