//! Hostile amounts, times and texts, by the rows of the catalogue's section B.

use laurel_payloads::{Event, Payload};

use crate::{accumulation, event, outcome};

#[test]
fn amounts_are_exact_or_quarantined() {
    for (row, written, expected) in [
        ("B18", "9007199.254741", "9007199.254741"),
        (
            "B18",
            "9007199.254740993000e-0",
            "number_range at data.lines[0].amount",
        ),
        (
            "B19",
            "9007199254740993",
            "number_range at data.lines[0].amount",
        ),
        (
            "B19",
            "9223372036854775808",
            "number_range at data.lines[0].amount",
        ),
        (
            "B19",
            "18446744073709551616",
            "number_range at data.lines[0].amount",
        ),
        ("B19", "1e400", "number_range at data.lines[0].amount"),
        ("B19", "1E309", "number_range at data.lines[0].amount"),
        ("B19", "0.0000001", "number_range at data.lines[0].amount"),
        ("B20", "0.1", "0.1"),
        ("B21", "\"100\"", "100"),
        ("B21", "\"\\u0031.5\"", "1.5"),
        ("B21", "\"1,000\"", "shape at data.lines[0].amount"),
        ("B21", "\" 1\"", "shape at data.lines[0].amount"),
        ("B21", "\"1e3\"", "shape at data.lines[0].amount"),
        (
            "B21",
            "\"0.0000001\"",
            "number_range at data.lines[0].amount",
        ),
        ("B22", "-0", "0"),
        ("B22", "-5", "-5"),
        ("B22", "0", "0"),
        ("B22", "true", "shape at data.lines[0].amount"),
        ("B22", "[1]", "shape at data.lines[0].amount"),
    ] {
        let body = accumulation(written);
        let found = match Event::parse(body.as_bytes()).map(|event| event.payload) {
            Ok(Payload::CustomerAccumulation(movement)) => {
                movement.lines[0].amount.unwrap().to_string()
            }
            Ok(other) => format!("{other:?}"),
            Err(_) => outcome(&body),
        };
        assert_eq!(found, expected, "{row}: {written}");
    }
}

#[test]
fn a_time_that_is_none_leaves_its_field_empty() {
    let comments = format!("\"{}{}\"", "(".repeat(10_000), ")".repeat(10_000));
    for (row, written) in [
        ("B25", "\"2026-02-30T00:00:00Z\""),
        ("B25", "\"2026-01-01T24:00:00Z\""),
        ("B25", "\"2026-01-01T00:00:60Z\""),
        ("B25", "\"+10000-01-01T00:00:00Z\""),
        ("B25", "\"2026-01-01T00:00:00\""),
        ("B25", "1767712202"),
        ("B25", "1767712202.5e400"),
        ("B25", "[\"2026-01-01T00:00:00Z\"]"),
        ("B25", "\"\\u0000\""),
        ("B27", comments.as_str()),
    ] {
        let body =
            accumulation("1").replace("\"amount\"", &format!("\"issued_at\":{written},\"amount\""));
        let Payload::CustomerAccumulation(movement) = event(body).payload else {
            panic!("{row}")
        };
        assert_eq!(movement.lines[0].issued_at, None, "{row}: {written}");
        assert_eq!(movement.lines[0].amount.unwrap().to_string(), "1");
    }
}

#[test]
fn texts_are_kept_as_they_are() {
    for (row, name) in [
        ("B29", "=HYPERLINK(1)"),
        ("B29", "<script>alert(1)</script>"),
        ("B29", "{{7*7}} ${jndi:ldap://x}"),
        ("B29", "\u{1b}[31mred\u{202e}\u{200b}"),
        ("B30", "' OR 1=1-- \\'; DROP"),
        ("B28", "a@x\r\nBcc: b@example.com, c@example.com"),
    ] {
        let text = serde_json::to_string(name).unwrap();
        let body = format!(
            r#"{{"event":"CUSTOMER_REGISTRATION","data":{{"customer_id":"ana","customer":{{"name":{text},"email":{text}}}}}}}"#
        );
        let Payload::CustomerRegistration(registration) = event(body).payload else {
            panic!("{row}")
        };
        let customer = registration.customer.unwrap();
        assert_eq!(customer.name.as_deref(), Some(name), "{row}");
        assert_eq!(customer.email.as_deref(), Some(name), "{row}");
    }
}

#[test]
fn personal_data_stays_out_of_debug_output() {
    for body in [
        &include_bytes!("../../fixtures/masivo/01_customer_registration.json")[..],
        include_bytes!("../../fixtures/masivo/03_behavior_event_fulfilled.json"),
        include_bytes!("../../fixtures/masivo/14_unknown_event.json"),
    ] {
        let event = event(body);
        let inside = match &event.payload {
            Payload::CustomerRegistration(registration) => format!("{registration:?}"),
            Payload::BehaviorEventFulfilled(outcome) => format!("{outcome:?}"),
            _ => String::new(),
        };
        let debug = format!("{event:?}{inside}");
        for planted in [
            "Ana",
            "example.com",
            "1991",
            "1020304050",
            "SF-99812",
            "INV-7781",
        ] {
            assert!(!debug.contains(planted), "B31: {planted}");
        }
    }
}
