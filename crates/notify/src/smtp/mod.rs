//! `SmtpChannel`: mail through a relay, one connection to a worker.
//!
//! There is no pool that could hand on a connection whose last reply is still under way: a session
//! belongs to the delivery that uses it and is put back only when the relay has answered everything.
//! A delivery that is cancelled takes its connection with it.

mod fault;
mod opening;
mod probe;
mod relay;
mod session;
mod settings;
mod tls;
mod wire;

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tokio_rustls::TlsConnector;

pub use self::probe::Probe;
pub use self::relay::{InvalidRelay, Relay};
pub use self::settings::{SmtpSettings, Timeouts};
pub use self::tls::TlsError;

use self::session::Session;
use crate::mail::Message;
use crate::{Channel, Delivery, Failure, Hold, MAIL, Refusal};

/// Hands mail over to a relay (RFC 5321), encrypted.
///
/// Success is the relay's code 250 to the whole message. 4xx replies and faults of the network are
/// [`Failure::Transient`], 5xx replies to the message are [`Failure::Permanent`], and a relay that
/// can be used by no message (no TLS, a wrong certificate, a refused password, a 5xx greeting) is
/// [`Failure::Paused`].
///
/// ```
/// use laurel_notify::SmtpChannel;
/// use laurel_notify::smtp::SmtpSettings;
///
/// let channel = SmtpChannel::new(SmtpSettings::new("smtps://relay.example".parse()?))?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct SmtpChannel {
    settings: SmtpSettings,
    tls: TlsConnector,
    idle: Mutex<Vec<Session>>,
    connections: Semaphore,
}

impl fmt::Debug for SmtpChannel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpChannel")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

impl SmtpChannel {
    /// Prepares the channel; it connects when there is something to send.
    ///
    /// # Errors
    ///
    /// The file of certificates is named but cannot be used.
    pub fn new(settings: SmtpSettings) -> Result<Self, TlsError> {
        let tls = tls::connector(settings.ca_file.as_deref())?;
        let connections = Semaphore::new(settings.connections.max(1));
        Ok(Self {
            settings,
            tls,
            idle: Mutex::default(),
            connections,
        })
    }

    /// A session that answers, used before, or none: the one used last.
    async fn kept(&self) -> Option<Session> {
        let mut session = self.sessions().pop()?;
        let answers = !session.is_idle(self.settings.trusted)
            || (!session.is_idle(self.settings.idle) && session.reset().await.is_ok());
        answers.then_some(session)
    }

    /// Delivers in a session and keeps it, unless that fails.
    async fn deliver_in(
        &self,
        mut session: Session,
        message: &Message,
        hold: &Hold,
    ) -> Result<Delivery, Failure> {
        let delivery = session.deliver(message, hold).await?;
        self.sessions().push(session);
        Ok(delivery)
    }

    fn sessions(&self) -> MutexGuard<'_, Vec<Session>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Who waited longer than this for a connection goes back: whether a customer is written to at all is decided anew.
const DECIDED_FOR: Duration = Duration::from_secs(2);

/// Whether a connection that had been kept turned out to be gone before anything of the message was said.
fn has_begun_nothing(failure: &Failure) -> bool {
    let Failure::Transient(refusal) = failure else {
        return false;
    };
    refusal.step == session::MAIL.name && refusal.code.is_none_or(|code| code == 421)
}

#[async_trait]
impl Channel for SmtpChannel {
    fn name(&self) -> &'static str {
        MAIL
    }

    async fn deliver(&self, message: &Message, hold: &Hold) -> Result<Delivery, Failure> {
        let asked_at = Instant::now();
        // The semaphore is never closed.
        let _connection = self.connections.acquire().await.ok();
        if asked_at.elapsed() > DECIDED_FOR {
            let relay = self.settings.relay.to_string();
            let refusal = Refusal::by(relay, "connect", "the connections were busy for too long");
            return Err(Failure::Late(refusal));
        }
        if let Some(session) = self.kept().await {
            match self.deliver_in(session, message, hold).await {
                Err(failure) if has_begun_nothing(&failure) => {}
                outcome => return outcome,
            }
        }
        let session = Session::open(&self.settings, &self.tls).await?;
        self.deliver_in(session, message, hold).await
    }

    async fn rest(&self) {
        let idle = self.settings.idle;
        let unused: Vec<_> = self
            .sessions()
            .extract_if(.., |session| session.is_idle(idle))
            .collect();
        for session in unused {
            session.quit().await;
        }
    }
}
