//! Bodies of other formats: named by their reader, and never taken for Masivo's.

use laurel_payloads::{
    Event, EventKind, Heading, Reader, Reason, Timestamp, Unreadable, read_with,
};

/// A shop whose bodies hold a name, a buyer and a time.
struct Shop;

impl Reader for Shop {
    fn format(&self) -> &'static str {
        "shop"
    }

    fn heading(&self, body: &[u8]) -> Result<Heading, Unreadable> {
        let body: serde_json::Value = serde_json::from_slice(body).expect("JSON");
        let text = |key: &str| body[key].as_str();
        let name = text("type").ok_or_else(|| Unreadable::at(Reason::NoEvent, "type"))?;
        let mut heading = Heading::new(name);
        heading.customer_id = text("buyer").and_then(|buyer| buyer.parse().ok());
        heading.occurred_at = text("at").and_then(Timestamp::parse_rfc3339);
        Ok(heading)
    }
}

const NOW: Timestamp = Timestamp::from_micros(1_772_366_400_000_000);

fn read(body: &str) -> Result<Event, Unreadable> {
    read_with(&Shop, body.as_bytes()).expect("an object").event
}

#[test]
fn an_event_is_named_by_its_format_and_its_reader() {
    let body = "\u{feff}{\"type\":\"paid\",\"buyer\":\"ana\",\"at\":\"2026-02-01T00:00:00Z\"}";
    let event = read(body).expect("an event");
    assert_eq!(
        (event.name.as_str(), event.kind()),
        ("shop:paid", EventKind::Unrecognized)
    );
    assert_eq!(event.occurred_at(NOW).to_string(), "2026-02-01T00:00:00Z");
    let id = event.customer_id.clone();
    let stored = Event::parse_as(Some("shop:paid"), id.as_ref(), body.as_bytes());
    assert_eq!(stored.expect("the same").customer_id, id);
}

#[test]
fn what_looks_like_masivos_and_came_in_another_format_is_not_masivos() {
    let body = br#"{"type":"paid","event":"TIER_UPGRADE","data":{"customer_id":"ana"}}"#;
    let stored = Event::parse_as(Some("shop:paid"), None, body).expect("an event");
    assert_eq!(stored.kind(), EventKind::Unrecognized);
    assert_eq!(stored.name, "shop:paid");
    let masivos = Event::parse_as(Some("TIER_UPGRADE"), None, body).expect("an event");
    assert_eq!(masivos.kind(), EventKind::TierUpgrade);
}

#[test]
fn what_cannot_be_named_is_quarantined() {
    for (body, reason) in [
        (r#"{"type":1}"#, Reason::NoEvent),
        (r#"{"type":""}"#, Reason::NoEvent),
        (r#"{"type":"a\u0000"}"#, Reason::NoEvent),
        (r#"{"type":"a","type":"b"}"#, Reason::DuplicateKey),
    ] {
        assert_eq!(read(body).expect_err(body).reason, reason, "{body}");
    }
    let long = format!(r#"{{"type":"{}"}}"#, "x".repeat(128));
    assert_eq!(read(&long).expect_err("too long").reason, Reason::NoEvent);
    assert!(read_with(&Shop, b"[]").is_err(), "no object");
}
