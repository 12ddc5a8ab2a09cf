//! What the operator may say about sending.

use std::time::Duration;

use super::Rate;
use crate::dkim::Dkim;
use crate::links::Linker;
use crate::mail::{Brands, Direction, ReturnPath};

/// What is sent, in whose name, and how patiently.
///
/// ```
/// use std::time::Duration;
///
/// use laurel_notify::Settings;
///
/// let settings = Settings {
///     downgrades: false,
///     rate: Some("20/s".parse()?),
///     ..Settings::new("Café Central <club@example.com>")
/// };
/// assert_eq!(settings.settle, Duration::from_mins(1));
/// # Ok::<(), laurel_notify::InvalidRate>(())
/// ```
#[derive(Clone, Debug)]
pub struct Settings {
    /// The sender, as `Café Central <club@example.com>` or the address alone.
    pub from: String,
    /// The keys that mails are signed with.
    pub dkim: Dkim,
    /// Where mail that cannot be delivered comes back to; the sender, unless set.
    pub return_path: Option<ReturnPath>,
    /// How mails look and in which language they are, by source.
    pub brands: Brands,
    /// Tier changes of one customer that are received within this time become one mail; zero for
    /// one mail each. [`MailSubscriber`](crate::MailSubscriber) is given the same.
    pub settle: Duration,
    /// Whether mails about upgrades are sent.
    pub upgrades: bool,
    /// Whether mails about downgrades are sent.
    pub downgrades: bool,
    /// Writes the links of each mail; without it a mail has none.
    pub linker: Option<Linker>,
    /// The operator declares these mails part of the contract, not marketing: a recorded consent
    /// does not hold them back.
    pub transactional: bool,
    /// How fast the messages of each source go out, by this sender; as fast as the channel takes them, unless set.
    pub rate: Option<Rate>,
    /// How many messages are carried at a time: decided about, written, handed over. As many again may be on their way into
    /// the records.
    pub workers: usize,
    /// How long a message is held without a sign of life from its worker.
    pub lease: Duration,
    /// How long the channel may take over one message: longer than a relay may, by all of RFC 5321's time-outs together.
    pub deadline: Duration,
    /// How long nobody sends once a relay can be used by no message.
    pub pause: Duration,
    /// How often the outbox is looked at when nothing is heard of it.
    pub poll: Duration,
}

impl Settings {
    /// The settings that suit most, for mail from `from`.
    #[must_use]
    pub fn new(from: impl Into<String>) -> Self {
        Self {
            from: from.into(),
            dkim: Dkim::default(),
            return_path: None,
            brands: Brands::default(),
            settle: Duration::from_mins(1),
            upgrades: true,
            downgrades: true,
            linker: None,
            transactional: false,
            rate: None,
            workers: 2,
            lease: Duration::from_mins(1),
            deadline: Duration::from_hours(1),
            pause: Duration::from_mins(1),
            poll: Duration::from_secs(2),
        }
    }

    pub(super) fn sends(&self, direction: Direction) -> bool {
        match direction {
            Direction::Upgrade => self.upgrades,
            Direction::Downgrade => self.downgrades,
        }
    }
}
