//! Starts a subscriber over, from the first event of the log.

use laurel_store::Result;
use tokio::sync::watch;

use crate::{Context, Dispatcher, Rejection};

/// What became of a [`replay`].
///
/// ```
/// use laurel_dispatch::Replay;
///
/// fn said(replay: &Replay) -> String {
///     match replay {
///         Replay::Started => "it begins again".to_owned(),
///         Replay::Unknown => "there is no such subscriber".to_owned(),
///         Replay::Refused(why) => format!("it does not want to: {why}"),
///     }
/// }
/// # assert_eq!(said(&Replay::Unknown), "there is no such subscriber");
/// ```
#[derive(Debug, PartialEq, Eq)]
pub enum Replay {
    /// The subscriber is owed the whole log again; its workers, or [`Dispatcher::drain`], hand it over.
    Started,
    /// There is no subscriber of that name.
    Unknown,
    /// The subscriber would not clear what it had written; nothing was changed.
    Refused(Rejection),
}

/// Clears what a subscriber has written and owes it the whole log again, in one transaction: a worker that is in the
/// middle of a batch loses its lease and writes nothing.
///
/// # Errors
/// [`laurel_store::Error::Database`]; nothing was changed.
///
/// ```
/// # async fn example(dispatcher: laurel_dispatch::Dispatcher) -> Result<(), Box<dyn std::error::Error>> {
/// use laurel_dispatch::{Replay, replay};
///
/// if replay(&dispatcher, "history").await? == Replay::Started {
///     dispatcher.drain().await?;
/// }
/// # Ok(())
/// # }
/// ```
pub async fn replay(dispatcher: &Dispatcher, name: &str) -> Result<Replay> {
    let Some(subscriber) = dispatcher.find(name) else {
        return Ok(Replay::Unknown);
    };
    let store = dispatcher.store();
    store.register(name, &subscriber.kinds()).await?;
    let (opened, _) = watch::channel(false);
    let mut cx = Context::new(store, &opened);
    if let Err(rejection) = subscriber.clear(&mut cx).await {
        return Ok(Replay::Refused(rejection));
    }
    let transaction = match cx.into_transaction() {
        Some(transaction) => transaction,
        None => store.begin().await?,
    };
    transaction.restart(name).await?;
    transaction.commit().await?;
    tracing::info!(subscriber = name, "starts over from the first event");
    Ok(Replay::Started)
}
