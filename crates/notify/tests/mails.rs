//! The mails as they are read, and as they travel.
#![expect(clippy::unwrap_used, reason = "a test may fail where it stands")]

use laurel_notify::mail::{Brands, Composer, Direction, Draft, Message, TierMail, mail_address};
use laurel_payloads::Timestamp;
use laurel_store::Source;
use uuid::Uuid;

fn compose(mail: &TierMail) -> Message {
    let composer = Composer::new("Café Central <club@example.com>", &Brands::default()).unwrap();
    let id = Uuid::from_u128(0x0191_e2a0_0000_7000_8000_0000_0000_002a);
    let now = Timestamp::parse_rfc3339("2026-01-06T15:10:02.331Z").unwrap();
    composer
        .compose(&Draft::new(
            id,
            &Source::new("masivo").unwrap(),
            mail,
            mail_address("ana@example.com").unwrap(),
            now,
        ))
        .unwrap()
}

fn mail(direction: Direction) -> TierMail {
    let (from, to) = match direction {
        Direction::Upgrade => ("Bronze", "Silver"),
        Direction::Downgrade => ("Silver", "Bronze"),
    };
    TierMail::new(direction, Some("Ana María Pérez"), Some(from), Some(to))
}

/// The header lines of a message, folded lines joined.
fn headers(message: &Message) -> Vec<String> {
    let raw = std::str::from_utf8(&message.raw).unwrap();
    let (head, _) = raw.split_once("\r\n\r\n").unwrap();
    head.replace("\r\n ", " ")
        .split("\r\n")
        .map(str::to_owned)
        .collect()
}

fn names(message: &Message) -> Vec<String> {
    headers(message)
        .iter()
        .map(|line| line.split(':').next().unwrap().to_owned())
        .collect()
}

const PLANNED: [&str; 10] = [
    "Date",
    "From",
    "To",
    "Subject",
    "Message-ID",
    "X-Laurel-Message",
    "Auto-Submitted",
    "Feedback-ID",
    "MIME-Version",
    "Content-Type",
];

#[test]
fn an_upgrade_reads_as_in_the_snapshot() {
    let message = compose(&mail(Direction::Upgrade));
    insta::assert_snapshot!(
        "tier_upgrade.txt",
        format!(
            "Subject: {}\n\n{}",
            message.words.subject, message.words.text
        )
    );
    insta::assert_snapshot!("tier_upgrade.html", message.words.html);
}

#[test]
fn a_downgrade_reads_as_in_the_snapshot() {
    let message = compose(&mail(Direction::Downgrade));
    insta::assert_snapshot!(
        "tier_downgrade.txt",
        format!(
            "Subject: {}\n\n{}",
            message.words.subject, message.words.text
        )
    );
    insta::assert_snapshot!("tier_downgrade.html", message.words.html);
}

#[test]
fn a_mail_without_names_is_worded_neutrally() {
    for (direction, subject) in [
        (Direction::Upgrade, "You have reached a new tier"),
        (Direction::Downgrade, "Your tier has changed"),
    ] {
        let message = compose(&TierMail::new(
            direction,
            Some("\u{200b} \r\n"),
            None,
            Some(""),
        ));
        assert_eq!(message.words.subject, subject);
        assert!(
            message.words.text.starts_with("Hello,\n"),
            "{}",
            message.words.text
        );
        assert!(message.words.html.contains(">Hello,<"));
        assert!(!message.words.html.contains(">→<"));
    }
}

#[test]
fn the_wire_form_is_seven_bit_with_short_lines_and_the_planned_headers() {
    let message = compose(&mail(Direction::Upgrade));
    assert_eq!(names(&message), PLANNED);
    assert!(message.raw.is_ascii());
    for line in std::str::from_utf8(&message.raw).unwrap().split("\r\n") {
        assert!(line.len() <= 78 && !line.contains(['\r', '\n']), "{line:?}");
    }
    let headers = headers(&message);
    for expected in [
        "Date: Tue, 06 Jan 2026 15:10:02 +0000",
        "Subject: You are now Silver",
        "Message-ID: <0191e2a0-0000-7000-8000-00000000002a@example.com>",
        "X-Laurel-Message: 0191e2a0-0000-7000-8000-00000000002a",
        "Auto-Submitted: auto-generated",
        "MIME-Version: 1.0",
    ] {
        assert!(
            headers.iter().any(|line| line == expected),
            "{expected} is not in {headers:#?}"
        );
    }
}

#[test]
fn e1_e2_a_hostile_name_adds_no_header_and_no_markup() {
    let hostile = [
        "A\r\nBcc: x@example.org",
        "A\nBcc: x@example.org",
        "<script>alert(1)</script>",
        "</title><script>",
        "{{ 7 * 7 }}{% raw %}",
        "\"><img src=x onerror=alert(1)>",
        "=?utf-8?q?=0D=0ABcc:_x?=",
        "a\0b\u{2028}c\u{7f}d",
        "\" <x@example.org>, \"",
        "\\\"",
        "(comment)",
        &"<b>".repeat(2000),
        &"😀".repeat(10_000),
        "\u{202e}evil",
    ];
    for name in hostile {
        let message = compose(&TierMail::new(
            Direction::Upgrade,
            Some(name),
            Some(name),
            Some(name),
        ));
        assert_eq!(names(&message), PLANNED, "{name:?}");
        assert!(message.raw.is_ascii());
        let Message { words, .. } = &message;
        assert!(words.subject.chars().count() <= 200 && !words.subject.contains(char::is_control));
        for markup in ["<script", "<img", "<b>", "7 * 7 =", "49"] {
            assert!(!words.html.contains(markup), "{markup} from {name:?}");
        }
        assert!(
            !words.text.contains(['\r', '\0', '\u{2028}', '\u{202e}']),
            "{name:?}"
        );
        assert!(words.text.chars().count() < 1_000, "{}", words.text.len());
    }
}

#[test]
fn e6_a_template_in_a_name_is_text() {
    let message = compose(&TierMail::new(
        Direction::Upgrade,
        Some("{{ brand.name }}"),
        None,
        Some("{% if %}"),
    ));
    assert!(message.words.text.starts_with("Hello {{ brand.name }},"));
    assert_eq!(message.words.subject, "You are now {% if %}");
}

#[test]
fn the_same_mail_again_is_the_same_bytes() {
    assert_eq!(
        compose(&mail(Direction::Upgrade)).raw,
        compose(&mail(Direction::Upgrade)).raw
    );
}

#[test]
fn a_sender_is_one_plain_address_with_or_without_a_name() {
    for from in [
        "club@example.com",
        "Café Central <club@example.com>",
        "\"Club, No. 1\" <club@example.com>",
        "<club@example.com>",
    ] {
        assert!(Composer::new(from, &Brands::default()).is_ok(), "{from}");
    }
    for from in [
        "",
        "Café Central",
        "a@example.com, b@example.com",
        "Club <club@exämple.com>",
        "Club <a@example.com> <b@example.com>",
    ] {
        assert!(Composer::new(from, &Brands::default()).is_err(), "{from}");
    }
}
