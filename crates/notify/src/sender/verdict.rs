//! Whether a customer is written to: decided when it is sent, with what is known by then.

use std::time::Duration;

use laurel_payloads::{EventKind, Timestamp};
use laurel_store::Recipient;
use lettre::Address;

use super::Settings;
use crate::mail::{Direction, mail_address};

/// A change older than this, counted from its receipt, is no news.
pub(super) const STALE_AFTER: Duration = laurel_store::STALE_AFTER;

/// What is to be done with a message.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Write(Address),
    Skip(Skipped),
    /// The address is not known (any more): it goes back to wait for one.
    Wait,
}

/// Why a message does not go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Skipped {
    NoNetChange,
    SwitchedOff,
    Stale,
    Anonymous,
    Inactive,
    NoConsent,
    Unwanted,
    InvalidAddress,
    Suppressed,
}

impl Skipped {
    /// The reason as it stands in the outbox.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::NoNetChange => "no_net_change",
            Self::SwitchedOff => "switched_off",
            Self::Stale => "stale",
            Self::Anonymous => "anonymous",
            Self::Inactive => "inactive",
            Self::NoConsent => "no_consent",
            Self::Unwanted => "unwanted",
            Self::InvalidAddress => "invalid_address",
            Self::Suppressed => "suppressed",
        }
    }
}

/// Decides about a message in `direction` whose event was received at `received_at`.
pub(super) fn verdict(
    settings: &Settings,
    direction: Direction,
    received_at: Timestamp,
    recipient: Option<&Recipient>,
    now: Timestamp,
) -> Verdict {
    if !settings.sends(direction) {
        return Verdict::Skip(Skipped::SwitchedOff);
    }
    if received_at <= now.saturating_sub(STALE_AFTER) {
        return Verdict::Skip(Skipped::Stale);
    }
    let Some(recipient) = recipient else {
        return Verdict::Wait;
    };
    if let Some(skipped) = objection(settings, direction, recipient) {
        return Verdict::Skip(skipped);
    }
    match recipient.email.as_deref().map(mail_address) {
        None => Verdict::Wait,
        Some(Ok(address)) => Verdict::Write(address),
        Some(Err(_)) => Verdict::Skip(Skipped::InvalidAddress),
    }
}

fn objection(settings: &Settings, direction: Direction, recipient: &Recipient) -> Option<Skipped> {
    let kind = match direction {
        Direction::Upgrade => EventKind::TierUpgrade,
        Direction::Downgrade => EventKind::TierDowngrade,
    };
    let active = recipient
        .status
        .as_deref()
        .is_none_or(|status| status == "ACTIVE");
    let consents = settings.transactional || recipient.consents_to_email.unwrap_or(true);
    if recipient.is_anonymous {
        Some(Skipped::Anonymous)
    } else if !active {
        Some(Skipped::Inactive)
    } else if !consents {
        Some(Skipped::NoConsent)
    } else if recipient.wanted(kind) == Some(false) {
        Some(Skipped::Unwanted)
    } else if recipient.suppressed {
        Some(Skipped::Suppressed)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use laurel_store::Preferences;

    use super::*;

    fn ana() -> Recipient {
        Recipient {
            email: Some("ana@example.com".to_owned()),
            status: Some("ACTIVE".to_owned()),
            ..Recipient::default()
        }
    }

    fn said(wanted: bool) -> Preferences {
        [(EventKind::TierUpgrade, wanted)].into_iter().collect()
    }

    fn now() -> Timestamp {
        Timestamp::parse_rfc3339("2026-01-06T15:00:00Z").unwrap()
    }

    fn decide(recipient: &Recipient) -> Verdict {
        verdict(
            &Settings::new("club@example.com"),
            Direction::Upgrade,
            now(),
            Some(recipient),
            now(),
        )
    }

    #[test]
    fn an_active_customer_with_an_address_is_written_to() {
        assert_eq!(
            decide(&ana()),
            Verdict::Write(mail_address("ana@example.com").unwrap())
        );
        assert!(matches!(
            decide(&Recipient {
                status: None,
                ..ana()
            }),
            Verdict::Write(_)
        ));
        assert!(matches!(
            decide(&Recipient {
                consents_to_email: Some(true),
                ..ana()
            }),
            Verdict::Write(_)
        ));
        assert!(matches!(
            decide(&Recipient {
                preferences: said(true),
                ..ana()
            }),
            Verdict::Write(_)
        ));
    }

    #[test]
    fn a_customer_who_must_not_be_written_to_is_skipped_with_the_reason() {
        for (recipient, skipped) in [
            (
                Recipient {
                    is_anonymous: true,
                    ..ana()
                },
                Skipped::Anonymous,
            ),
            (
                Recipient {
                    status: Some("INACTIVE".to_owned()),
                    ..ana()
                },
                Skipped::Inactive,
            ),
            (
                Recipient {
                    status: Some("BLOCKED".to_owned()),
                    ..ana()
                },
                Skipped::Inactive,
            ),
            (
                Recipient {
                    consents_to_email: Some(false),
                    ..ana()
                },
                Skipped::NoConsent,
            ),
            (
                Recipient {
                    preferences: said(false),
                    ..ana()
                },
                Skipped::Unwanted,
            ),
            (
                Recipient {
                    suppressed: true,
                    ..ana()
                },
                Skipped::Suppressed,
            ),
            (
                Recipient {
                    email: Some("ana@b".to_owned()),
                    ..ana()
                },
                Skipped::InvalidAddress,
            ),
        ] {
            assert_eq!(decide(&recipient), Verdict::Skip(skipped), "{recipient:?}");
        }
    }

    #[test]
    fn a_customer_without_an_address_waits() {
        assert_eq!(
            decide(&Recipient {
                email: None,
                ..ana()
            }),
            Verdict::Wait
        );
        let settings = Settings::new("club@example.com");
        assert_eq!(
            verdict(&settings, Direction::Upgrade, now(), None, now()),
            Verdict::Wait
        );
    }

    #[test]
    fn a_change_is_stale_after_seven_days_whoever_it_is_about() {
        let settings = Settings::new("club@example.com");
        let age = |age| now().saturating_sub(age);
        for recipient in [None, Some(&ana())] {
            let old = verdict(
                &settings,
                Direction::Upgrade,
                age(STALE_AFTER),
                recipient,
                now(),
            );
            assert_eq!(old, Verdict::Skip(Skipped::Stale));
        }
        let young = age(STALE_AFTER.saturating_sub(Duration::from_secs(1)));
        assert!(matches!(
            verdict(&settings, Direction::Upgrade, young, Some(&ana()), now()),
            Verdict::Write(_)
        ));
    }

    #[test]
    fn settings_decide_about_consent_and_kinds() {
        let refuses = Recipient {
            consents_to_email: Some(false),
            ..ana()
        };
        let settings = Settings {
            transactional: true,
            downgrades: false,
            ..Settings::new("club@example.com")
        };
        let decide = |direction| verdict(&settings, direction, now(), Some(&refuses), now());
        assert!(matches!(decide(Direction::Upgrade), Verdict::Write(_)));
        assert_eq!(
            decide(Direction::Downgrade),
            Verdict::Skip(Skipped::SwitchedOff)
        );
    }
}
