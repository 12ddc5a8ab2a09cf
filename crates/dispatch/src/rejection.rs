//! Retry or give up, as a type.

use std::fmt;

use crate::RecordedEvent;

/// Why a subscriber did not handle a batch, and what is to become of it.
///
/// ```
/// use laurel_dispatch::Rejection;
///
/// /// A call that may succeed later, and one that never will.
/// fn called(status: u16) -> Result<(), Rejection> {
///     match status {
///         200..=299 => Ok(()),
///         404 => Err(Rejection::give_up("there is no such customer")),
///         _ => Err(Rejection::retry(format!("it answered {status}"))),
///     }
/// }
/// # assert!(called(503).is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    pub(crate) verdict: Verdict,
    pub(crate) event_seq: Option<i64>,
    pub(crate) reason: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Retry,
    GiveUp,
    /// The disk is full: no event's fault.
    NoRoom,
}

impl Rejection {
    /// It may succeed later: a dependency is down, a row is locked.
    pub fn retry(reason: impl fmt::Display) -> Self {
        Self {
            verdict: Verdict::Retry,
            event_seq: None,
            reason: reason.to_string(),
        }
    }

    /// It will never succeed: the event is kept as a dead letter, to be replayed by hand.
    pub fn give_up(reason: impl fmt::Display) -> Self {
        Self {
            verdict: Verdict::GiveUp,
            event_seq: None,
            reason: reason.to_string(),
        }
    }

    /// Blames one event of the batch; the others are handed over again without it.
    ///
    /// ```
    /// use laurel_dispatch::{RecordedEvent, Rejection};
    ///
    /// fn check(events: &[RecordedEvent]) -> Result<(), Rejection> {
    ///     for event in events {
    ///         let parsed = event.parse();
    ///         parsed.map_err(|why| Rejection::give_up(why).for_event(event))?;
    ///     }
    ///     Ok(())
    /// }
    /// ```
    #[must_use]
    pub fn for_event(mut self, event: &RecordedEvent) -> Self {
        self.event_seq = Some(event.seq);
        self
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.reason)
    }
}

impl std::error::Error for Rejection {}

impl From<laurel_store::Error> for Rejection {
    fn from(error: laurel_store::Error) -> Self {
        let mut rejection = Self::retry(&error);
        if error.is_full() {
            rejection.verdict = Verdict::NoRoom;
        }
        rejection
    }
}
