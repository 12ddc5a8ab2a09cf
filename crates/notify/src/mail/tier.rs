//! What a mail about a tier change says: data, cleaned once for every part of the mail.

use super::clean::cleaned;

/// Longest name of a customer, in characters.
const LONGEST_NAME: usize = 100;
/// Longest name of a tier, in characters.
const LONGEST_TIER: usize = 100;

/// Up or down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// To a better tier.
    Upgrade,
    /// To a lesser one.
    Downgrade,
}

/// The facts that a mail about a tier change is made of. Names are the brand's and the customer's
/// own text: they are cleaned and cut here, and escaped in HTML, but otherwise said as they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TierMail {
    direction: Direction,
    name: Option<String>,
    from_tier: Option<String>,
    to_tier: Option<String>,
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
            name: name.and_then(|name| cleaned(name, LONGEST_NAME)),
            from_tier: from_tier.and_then(|tier| cleaned(tier, LONGEST_TIER)),
            to_tier: to_tier.and_then(|tier| cleaned(tier, LONGEST_TIER)),
        }
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

    /// The tier before the change.
    #[must_use]
    pub fn from_tier(&self) -> Option<&str> {
        self.from_tier.as_deref()
    }

    /// The tier after it.
    #[must_use]
    pub fn to_tier(&self) -> Option<&str> {
        self.to_tier.as_deref()
    }
}
