//! `Keyring`: the keys of a database as a server holds them, read again when a token does not open: another copy may
//! have made a new key since.

use std::sync::Arc;
use std::time::Duration;

use laurel_store::Store;
use tokio::sync::Mutex;
use tokio::time::Instant;
use uuid::Uuid;

use super::MailKeys;

/// How long a forged token finds the keys that were read last: strangers do not get to ask the database.
const FRESH: Duration = Duration::from_secs(10);

/// Opens tokens with the keys of a database.
///
/// ```
/// # async fn example(store: laurel_store::Store, token: &str) -> laurel_store::Result<()> {
/// use laurel_notify::links::Keyring;
///
/// let keyring = Keyring::open(&store).await?;
/// if let Some(message) = keyring.open_link(token).await? {
///     println!("a link of the message {message}");
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Keyring {
    store: Store,
    held: Mutex<(Arc<MailKeys>, Instant)>,
}

impl Keyring {
    /// Reads the keys.
    ///
    /// # Errors
    ///
    /// The database.
    pub async fn open(store: &Store) -> laurel_store::Result<Self> {
        let keys = Arc::new(MailKeys::of(store).await?);
        Ok(Self {
            store: store.clone(),
            held: Mutex::new((keys, Instant::now())),
        })
    }

    /// The message whose token this is.
    ///
    /// # Errors
    ///
    /// The database, where the keys are read again.
    pub async fn open_link(&self, token: &str) -> laurel_store::Result<Option<Uuid>> {
        let mut held = self.held.lock().await;
        if let Some(message) = held.0.open_link(token) {
            return Ok(Some(message));
        }
        if held.1.elapsed() < FRESH {
            return Ok(None);
        }
        *held = (Arc::new(MailKeys::of(&self.store).await?), Instant::now());
        Ok(held.0.open_link(token))
    }
}
