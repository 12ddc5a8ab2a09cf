//! `SmtpChannel`: mail through a relay, one connection to a worker.
//!
//! There is no pool that could hand on a connection whose last reply is still under way: a session
//! belongs to the delivery that uses it and is put back only when the relay has answered everything.
//! A delivery that is cancelled takes its connection with it.

mod fault;
mod opening;
mod relay;
mod session;
mod settings;
mod tls;
mod wire;

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use tokio_rustls::TlsConnector;

pub use self::relay::{InvalidRelay, Relay};
pub use self::settings::{SmtpSettings, Timeouts};
pub use self::tls::TlsError;

use self::session::Session;
use crate::mail::Message;
use crate::{Channel, Delivery, Failure, Hold, MAIL};

/// Hands mail over to a relay (RFC 5321), encrypted.
///
/// Success is the relay's code 250 to the whole message. 4xx replies and faults of the network are
/// [`Failure::Transient`], 5xx replies to the message are [`Failure::Permanent`], and a relay that
/// can be used by no message (no TLS, a wrong certificate, a refused password, a 5xx greeting) is
/// [`Failure::Paused`].
pub struct SmtpChannel {
    settings: SmtpSettings,
    tls: TlsConnector,
    idle: Mutex<Vec<Session>>,
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
        Ok(Self {
            settings,
            tls,
            idle: Mutex::default(),
        })
    }

    /// A session that answers: the one used last, or a new one.
    async fn session(&self) -> Result<Session, Failure> {
        let kept = self.sessions().pop();
        if let Some(mut session) = kept
            && !session.is_idle(self.settings.idle)
            && session.reset().await.is_ok()
        {
            return Ok(session);
        }
        Session::open(&self.settings, &self.tls).await
    }

    fn sessions(&self) -> MutexGuard<'_, Vec<Session>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Channel for SmtpChannel {
    fn name(&self) -> &'static str {
        MAIL
    }

    async fn deliver(&self, message: &Message, hold: &Hold) -> Result<Delivery, Failure> {
        let mut session = self.session().await?;
        let delivery = session.deliver(message, hold).await?;
        self.sessions().push(session);
        Ok(delivery)
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
