//! What a mail about a tier change says: data, cleaned once for every part of the mail.

use laurel_payloads::{Amount, Timestamp};

use super::clean::cleaned;

/// Longest name of a customer, in characters.
const LONGEST_NAME: usize = 100;
/// Longest name of a tier or a reward, in characters.
const LONGEST_TIER: usize = 100;
/// Most rewards that a mail lists.
const MOST_REWARDS: usize = 5;

/// Up or down.
///
/// ```
/// use laurel_notify::mail::{Direction, TierMail};
///
/// let mail = TierMail::new(Direction::Downgrade, Some("Ana"), Some("Gold"), Some("Silver"));
/// assert_eq!(mail.direction(), Direction::Downgrade);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// To a better tier.
    Upgrade,
    /// To a lesser one.
    Downgrade,
}

/// What led to a tier change, where that is worded differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trigger {
    /// The start of a period.
    Cron,
    /// Something that had counted was undone.
    Reversal,
}

/// The facts that a mail about a tier change is made of. Names are the brand's and the customer's
/// own text: they are cleaned and cut here, and escaped in HTML, but otherwise said as they are.
///
/// ```
/// use laurel_notify::mail::{Direction, TierMail};
///
/// let mail = TierMail::new(Direction::Upgrade, Some("  Ana\u{202e} "), None, Some("Silver"))
///     .triggered_by(Some("EVENT"))
///     .outcome_of(2);
/// assert_eq!(mail.name(), Some("Ana"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TierMail {
    direction: Direction,
    trigger: Option<Trigger>,
    name: Option<String>,
    from_tier: Option<String>,
    to_tier: Option<String>,
    changes: u64,
    changed_at: Option<Timestamp>,
    balance: Option<Balance>,
}

/// What a wallet held, and when.
///
/// ```
/// use laurel_notify::mail::{Balance, Direction, TierMail};
/// use laurel_payloads::Timestamp;
///
/// let balance = Balance {
///     as_of: Timestamp::from_micros(1_769_861_000_000_000),
///     rewards: vec![("Points".to_owned(), "1250.5".parse()?)],
/// };
/// let mail = TierMail::new(Direction::Upgrade, Some("Ana"), None, Some("Silver")).balance(balance);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Balance {
    /// When it was so.
    pub as_of: Timestamp,
    /// The rewards by name.
    pub rewards: Vec<(String, Amount)>,
}

impl TierMail {
    /// A mail to the customer called `name` about a change from one tier to another, each by its
    /// name. What is missing is worded neutrally.
    #[must_use]
    pub fn new(
        direction: Direction,
        name: Option<&str>,
        from_tier: Option<&str>,
        to_tier: Option<&str>,
    ) -> Self {
        Self {
            direction,
            trigger: None,
            name: name.and_then(|name| cleaned(name, LONGEST_NAME)),
            from_tier: from_tier.and_then(|tier| cleaned(tier, LONGEST_TIER)),
            to_tier: to_tier.and_then(|tier| cleaned(tier, LONGEST_TIER)),
            changes: 1,
            changed_at: None,
            balance: None,
        }
    }

    /// What led to it, by Masivo's word: `EVENT`, `CRON_DOWNGRADE` or `REVERSAL`.
    #[must_use]
    pub fn triggered_by(mut self, word: Option<&str>) -> Self {
        self.trigger = match word {
            Some("CRON_DOWNGRADE") => Some(Trigger::Cron),
            Some("REVERSAL") => Some(Trigger::Reversal),
            _ => None,
        };
        self
    }

    /// When it happened; when the mail is written, unless set.
    #[must_use]
    pub fn changed_at(mut self, at: Timestamp) -> Self {
        self.changed_at = Some(at);
        self
    }

    /// How many changes it is the outcome of.
    #[must_use]
    pub fn outcome_of(mut self, changes: usize) -> Self {
        self.changes = u64::try_from(changes).unwrap_or(u64::MAX);
        self
    }

    /// What the customer's wallet holds; rewards of which there are none left are not told.
    #[must_use]
    pub fn balance(mut self, balance: Balance) -> Self {
        let Balance { as_of, rewards } = balance;
        let left = rewards
            .into_iter()
            .filter(|(_, amount)| *amount > Amount::ZERO);
        let named = left.filter_map(|(name, amount)| Some((cleaned(&name, LONGEST_TIER)?, amount)));
        let rewards: Vec<_> = named.take(MOST_REWARDS).collect();
        self.balance = (!rewards.is_empty()).then_some(Balance { as_of, rewards });
        self
    }

    /// Up or down.
    #[must_use]
    pub fn direction(&self) -> Direction {
        self.direction
    }

    /// The customer's name as the mail says it.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// What the messages about it begin with.
    pub(super) fn occasion(&self) -> &'static str {
        match (self.direction, self.trigger) {
            (Direction::Upgrade, _) => "tier-upgrade",
            (Direction::Downgrade, None) => "tier-downgrade",
            (Direction::Downgrade, Some(Trigger::Cron)) => "tier-downgrade-cron",
            (Direction::Downgrade, Some(Trigger::Reversal)) => "tier-downgrade-reversal",
        }
    }

    /// What its templates begin with.
    pub(super) fn template(&self) -> &'static str {
        match self.direction {
            Direction::Upgrade => "tier_upgrade",
            Direction::Downgrade => "tier_downgrade",
        }
    }

    /// The tier before the change.
    pub(super) fn tier_before(&self) -> Option<&str> {
        self.from_tier.as_deref()
    }

    /// The tier after it.
    pub(super) fn tier_after(&self) -> Option<&str> {
        self.to_tier.as_deref()
    }

    pub(super) fn changes(&self) -> u64 {
        self.changes
    }

    pub(super) fn when(&self) -> Option<Timestamp> {
        self.changed_at
    }

    pub(super) fn held(&self) -> Option<&Balance> {
        self.balance.as_ref()
    }
}
