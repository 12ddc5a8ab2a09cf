//! Where test mails are written.

use std::path::Path;

use laurel_notify::language::locale;
use laurel_notify::mail::{
    Balance, Brand, Brands, Composer, Direction, Draft, Links, Message, TierMail, mail_address,
};
use laurel_payloads::Timestamp;
use laurel_store::Source;
use uuid::Uuid;

pub(crate) fn composer(brand: Brand) -> Composer {
    let brands = Brands {
        common: brand,
        ..Brands::default()
    };
    Composer::new("Café Central <club@example.com>", &brands).unwrap()
}

/// The mail in a language, to a customer who can stop it.
pub(crate) fn write(composer: &Composer, mail: &TierMail, language: &str) -> Message {
    let (source, now) = (Source::new("masivo").unwrap(), now());
    let page = |name| Some(format!("https://loyalty.example.com/email/{name}/dG9rZW4"));
    let draft = Draft {
        locale: Some(locale(language).unwrap()),
        links: Links {
            unsubscribe: page("unsubscribe"),
            preferences: page("preferences"),
            ..Links::default()
        },
        ..Draft::new(
            Uuid::from_u128(42),
            &source,
            mail,
            mail_address("ana@example.com").unwrap(),
            now,
        )
    };
    composer.compose(&draft).unwrap()
}

pub(crate) fn now() -> Timestamp {
    Timestamp::parse_rfc3339("2026-01-06T15:10:02.331Z").unwrap()
}

/// Every occasion for a mail, by name.
pub(crate) fn occasions() -> Vec<(&'static str, TierMail)> {
    let up = TierMail::new(
        Direction::Upgrade,
        Some("Ana María Pérez"),
        Some("Bronze"),
        Some("Silver"),
    );
    let down = TierMail::new(
        Direction::Downgrade,
        Some("Ana María Pérez"),
        Some("Silver"),
        Some("Bronze"),
    );
    let rewards = vec![("Coffee points".to_owned(), "1250.5".parse().unwrap())];
    let balance = Balance {
        as_of: now(),
        rewards,
    };
    vec![
        ("upgrade", up.clone()),
        (
            "upgrade, the outcome of three changes, with a balance",
            up.outcome_of(3).balance(balance),
        ),
        ("downgrade", down.clone().triggered_by(Some("EVENT"))),
        (
            "downgrade at the start of a period",
            down.clone().triggered_by(Some("CRON_DOWNGRADE")),
        ),
        (
            "downgrade by a reversal",
            down.triggered_by(Some("REVERSAL")),
        ),
        (
            "upgrade of nobody knows whom to what",
            TierMail::new(Direction::Upgrade, None, None, None),
        ),
    ]
}

/// Writes a file of an operator's folder.
pub(crate) fn put(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}
