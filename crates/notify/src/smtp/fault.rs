//! What goes wrong at a step, as the failure that a sender acts on.

use std::error::Error as _;
use std::future::Future;
use std::io;
use std::time::Duration;

use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::response::Response;

use crate::mail::masked;
use crate::{Failure, Refusal};

/// As much of a relay's reply as is worth keeping, in characters.
const LONGEST_REPLY: usize = 500;

/// A step of a session: its name, and whether it is about the one message or about all of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub(super) name: &'static str,
    about: About,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum About {
    Session,
    Message,
}

impl Step {
    /// A step that comes before any message: what it refuses, it refuses to all.
    pub(super) const fn session(name: &'static str) -> Self {
        Self {
            name,
            about: About::Session,
        }
    }

    /// A step that carries the message.
    pub(super) const fn message(name: &'static str) -> Self {
        Self {
            name,
            about: About::Message,
        }
    }
}

/// Turns what went wrong with one relay into failures.
#[derive(Clone, Debug)]
pub(super) struct Faults {
    relay: String,
}

impl Faults {
    pub(super) fn of(relay: String) -> Self {
        Self { relay }
    }

    pub(super) fn relay(&self) -> &str {
        &self.relay
    }

    /// Bounds a step. Whatever fails or takes too long, the caller drops the connection: its next
    /// reply could be the answer to this step.
    pub(super) async fn bound<T, E: Into<Fault>>(
        &self,
        step: Step,
        limit: Duration,
        work: impl Future<Output = Result<T, E>> + Send,
    ) -> Result<T, Failure> {
        match tokio::time::timeout(limit, work).await {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(fault)) => Err(self.failure(step, &fault.into())),
            Err(_) => Err(self.failure(step, &Fault::Slow(limit))),
        }
    }

    /// The failure that a fault at `step` amounts to.
    pub(super) fn failure(&self, step: Step, fault: &Fault) -> Failure {
        let (code, text) = match fault {
            Fault::Reply(code, text) => (Some(*code), masked(text, LONGEST_REPLY)),
            Fault::Slow(limit) => (None, format!("no answer within {limit:?}")),
            Fault::Network(text) | Fault::Unusable(text) => (None, masked(text, LONGEST_REPLY)),
        };
        let refusal = Refusal {
            relay: self.relay.clone(),
            step: step.name,
            code,
            text,
        };
        match fault {
            Fault::Unusable(_) => Failure::Paused(refusal),
            Fault::Reply(code, _) if wants_login(*code) => Failure::Paused(refusal),
            Fault::Reply(500..600, _) if step.about == About::Session => Failure::Paused(refusal),
            Fault::Reply(500..600, _) => Failure::Permanent(refusal),
            Fault::Reply(..) | Fault::Slow(_) | Fault::Network(_) => Failure::Transient(refusal),
        }
    }
}

/// What can go wrong at a step.
#[derive(Debug)]
pub(super) enum Fault {
    /// A reply other than the one that was hoped for: its code and text.
    Reply(u16, String),
    /// No reply within this time.
    Slow(Duration),
    /// The connection failed, or the relay does not speak SMTP.
    Network(String),
    /// The relay cannot be used as it is configured: it offers no TLS, shows a wrong certificate,
    /// knows no way to log in that we know.
    Unusable(String),
}

/// The replies of RFC 4954 §6 that ask for a login, or another one, wherever they come.
fn wants_login(code: u16) -> bool {
    matches!(code, 530 | 534 | 535 | 538)
}

impl From<&Response> for Fault {
    fn from(reply: &Response) -> Self {
        Self::Reply(reply.code().into(), text(reply))
    }
}

/// A reply's lines as one.
pub(super) fn text(reply: &Response) -> String {
    reply.message().collect::<Vec<_>>().join(" ")
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        match error
            .get_ref()
            .and_then(|inner| inner.downcast_ref::<rustls::Error>())
        {
            Some(error) => Self::Unusable(format!("TLS: {error}")),
            None => Self::Network(error.to_string()),
        }
    }
}

impl From<SmtpError> for Fault {
    fn from(error: SmtpError) -> Self {
        let text = error
            .source()
            .map_or_else(|| error.to_string(), ToString::to_string);
        match error.status() {
            Some(code) => Self::Reply(code.into(), text),
            None => Self::Network(text),
        }
    }
}
