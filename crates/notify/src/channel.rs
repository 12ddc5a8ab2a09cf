//! `Channel`: carries one rendered message out. What to send, to whom, when and how often is the
//! sender's business; a channel only says what became of the one message it was given.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use tokio::time::Instant;

use crate::mail::Message;

/// A way out of the house for messages: a mail relay, a folder, an extension's own.
///
/// A channel is never called inside a database transaction, and may take minutes.
///
/// ```
/// use async_trait::async_trait;
/// use laurel_notify::mail::Message;
/// use laurel_notify::{Channel, Delivery, Failure, Hold};
///
/// /// Reads messages out at the counter.
/// struct Counter;
///
/// #[async_trait]
/// impl Channel for Counter {
///     fn name(&self) -> &'static str {
///         "counter"
///     }
///
///     async fn deliver(&self, message: &Message, hold: &Hold) -> Result<Delivery, Failure> {
///         if hold.has_ended() {
///             return Err(Failure::late("counter", "read"));
///         }
///         println!("{}", message.words.subject);
///         Ok(Delivery::to("counter"))
///     }
/// }
/// ```
#[async_trait]
pub trait Channel: Send + Sync + 'static {
    /// The outbox channel whose rows it carries. Stable: it is a key in the database.
    fn name(&self) -> &'static str;

    /// Hands `message` over, once.
    ///
    /// `hold` may end while this runs (the worker was too slow, and another has the message now):
    /// a channel asks it last thing before it does what cannot be undone.
    ///
    /// # Errors
    ///
    /// A [`Failure`] says whether to try again, to give up, or to leave the relay alone for a while.
    /// In doubt it is [`Failure::Transient`]: a message twice, with the same `Message-ID`, is better
    /// than none.
    async fn deliver(&self, message: &Message, hold: &Hold) -> Result<Delivery, Failure>;

    /// Nothing is due: a channel closes what need not stay open.
    async fn rest(&self) {}
}

/// The receipt for a message that was handed over.
///
/// ```
/// use laurel_notify::Delivery;
///
/// let mut receipt = Delivery::to("push.example.com");
/// receipt.code = Some(202);
/// receipt.text = "queued as 17".to_owned();
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Delivery {
    /// Who took the message: the relay's host and port, or the folder.
    pub relay: String,
    /// The reply's code where the channel has one: 250 for SMTP.
    pub code: Option<u16>,
    /// The reply's text, which often holds the relay's queue id. Free of addresses.
    pub text: String,
}

impl Delivery {
    /// Taken by `relay`, without a word.
    #[must_use]
    pub fn to(relay: impl Into<String>) -> Self {
        Self {
            relay: relay.into(),
            code: None,
            text: String::new(),
        }
    }
}

/// Why a message was not handed over.
///
/// ```
/// use laurel_notify::{Failure, Refusal};
///
/// let busy = Failure::Transient(Refusal::by("counter", "read", "nobody is there"));
/// assert_eq!(busy.to_string(), "not now: counter at read: nobody is there");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// Not now: a 4xx reply, a fault of the network, or doubt about what became of the message.
    #[error("not now: {0}")]
    Transient(Refusal),
    /// Never: a 5xx reply about this message.
    #[error("refused: {0}")]
    Permanent(Refusal),
    /// Not this message's fault, and no other would fare better (wrong password, no TLS): nobody
    /// tries for a while, and no attempt is used up.
    #[error("no relay: {0}")]
    Paused(Refusal),
    /// The [`Hold`] had ended before anything was done: the message goes back as if it had not been
    /// tried.
    #[error("too late: {0}")]
    Late(Refusal),
}

impl Failure {
    /// The hold had ended before `relay` was told of the message, which was to happen in `step`.
    #[must_use]
    pub fn late(relay: impl Into<String>, step: &'static str) -> Self {
        Self::Late(Refusal {
            relay: relay.into(),
            step,
            code: None,
            text: "the lease ended before the message could be handed over".to_owned(),
        })
    }

    /// Whether the relay has said for good that there is no such mailbox, by one of the codes of RFC 3463 for that:
    /// unknown mailbox (5.1.1), unknown domain (5.1.2), no valid address (5.1.3), moved (5.1.6), a domain that takes no
    /// mail (5.1.10), disabled (5.2.1). A 550 alone says nothing of the kind: it may be about content or policy.
    #[must_use]
    pub fn names_no_mailbox(&self) -> bool {
        const CODES: [&str; 6] = ["5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"];
        let Self::Permanent(refusal) = self else {
            return false;
        };
        let code = refusal.text.split_whitespace().next().unwrap_or_default();
        CODES.contains(&code)
    }

    /// What was said.
    #[must_use]
    pub fn refusal(&self) -> &Refusal {
        match self {
            Self::Transient(refusal)
            | Self::Permanent(refusal)
            | Self::Paused(refusal)
            | Self::Late(refusal) => refusal,
        }
    }
}

/// Who refused a message, and how.
///
/// ```
/// use laurel_notify::{Failure, Refusal};
///
/// let mut refusal = Refusal::by("push.example.com", "push", "no such device");
/// refusal.code = Some(410);
/// assert_eq!(refusal.to_string(), "push.example.com at push: 410 no such device");
/// let never = Failure::Permanent(refusal);
/// assert_eq!(never.refusal().code, Some(410));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{relay} at {step}: {}{text}", .code.map(|code| format!("{code} ")).unwrap_or_default())]
#[non_exhaustive]
pub struct Refusal {
    /// The relay's host and port, or the folder.
    pub relay: String,
    /// What was being done, as a word or two: `RCPT TO`, `connect`.
    pub step: &'static str,
    /// The reply's code, where there was a reply.
    pub code: Option<u16>,
    /// The reply or the fault. Free of addresses.
    pub text: String,
}

impl Refusal {
    /// What `relay` said in a step, or why it said nothing. No address may stand in the text.
    #[must_use]
    pub fn by(relay: impl Into<String>, step: &'static str, text: impl Into<String>) -> Self {
        Self {
            relay: relay.into(),
            step,
            code: None,
            text: text.into(),
        }
    }
}

/// A worker's claim on the message it carries, as far as its own clock can tell.
///
/// Its sender extends it together with the lease in the database. A process that was stopped for
/// longer than that (a debugger, a frozen machine) finds it ended when it goes on.
///
/// ```
/// use std::time::Duration;
///
/// use laurel_notify::Hold;
/// use tokio::time::Instant;
///
/// // As a sender makes it; a channel only asks.
/// let hold = Hold::until(Instant::now() + Duration::from_mins(1));
/// assert!(!hold.has_ended());
/// hold.set(Instant::now());
/// assert!(hold.has_ended());
/// ```
#[derive(Clone, Debug)]
pub struct Hold(Arc<Mutex<Instant>>);

impl Hold {
    /// Holds until `until`.
    #[must_use]
    pub fn until(until: Instant) -> Self {
        Self(Arc::new(Mutex::new(until)))
    }

    /// Moves the end, later or earlier.
    pub fn set(&self, until: Instant) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = until;
    }

    /// Whether it has ended: no new transaction with a relay may be opened.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) <= Instant::now()
    }
}
