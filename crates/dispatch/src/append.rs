//! What an extension knows from elsewhere, appended to the log: movements that no webhook told of, profiles it looked up.

use laurel_payloads::{External, ExternalKey, Unreadable};
use laurel_store::{Appended, NewEvent, Source, Store};

/// Why nothing was appended.
///
/// ```
/// use laurel_dispatch::{AppendError, Source, Store, append};
/// use laurel_payloads::External;
///
/// /// Appends what can be appended, and says what is no fact.
/// async fn append_one(store: &Store, source: &Source, fact: External) -> Result<(), AppendError> {
///     match append(store, source, &[fact]).await {
///         Ok(_) => Ok(()),
///         Err(AppendError::Unreadable { key, unreadable }) => {
///             eprintln!("{key}: {unreadable}");
///             Ok(())
///         }
///         Err(error) => Err(error),
///     }
/// }
/// ```
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// A fact that nobody could read from the log again: nested too deep, or a name that is none.
    #[error("what {key} says is no external fact: {unreadable}")]
    Unreadable {
        /// Which one.
        key: ExternalKey,
        /// What is wrong with it.
        #[source]
        unreadable: Unreadable,
    },
    /// The database did not take it.
    #[error(transparent)]
    Store(#[from] laurel_store::Error),
}

/// Appends facts to the log of a source, in one transaction; from there they go the way of every event: `history` enters
/// movements as `EXTERNAL`, and each subscriber of that kind is told. Answers for each in order.
///
/// It may be called as often as one likes: what has a key that is in the log is answered
/// [`Duplicate`](laurel_store::Outcome::Duplicate), whenever it was appended and whatever it says now.
///
/// A subscriber must not call it while its own transaction (`cx.write()`) is open: on SQLite there is one at a time.
///
/// ```no_run
/// # async fn example(store: &laurel_dispatch::Store) -> Result<(), Box<dyn std::error::Error>> {
/// use laurel_dispatch::{Source, append};
/// use laurel_payloads::{External, Line};
///
/// let mut gift = External::new("ana-0042".parse()?, "gifts:birthday:2026".parse()?, "BIRTHDAY");
/// gift.lines.push(Line {
///     reward_id: Some("points".parse()?),
///     amount: Some("50".parse()?),
///     ..Line::default()
/// });
/// append(store, &Source::new("masivo")?, &[gift]).await?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// [`AppendError`]; nothing of the batch was appended, unless the connection broke during the commit: then the same call,
/// made again, sets it right.
pub async fn append(
    store: &Store,
    source: &Source,
    facts: &[External],
) -> Result<Vec<Appended>, AppendError> {
    let now = store.clock().now();
    let events = facts.iter().map(|fact| {
        NewEvent::external(source.clone(), fact, now).map_err(|unreadable| {
            AppendError::Unreadable {
                key: fact.key.clone(),
                unreadable,
            }
        })
    });
    let events = events.collect::<Result<Vec<_>, _>>()?;
    Ok(store.append(&events).await?)
}
