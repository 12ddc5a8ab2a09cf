//! What each reply of a relay, and each fault of the network, means for a message.

use std::time::Duration;

use crate::relay::{FakeRelay, HANG_UP, SILENCE, Script};
use laurel_notify::mail::{Brands, Composer, Direction, Draft, Message, TierMail, mail_address};
use laurel_notify::smtp::{Relay, SmtpSettings, Timeouts};
use laurel_notify::{Channel, Failure, Hold, SmtpChannel};
use laurel_payloads::Timestamp;
use laurel_store::Source;
use tokio::time::Instant;
use uuid::Uuid;

const SOON: Duration = Duration::from_millis(150);

fn message() -> Message {
    let mail = TierMail::new(
        Direction::Upgrade,
        Some("Ana"),
        Some("Bronze"),
        Some(".Silver"),
    );
    let composer = Composer::new("Club <club@example.com>", &Brands::default()).unwrap();
    let to = mail_address("ana@example.com").unwrap();
    composer
        .compose(&Draft::new(
            Uuid::from_u128(42),
            &Source::new("masivo").unwrap(),
            &mail,
            to,
            Timestamp::from_micros(0),
        ))
        .unwrap()
}

fn channel_to(address: &str) -> SmtpChannel {
    let relay: Relay = format!("smtp://{address}?tls=none").parse().unwrap();
    let timeouts = Timeouts {
        greeting: SOON,
        command: SOON,
        data: SOON,
        message: SOON,
        quit: SOON,
        ..Timeouts::default()
    };
    SmtpChannel::new(SmtpSettings {
        timeouts,
        trusted: Duration::ZERO,
        ..SmtpSettings::new(relay)
    })
    .unwrap()
}

fn held() -> Hold {
    Hold::until(Instant::now() + Duration::from_mins(1))
}

/// Delivers one message to a relay that follows `script`.
async fn outcome(script: Script) -> Result<(), Failure> {
    let relay = FakeRelay::start(script).await;
    channel_to(&relay.address.to_string())
        .deliver(&message(), &held())
        .await
        .map(|_| ())
}

fn is_transient(outcome: &Result<(), Failure>) -> bool {
    matches!(outcome, Err(Failure::Transient(_)))
}

fn is_permanent(outcome: &Result<(), Failure>) -> bool {
    matches!(outcome, Err(Failure::Permanent(_)))
}

fn is_paused(outcome: &Result<(), Failure>) -> bool {
    matches!(outcome, Err(Failure::Paused(_)))
}

#[tokio::test]
async fn a_message_is_delivered_when_the_relay_says_250_to_all_of_it() {
    let relay = FakeRelay::start(&[]).await;
    let delivery = channel_to(&relay.address.to_string())
        .deliver(&message(), &held())
        .await
        .unwrap();
    assert_eq!(
        (delivery.code, delivery.text.as_str()),
        (Some(250), "queued as 1")
    );
    assert_eq!(delivery.relay, relay.address.to_string());
    let heard = relay.heard();
    assert!(
        heard.contains(&"MAIL FROM:<club@example.com>".to_owned()),
        "{heard:#?}"
    );
    assert!(heard.contains(&"RCPT TO:<ana@example.com>".to_owned()));
    assert_eq!(
        relay.count("Message-ID: <00000000-0000-0000-0000-00000000002a@example.com>"),
        1
    );
}

#[tokio::test]
async fn a_4xx_reply_at_any_step_is_tried_again() {
    const SCRIPTS: [Script; 7] = [
        &[("greeting", "421 busy")],
        &[("EHLO", "421 busy")],
        &[("MAIL", "451 not now")],
        &[("RCPT", "450 greylisted")],
        &[("RCPT", "421 busy")],
        &[("DATA", "452 full")],
        &[(".", "451 not now")],
    ];
    for script in SCRIPTS {
        let outcome = outcome(script).await;
        assert!(is_transient(&outcome), "{script:?}: {outcome:?}");
    }
}

#[tokio::test]
async fn a_5xx_reply_about_the_message_is_final() {
    const SCRIPTS: [Script; 5] = [
        &[("MAIL", "553 not yours")],
        &[("RCPT", "550 5.1.1 unknown")],
        &[("DATA", "554 no")],
        &[(".", "554 spam")],
        &[(".", "552-too\r\n552 big")],
    ];
    for script in SCRIPTS {
        let outcome = outcome(script).await;
        assert!(is_permanent(&outcome), "{script:?}: {outcome:?}");
    }
}

#[tokio::test]
async fn a_relay_that_refuses_everybody_pauses_the_sender() {
    const SCRIPTS: [Script; 5] = [
        &[("greeting", "554 no service")],
        &[("EHLO", "550 who?")],
        &[("MAIL", "530 authenticate first")],
        &[("RCPT", "535 no")],
        &[("DATA", "538 encrypt first")],
    ];
    for script in SCRIPTS {
        let outcome = outcome(script).await;
        assert!(is_paused(&outcome), "{script:?}: {outcome:?}");
    }
}

#[tokio::test]
async fn anything_but_one_250_to_the_message_is_no_success() {
    const SCRIPTS: [Script; 11] = [
        &[(".", "354 go on")],
        &[(".", "220 relay.test")],
        &[(".", "251 elsewhere")],
        &[(".", "252 perhaps")],
        &[(".", "200 fine")],
        &[(".", "250 queued\r\n250 queued")],
        &[(".", "250 queued\r\n550 or not")],
        &[(".", "354 go on\r\n250 queued")],
        &[(".", "250-queued\r\n550 or not")],
        &[(".", "OK")],
        &[(".", "\u{0}\u{1}\u{2}")],
    ];
    for script in SCRIPTS {
        let outcome = outcome(script).await;
        assert!(is_transient(&outcome), "{script:?}: {outcome:?}");
    }
}

#[tokio::test]
async fn a_positive_reply_of_the_wrong_kind_ends_the_session_at_any_step() {
    const SCRIPTS: [Script; 5] = [
        &[("MAIL", "354 go on")],
        &[("RCPT", "354 go on")],
        &[("DATA", "250 fine")],
        &[("MAIL", "250 ok\r\n250 ok")],
        &[("EHLO", "250 relay.test\r\n250 ok")],
    ];
    for script in SCRIPTS {
        let relay = FakeRelay::start(script).await;
        let outcome = channel_to(&relay.address.to_string())
            .deliver(&message(), &held())
            .await
            .map(|_| ());
        assert!(is_transient(&outcome), "{script:?}: {outcome:?}");
        assert_eq!(relay.count("Message-ID"), 0, "{script:?}");
    }
}

#[tokio::test]
async fn a_relay_that_falls_silent_or_hangs_up_is_tried_again() {
    const SCRIPTS: [Script; 12] = [
        &[("greeting", SILENCE)],
        &[("EHLO", SILENCE)],
        &[("MAIL", SILENCE)],
        &[("RCPT", SILENCE)],
        &[("DATA", SILENCE)],
        &[(".", SILENCE)],
        &[("greeting", HANG_UP)],
        &[("EHLO", HANG_UP)],
        &[("MAIL", HANG_UP)],
        &[("RCPT", HANG_UP)],
        &[("DATA", HANG_UP)],
        &[(".", HANG_UP)],
    ];
    for script in SCRIPTS {
        let outcome = tokio::time::timeout(Duration::from_secs(10), outcome(script)).await;
        assert!(
            is_transient(outcome.as_ref().unwrap()),
            "{script:?}: {outcome:?}"
        );
    }
}

#[tokio::test]
async fn a_relay_that_is_not_there_is_tried_again() {
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let outcome = channel_to(&free.to_string())
        .deliver(&message(), &held())
        .await;
    let Err(Failure::Transient(refusal)) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!((refusal.step, refusal.code), ("connect", None));
}

#[tokio::test]
async fn a_refusal_says_who_where_and_why_but_not_whose_address() {
    let relay = FakeRelay::start(&[("RCPT", "550 5.1.1 <ana@example.com>: user unknown")]).await;
    let failure = channel_to(&relay.address.to_string())
        .deliver(&message(), &held())
        .await
        .unwrap_err();
    let said = format!(
        "refused: {} at RCPT TO: 550 5.1.1 <address> user unknown",
        relay.address
    );
    assert_eq!(failure.to_string(), said);
    assert_eq!(
        (failure.refusal().code, failure.refusal().step),
        (Some(550), "RCPT TO")
    );
}

#[tokio::test]
async fn a_connection_is_kept_between_messages() {
    let relay = FakeRelay::start(&[]).await;
    let channel = channel_to(&relay.address.to_string());
    for _ in 0..3 {
        channel.deliver(&message(), &held()).await.unwrap();
    }
    assert_eq!(
        (
            relay.count("(connection)"),
            relay.count("RSET"),
            relay.count("DATA")
        ),
        (1, 2, 3)
    );
}

#[tokio::test]
async fn a_kept_connection_that_does_not_answer_is_replaced() {
    for script in [
        &[("RSET", HANG_UP)] as Script,
        &[("RSET", "421 idle too long")],
        &[("RSET", SILENCE)],
    ] {
        let relay = FakeRelay::start(script).await;
        let channel = channel_to(&relay.address.to_string());
        channel.deliver(&message(), &held()).await.unwrap();
        channel.deliver(&message(), &held()).await.unwrap();
        assert_eq!(
            (relay.count("(connection)"), relay.count("Message-ID")),
            (2, 2),
            "{script:?}"
        );
    }
}

#[tokio::test]
async fn a_connection_that_failed_is_not_used_again() {
    let relay = FakeRelay::start(&[("RCPT", "450 later")]).await;
    let channel = channel_to(&relay.address.to_string());
    for _ in 0..2 {
        channel.deliver(&message(), &held()).await.unwrap_err();
    }
    assert_eq!((relay.count("(connection)"), relay.count("RSET")), (2, 0));
}

#[tokio::test]
async fn a_worker_that_lost_its_lease_opens_no_transaction() {
    let relay = FakeRelay::start(&[]).await;
    let lost = Hold::until(Instant::now());
    let outcome = channel_to(&relay.address.to_string())
        .deliver(&message(), &lost)
        .await;
    assert!(matches!(outcome, Err(Failure::Late(_))), "{outcome:?}");
    assert_eq!(relay.count("MAIL"), 0);
}

#[tokio::test]
async fn a_resting_channel_says_goodbye_to_unused_connections() {
    let relay = FakeRelay::start(&[]).await;
    let settings = SmtpSettings {
        idle: Duration::ZERO,
        ..SmtpSettings::new(
            format!("smtp://{}?tls=none", relay.address)
                .parse()
                .unwrap(),
        )
    };
    let channel = SmtpChannel::new(settings).unwrap();
    channel.deliver(&message(), &held()).await.unwrap();
    channel.rest().await;
    assert_eq!(relay.count("QUIT"), 1);
}
