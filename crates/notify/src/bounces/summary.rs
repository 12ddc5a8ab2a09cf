//! What became of the messages of a mailbox, counted.

use std::collections::BTreeMap;
use std::fmt;

/// What became of one message.
///
/// ```
/// use laurel_notify::bounces::Outcome;
///
/// assert_eq!(Outcome::AddressGone.as_str(), "address_gone");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Outcome {
    /// The address is gone, and suppressed.
    Bounced,
    /// Its reader complained, and the address is suppressed.
    Complained,
    /// Its reader asked by mail for no more of them.
    Unsubscribed,
    /// It did not arrive, for a reason that is not the address's.
    Delayed,
    /// It is about an address that the customer no longer has.
    AddressGone,
    /// It was taken in before.
    Known,
    /// It says nothing that is to be acted on.
    Nothing,
    /// It does not prove to be about a message of ours.
    NotOurs,
    /// It is no report.
    NoReport,
    /// It is too large to be one.
    TooLarge,
}

impl Outcome {
    /// A word or two for a log line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bounced => "bounced",
            Self::Complained => "complained",
            Self::Unsubscribed => "unsubscribed",
            Self::Delayed => "delayed",
            Self::AddressGone => "address_gone",
            Self::Known => "known",
            Self::Nothing => "nothing",
            Self::NotOurs => "not_ours",
            Self::NoReport => "no_report",
            Self::TooLarge => "too_large",
        }
    }

    fn explained(self) -> &'static str {
        match self {
            Self::Bounced => "hard bounces: the address is suppressed",
            Self::Complained => "complaints: the address is suppressed",
            Self::Unsubscribed => "customers who asked for no more: unsubscribed",
            Self::Delayed => "soft bounces: noted, nothing else is done",
            Self::AddressGone => "about an address that the customer no longer has",
            Self::Known => "taken in before",
            Self::Nothing => "reports of a delivery, or of nothing to act on",
            Self::NotOurs => "ignored: not about a mail of ours, or forged",
            Self::NoReport => "ignored: no report",
            Self::TooLarge => "ignored: too large",
        }
    }
}

/// How many messages came to what.
///
/// ```
/// use laurel_notify::bounces::{Outcome, Summary};
///
/// let mut summary = Summary::default();
/// summary.add(Outcome::Bounced);
/// assert_eq!((summary.of(Outcome::Bounced), summary.of(Outcome::Delayed)), (1, 0));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary(BTreeMap<Outcome, u64>);

impl Summary {
    /// Counts one.
    pub fn add(&mut self, outcome: Outcome) {
        *self.0.entry(outcome).or_default() += 1;
    }

    /// How many came to this.
    #[must_use]
    pub fn of(&self, outcome: Outcome) -> u64 {
        self.0.get(&outcome).copied().unwrap_or(0)
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let read: u64 = self.0.values().sum();
        writeln!(f, "{read:>8}  messages read")?;
        for (outcome, count) in &self.0 {
            writeln!(f, "{count:>8}  {}", outcome.explained())?;
        }
        Ok(())
    }
}
