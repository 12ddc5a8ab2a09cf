//! Hostile amounts, times and texts, by the rows of the catalogue's section B.

use laurel_payloads::{Event, Payload};

use crate::{accumulation, event, outcome};

const RANGE: &str = "number_range at data.lines[0].amount";
const SHAPE: &str = "shape at data.lines[0].amount";

/// The row, an amount as it is written, and what becomes of it.
const AMOUNTS: &[(&str, &str, &str)] = &[
    ("B18", "9007199.254741", "9007199.254741"),
    ("B18", "9007199.254740993000e-0", RANGE),
    ("B19", "9007199254740993", RANGE),
    ("B19", "9223372036854775808", RANGE),
    ("B19", "18446744073709551616", RANGE),
    ("B19", "1e400", RANGE),
    ("B19", "1E309", RANGE),
    ("B19", "0.0000001", RANGE),
    ("B18", "9007199254.740993", "9007199254.740993"),
    ("B18", "0.1e1", "1"),
    ("B18", "1E+2", "100"),
    ("B18", "1.5E-5", "0.000015"),
    ("B18", "0.000001e0", "0.000001"),
    ("B18", "123456789e-6", "123.456789"),
    ("B18", "0.0000000000000000000001e22", "1"),
    ("B18", "9200000000000", "9200000000000"),
    ("B18", "-9.2e12", "-9200000000000"),
    ("B18", "9.2e12000000000000000000000e0", "refused: malformed"),
    ("B19", "9200000000000.000001", RANGE),
    ("B19", "-9200000000000.1", RANGE),
    ("B19", "9.3e12", RANGE),
    ("B19", "9223372036854775807", RANGE),
    ("B19", "-9223372036854775808", RANGE),
    ("B19", "1e-7", RANGE),
    ("B19", "0.1234567", RANGE),
    ("B19", "1e-400", RANGE),
    ("B19", "-1e400", RANGE),
    ("B19", "1e99999999999999999999", RANGE),
    ("B20", "0.1", "0.1"),
    ("B21", "\"-5\"", "-5"),
    ("B21", "\"\"", SHAPE),
    ("B21", "\"007\"", SHAPE),
    ("B21", "\"+1\"", SHAPE),
    ("B21", "\"1_000\"", SHAPE),
    ("B21", "\"1.000,00\"", SHAPE),
    ("B21", "\"1 000\"", SHAPE),
    ("B21", "\"0x10\"", SHAPE),
    ("B21", "\"NaN\"", SHAPE),
    ("B21", "\"１００\"", SHAPE),
    ("B21", "\"100 \"", SHAPE),
    ("B21", "\"$5\"", SHAPE),
    ("B21", "\"9223372036854775808\"", RANGE),
    ("B21", "\"100\"", "100"),
    ("B21", "\"\\u0031.5\"", "1.5"),
    ("B21", "\"1,000\"", SHAPE),
    ("B21", "\" 1\"", SHAPE),
    ("B21", "\"1e3\"", SHAPE),
    ("B21", "\"0.0000001\"", RANGE),
    ("B22", "-0", "0"),
    ("B22", "-5", "-5"),
    ("B22", "0", "0"),
    ("B22", "-0.0", "0"),
    ("B22", "-0e9", "0"),
    ("B22", "-0.000001", "-0.000001"),
    ("B22", "true", SHAPE),
    ("B22", "[1]", SHAPE),
    ("B22", "{}", SHAPE),
    ("B23", "Infinity", "refused: malformed"),
    ("B23", "-NaN", "refused: malformed"),
    ("B23", "1e", "refused: malformed"),
    ("B23", "00", "refused: malformed"),
    ("B23", "-01", "refused: malformed"),
    ("B23", "+1", "refused: malformed"),
    ("B23", "1_000", "refused: malformed"),
    ("B23", "1,000", "refused: malformed"),
    ("B23", "0x10", "refused: malformed"),
    ("B23", "0b1", "refused: malformed"),
    ("B23", "1.", "refused: malformed"),
    ("B23", ".1", "refused: malformed"),
    ("B23", "1f", "refused: malformed"),
    ("B23", "1n", "refused: malformed"),
    ("B23", "１", "refused: malformed"),
];

#[test]
fn amounts_are_exact_or_quarantined() {
    for (row, written, expected) in AMOUNTS {
        let body = accumulation(written);
        let found = match Event::parse(body.as_bytes()).map(|event| event.payload) {
            Ok(Payload::CustomerAccumulation(movement)) => {
                movement.lines[0].amount.unwrap().to_string()
            }
            Ok(other) => format!("{other:?}"),
            Err(_) => outcome(&body),
        };
        assert_eq!(found, *expected, "{row}: {written}");
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
        ("B25", "\"2025-02-29T00:00:00Z\""),
        ("B25", "\"2026-13-01T00:00:00Z\""),
        ("B25", "\"2026-00-01T00:00:00Z\""),
        ("B25", "\"2026-01-00T00:00:00Z\""),
        ("B25", "\"2026-01-01T00:60:00Z\""),
        ("B25", "\"2026-01-01T00:00:61Z\""),
        ("B25", "\"2026-01-01T00:00:00+24:00\""),
        ("B25", "\"2026-01-01T00:00:00+0000\""),
        ("B25", "\"2026-01-01T00:00:00 Z\""),
        ("B25", "\"2026-01-01T00:00:00,5Z\""),
        ("B25", "\"2026-01-01\""),
        ("B25", "\"20260101T000000Z\""),
        ("B25", "\"2026-W01-1T00:00:00Z\""),
        ("B25", "\"2026-001T00:00:00Z\""),
        ("B25", "\"26-01-01T00:00:00Z\""),
        ("B25", "\"-2026-01-01T00:00:00Z\""),
        ("B25", "\" 2026-01-01T00:00:00Z\""),
        ("B25", "\"2026-01-01T00:00:00Z\\u0000\""),
        ("B25", "\"２０２６-01-01T00:00:00Z\""),
        ("B25", "\"01/02/2026\""),
        ("B25", "\"Thu, 01 Jan 2026 00:00:00 GMT\""),
        ("B25", "\"now\""),
        ("B25", "\"1767712202\""),
        ("B25", "\"\""),
        ("B25", "true"),
        ("B25", "{\"$date\":\"2026-01-01T00:00:00Z\"}"),
        ("B25", "-1"),
        ("B25", "0"),
        ("B25", "1767712202000"),
        ("B25", "1e400"),
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
