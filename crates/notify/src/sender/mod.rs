//! `Sender`: takes messages from the outbox under a lease and has a channel carry them out.

mod carry;
mod claims;
mod courtesy;
mod handing;
mod net;
mod pause;
mod rate;
mod retry;
mod settings;
mod settling;
mod tally;
mod verdict;
mod wording;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use laurel_store::Store;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

pub use self::rate::{InvalidRate, Rate};
pub use self::settings::Settings;

use self::claims::{Claims, Held};
use self::courtesy::Courtesy;
use self::pause::Pause;
use self::rate::Rates;
use self::settling::Settling;
use crate::Channel;
use crate::mail::{ComposeError, Composer};

/// Sends what is due, with as many workers as its settings say, each with one message at a time.
///
/// Any number of senders may share a database, in one process or in many.
///
/// ```
/// # async fn example(store: laurel_store::Store) -> Result<(), Box<dyn std::error::Error>> {
/// use std::sync::Arc;
///
/// use laurel_notify::{FileChannel, Sender, Settings};
/// use tokio_util::sync::CancellationToken;
///
/// let channel = Arc::new(FileChannel::new("mail")?);
/// let sender = Sender::new(store, channel, Settings::new("club@example.com"))?;
/// let stop = CancellationToken::new();
/// sender.run(stop).await; // until it is cancelled
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Sender(Arc<Inner>);

struct Inner {
    store: Store,
    channel: Arc<dyn Channel>,
    settings: Settings,
    composer: Composer,
    pause: Pause,
    courtesy: Courtesy,
    rates: Rates,
    claims: Claims,
    settling: Settling,
    /// Places of those whose message the channel has taken, which is to be recorded: should the process die now, those
    /// messages would go out once more. There are as many as workers.
    recording: Semaphore,
}

/// A worker's place; given back as soon as the channel has taken the message.
type Place = Option<OwnedSemaphorePermit>;

/// Why a worker had to stop and wait.
///
/// ```
/// # async fn example(sender: laurel_notify::Sender) {
/// use laurel_notify::SendError;
///
/// match sender.drain().await {
///     Ok(groups) => println!("{groups} are done"),
///     Err(SendError::Store(error)) => println!("the database: {error}"),
///     Err(error) => println!("{error}"),
/// }
/// # }
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SendError {
    /// The database.
    #[error(transparent)]
    Store(#[from] laurel_store::Error),
    /// A mail could not be written, whoever it is for.
    #[error(transparent)]
    Compose(#[from] ComposeError),
    /// The task that carried a message panicked; the message is tried again when its lease has run out.
    #[error("a sending task panicked")]
    Panicked,
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender")
            .field("settings", &self.0.settings)
            .finish_non_exhaustive()
    }
}

impl Sender {
    /// Prepares to send what is in the outbox for `channel`.
    ///
    /// # Errors
    ///
    /// The sender's address does not parse, or a template is wrong.
    pub fn new(
        store: Store,
        channel: Arc<dyn Channel>,
        settings: Settings,
    ) -> Result<Self, ComposeError> {
        let composer = Composer::new(&settings.from, &settings.brands)?
            .signed(settings.dkim.clone())
            .returning_to(settings.return_path.clone());
        let rates = Rates::new(settings.rate);
        let recording = Semaphore::new(settings.workers.max(1));
        Ok(Self(Arc::new(Inner {
            courtesy: Courtesy::to_intake(&store),
            store,
            channel,
            settings,
            composer,
            pause: Pause::default(),
            rates,
            claims: Claims::default(),
            settling: Settling::default(),
            recording,
        })))
    }

    /// Sends until `stop` is cancelled, and finishes the messages that are on their way by then.
    pub async fn run(&self, stop: CancellationToken) {
        tally::describe();
        let workers = self.0.settings.workers.max(1);
        let free = Arc::new(Semaphore::new(workers));
        let mut enqueued = self.0.store.enqueues();
        while let Some(Ok(worker)) = stop
            .run_until_cancelled(Arc::clone(&free).acquire_owned())
            .await
        {
            enqueued.mark_unchanged();
            let wait = match self.claim().await {
                Ok(Some(held)) => {
                    if self.0.claims.run_low() {
                        let inner = Arc::clone(&self.0);
                        tokio::spawn(async move { inner.refill().await });
                    }
                    tokio::spawn(self.clone().work(held, Some(worker), stop.clone()));
                    continue;
                }
                Ok(None) => self.idle().await,
                Err(error) => {
                    report(&error);
                    self.0.settings.poll
                }
            };
            // The store changed; or a message became due, or an address known, perhaps in another process.
            tokio::select! {
                () = stop.cancelled() => {}
                Ok(()) = enqueued.changed() => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
        // Those who are at work give their places back when they are done.
        let all = u32::try_from(workers).unwrap_or(u32::MAX);
        for places in [free.as_ref(), &self.0.recording] {
            drop(places.acquire_many(all).await);
        }
        if let Err(error) = self.0.give_back_all().await {
            tracing::warn!(%error, "messages are held until their leases end");
        }
    }

    /// Sends until nothing is due, or the relay can be used by no message. Returns how many groups
    /// of messages found their end or went back to wait.
    ///
    /// # Errors
    ///
    /// See [`SendError`].
    pub async fn drain(&self) -> Result<usize, SendError> {
        let mut handled = 0;
        while let Some(held) = self.claim().await? {
            self.carry(held).await?;
            handled += 1;
        }
        Ok(handled)
    }

    /// Carries what is held, in the place of a worker. Where that fails the place stays empty for a while: what fails
    /// for all is not tried with all at once.
    async fn work(self, held: Held, mut place: Place, stop: CancellationToken) {
        self.0.courtesy.wait().await;
        if let Err(error) = self.0.carry(held, &mut place).await {
            report(&error);
            stop.run_until_cancelled(tokio::time::sleep(self.0.settings.poll))
                .await;
        }
    }

    /// Claims a group of messages, if one is due.
    async fn claim(&self) -> Result<Option<Held>, SendError> {
        let inner = Arc::clone(&self.0);
        undisturbed(async move { inner.claim_unless_paused().await }).await
    }

    /// Carries a group to its end.
    async fn carry(&self, held: Held) -> Result<(), SendError> {
        let inner = Arc::clone(&self.0);
        undisturbed(async move { inner.carry(held, &mut None).await }).await
    }

    /// Nothing is due: tidies up, and says how long to wait.
    async fn idle(&self) -> Duration {
        let Inner {
            store,
            channel,
            settings,
            pause,
            rates,
            ..
        } = self.0.as_ref();
        self.0.rest().await;
        if let Ok(pending) = store.outbox_pending(channel.name()).await {
            tally::pending(channel.name(), pending);
        }
        if let Some(left) = pause.left() {
            return left;
        }
        let due = match store.next_outbox_due(channel.name()).await {
            Ok(Some(due)) => until(store.clock().now(), due).min(settings.poll),
            _ => settings.poll,
        };
        rates.next().map_or(due, |wait| wait.min(due))
    }
}

/// The time from `now` to `due`, where `due` is still to come; what was due before and was not
/// claimed waits for something other than time.
fn until(now: laurel_payloads::Timestamp, due: laurel_payloads::Timestamp) -> Duration {
    match u64::try_from(due.micros().saturating_sub(now.micros())) {
        Ok(micros) if micros > 0 => Duration::from_micros(micros),
        _ => Duration::MAX,
    }
}

impl Inner {
    /// Claims what is due first, unless the relay can be used by no message.
    async fn claim_unless_paused(&self) -> Result<Option<Held>, SendError> {
        if self.pause.left().is_some() {
            self.give_back().await?;
            return Ok(None);
        }
        self.claim_next().await
    }
}

/// In a task of its own: neither a cancelled caller nor a panic leaves half a database transaction behind.
async fn undisturbed<T: Send + 'static>(
    work: impl Future<Output = Result<T, SendError>> + Send + 'static,
) -> Result<T, SendError> {
    tokio::spawn(work).await.unwrap_or(Err(SendError::Panicked))
}

fn report(error: &SendError) {
    tracing::error!(error = error as &dyn std::error::Error, "sending failed");
}
