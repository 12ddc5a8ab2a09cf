//! Nothing is sent where the connection is not encrypted as it should be.

use std::path::PathBuf;
use std::time::Duration;

use crate::authority::Authority;
use crate::relay::{FakeRelay, Script};
use laurel_notify::mail::{Brands, Composer, Direction, Draft, Message, TierMail, mail_address};
use laurel_notify::smtp::SmtpSettings;
use laurel_notify::{Channel, Delivery, Failure, Hold, SmtpChannel};
use laurel_payloads::Timestamp;
use laurel_store::Source;
use tokio::time::Instant;
use uuid::Uuid;

const STARTTLS: Script = &[
    ("EHLO", "250-relay.test\r\n250 STARTTLS"),
    ("STARTTLS", "220 go on"),
    ("EHLO/TLS", "250-relay.test\r\n250 AUTH PLAIN LOGIN"),
];

fn message() -> Message {
    let mail = TierMail::new(
        Direction::Upgrade,
        Some("Ana"),
        Some("Bronze"),
        Some("Silver"),
    );
    let to = mail_address("ana@example.com").unwrap();
    let source = Source::new("masivo").unwrap();
    Composer::new("club@example.com", &Brands::default())
        .unwrap()
        .compose(&Draft::new(
            Uuid::nil(),
            &source,
            &mail,
            to,
            Timestamp::from_micros(0),
        ))
        .unwrap()
}

async fn deliver(relay: &FakeRelay, ca_file: Option<PathBuf>) -> Result<Delivery, Failure> {
    let url = format!("smtp://club:secret@localhost:{}", relay.address.port());
    let settings = SmtpSettings {
        ca_file,
        ..SmtpSettings::new(url.parse().unwrap())
    };
    let hold = Hold::until(Instant::now() + Duration::from_mins(1));
    SmtpChannel::new(settings)
        .unwrap()
        .deliver(&message(), &hold)
        .await
}

fn is_paused(outcome: &Result<Delivery, Failure>) -> bool {
    matches!(outcome, Err(Failure::Paused(_)))
}

/// Nothing that is ours was told: no password, no mail.
fn told_nothing(relay: &FakeRelay) -> bool {
    ["AUTH", "MAIL", "DATA", "Message-ID"]
        .iter()
        .all(|verb| relay.count(verb) == 0)
}

#[tokio::test]
async fn a_mail_goes_out_encrypted_after_a_login() {
    let authority = Authority::new();
    let relay = FakeRelay::start_tls(STARTTLS, Some(authority.server("localhost", false))).await;
    deliver(&relay, Some(authority.file())).await.unwrap();
    let heard = relay.heard();
    let at = |verb: &str| {
        heard
            .iter()
            .position(|line| line.starts_with(verb))
            .unwrap()
    };
    assert!(
        at("STARTTLS") < at("(encrypted)")
            && at("(encrypted)") < at("AUTH")
            && at("AUTH") < at("MAIL")
    );
}

#[tokio::test]
async fn a_relay_whose_starttls_was_stripped_gets_no_mail() {
    let relay = FakeRelay::start(&[("EHLO", "250-relay.test\r\n250 AUTH PLAIN LOGIN")]).await;
    let outcome = deliver(&relay, None).await;
    assert!(is_paused(&outcome), "{outcome:?}");
    assert!(told_nothing(&relay), "{:#?}", relay.heard());
}

#[tokio::test]
async fn a_relay_that_refuses_starttls_gets_no_mail() {
    let relay = FakeRelay::start(&[
        ("EHLO", "250-r\r\n250 STARTTLS"),
        ("STARTTLS", "454 not today"),
    ])
    .await;
    let outcome = deliver(&relay, None).await;
    assert!(matches!(outcome, Err(Failure::Transient(_))), "{outcome:?}");
    assert!(told_nothing(&relay), "{:#?}", relay.heard());
}

#[tokio::test]
async fn a_login_that_is_offered_in_the_clear_only_is_not_used() {
    const CLEAR_ONLY: Script = &[
        (
            "EHLO",
            "250-relay.test\r\n250-AUTH PLAIN LOGIN\r\n250 STARTTLS",
        ),
        ("STARTTLS", "220 go on"),
        ("EHLO/TLS", "250 relay.test"),
    ];
    let authority = Authority::new();
    let relay = FakeRelay::start_tls(CLEAR_ONLY, Some(authority.server("localhost", false))).await;
    let outcome = deliver(&relay, Some(authority.file())).await;
    assert!(is_paused(&outcome), "{outcome:?}");
    assert!(told_nothing(&relay), "{:#?}", relay.heard());
}

#[tokio::test]
async fn a_refused_password_pauses_the_sender() {
    const REFUSED: Script = &[
        ("EHLO", "250-relay.test\r\n250 STARTTLS"),
        ("STARTTLS", "220 go on"),
        ("EHLO/TLS", "250-relay.test\r\n250 AUTH PLAIN"),
        ("AUTH", "535 5.7.8 no"),
    ];
    let authority = Authority::new();
    let relay = FakeRelay::start_tls(REFUSED, Some(authority.server("localhost", false))).await;
    let outcome = deliver(&relay, Some(authority.file())).await;
    let Err(Failure::Paused(refusal)) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!((refusal.step, refusal.code), ("AUTH", Some(535)));
    assert_eq!(relay.count("MAIL"), 0);
}

#[tokio::test]
async fn a_reply_slipped_in_before_the_handshake_ends_the_session() {
    const INJECTED: Script = &[
        ("EHLO", "250-relay.test\r\n250 STARTTLS"),
        ("STARTTLS", "220 go on\r\n250 AUTH PLAIN"),
        ("EHLO/TLS", "250 AUTH PLAIN"),
    ];
    let authority = Authority::new();
    let relay = FakeRelay::start_tls(INJECTED, Some(authority.server("localhost", false))).await;
    let outcome = deliver(&relay, Some(authority.file())).await;
    assert!(
        matches!(&outcome, Err(Failure::Transient(refusal)) if refusal.text.contains("out of turn")),
        "{outcome:?}"
    );
    assert_eq!(relay.count("(encrypted)"), 0);
    assert!(told_nothing(&relay), "{:#?}", relay.heard());
}

#[tokio::test]
async fn a_certificate_that_does_not_hold_gets_no_mail() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    for (fault, server, trusted) in [
        (
            "another name",
            authority.server("relay.example", false),
            Some(authority.file()),
        ),
        (
            "expired",
            authority.server("localhost", true),
            Some(authority.file()),
        ),
        (
            "unknown authority",
            stranger.server("localhost", false),
            Some(authority.file()),
        ),
        (
            "private authority",
            authority.server("localhost", false),
            None,
        ),
    ] {
        let relay = FakeRelay::start_tls(STARTTLS, Some(server)).await;
        let outcome = deliver(&relay, trusted).await;
        let Err(Failure::Paused(refusal)) = &outcome else {
            panic!("{fault}: {outcome:?}")
        };
        assert!(refusal.text.contains("certificate"), "{fault}: {refusal}");
        assert!(told_nothing(&relay), "{fault}: {:#?}", relay.heard());
    }
}

#[test]
fn a_file_without_certificates_is_refused_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty.pem");
    std::fs::write(&empty, "no certificate").unwrap();
    for ca_file in [empty, folder.path().join("missing.pem")] {
        let settings = SmtpSettings {
            ca_file: Some(ca_file),
            ..SmtpSettings::new("smtp://relay.example".parse().unwrap())
        };
        assert!(SmtpChannel::new(settings).is_err());
    }
}
