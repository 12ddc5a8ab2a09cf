//! Times: RFC 3339 and nothing else, and which of a payload's times is believed.

use std::time::Duration;

use laurel_payloads::Timestamp;
use proptest::prelude::*;

use crate::event;

fn time(text: &str) -> Timestamp {
    Timestamp::parse_rfc3339(text).expect("a time")
}

#[test]
fn rfc_3339_is_read_to_the_microsecond() {
    for (text, shown) in [
        ("2026-01-06T15:10:02.331Z", "2026-01-06T15:10:02.331Z"),
        ("2026-01-06T15:10:02Z", "2026-01-06T15:10:02Z"),
        ("2026-01-06t15:10:02z", "2026-01-06T15:10:02Z"),
        ("2026-01-06 15:10:02+00:00", "2026-01-06T15:10:02Z"),
        (
            "2026-01-06T15:10:02.1234567Z",
            "2026-01-06T15:10:02.123456Z",
        ),
        (
            "1969-12-31T23:59:59.9999999Z",
            "1969-12-31T23:59:59.999999Z",
        ),
        ("2026-01-06T15:10:02.5+14:00", "2026-01-06T01:10:02.500Z"),
        ("2024-02-29T00:00:00-05:00", "2024-02-29T05:00:00Z"),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59.999999Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
        ("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"),
    ] {
        assert_eq!(time(text).to_string(), shown, "{text}");
    }
}

#[test]
fn anything_else_is_no_time() {
    for text in [
        "",
        "2026-02-30T00:00:00Z",
        "2025-02-29T00:00:00Z",
        "2026-01-06T24:00:00Z",
        "2026-01-06T15:10:60Z",
        "2026-01-06T15:10:02",
        "2026-01-06",
        "2026-01-06x15:10:02Z",
        "+10000-01-01T00:00:00Z",
        "10000-01-01T00:00:00Z",
        "-001-01-01T00:00:00Z",
        "2026-1-6T15:10:02Z",
        "2026-01-06T15:10:02.Z",
        "2026-01-06T15:10:02Z ",
        "2026-01-06T15:10Z",
        "1767712202",
        "Tue, 06 Jan 2026 15:10:02 GMT",
        "２０２６-01-06T15:10:02Z",
    ] {
        assert_eq!(Timestamp::parse_rfc3339(text), None, "{text}");
    }
}

#[test]
fn arithmetic_and_display_hold_at_both_ends_of_time() {
    let [first, last] = [i64::MIN, i64::MAX].map(Timestamp::from_micros);
    assert_eq!(last.saturating_add(Duration::MAX), last);
    assert_eq!(first.saturating_sub(Duration::from_secs(1)), first);
    assert_eq!(first.to_string(), "0000-01-01T00:00:00Z");
    assert_eq!(last.to_string(), "9999-12-31T23:59:59.999999Z");
}

/// A body with one line for each time, received on 2026-03-01.
fn occurred(times: &[&str]) -> String {
    let lines: Vec<_> = times
        .iter()
        .map(|time| format!(r#"{{"issued_at":{time}}}"#))
        .collect();
    let lines = lines.join(",");
    let body = format!(
        r#"{{"event":"CUSTOMER_REDEMPTION","data":{{"customer_id":"ana","lines":[{lines}]}}}}"#
    );
    event(body)
        .occurred_at(time("2026-03-01T00:00:00Z"))
        .to_string()
}

#[test]
fn the_newest_time_that_can_be_believed_is_when_it_happened() {
    let received = "2026-03-01T00:00:00Z";
    assert_eq!(occurred(&[]), received);
    assert_eq!(
        occurred(&["null", "1767712202", "{}", r#""yesterday""#]),
        received
    );
    assert_eq!(
        occurred(&[
            r#""2026-01-01T00:00:00Z""#,
            r#""2026-02-01T00:00:00Z""#,
            "null"
        ]),
        "2026-02-01T00:00:00Z"
    );
    assert_eq!(
        occurred(&[r#""2026-03-02T00:00:00Z""#]),
        "2026-03-02T00:00:00Z"
    );
    assert_eq!(
        occurred(&[
            r#""2026-03-02T00:00:00.000001Z""#,
            r#""2026-01-01T00:00:00Z""#
        ]),
        "2026-01-01T00:00:00Z"
    );
    assert_eq!(
        occurred(&[r#""2000-01-01T00:00:00Z""#]),
        "2000-01-01T00:00:00Z"
    );
    assert_eq!(occurred(&[r#""1999-12-31T23:59:59.999Z""#]), received);
}

proptest! {
    #[test]
    fn every_time_survives_its_text(micros in -62_167_219_200_000_000..=253_402_300_799_999_999_i64) {
        let time = Timestamp::from_micros(micros);
        prop_assert_eq!(Timestamp::parse_rfc3339(&time.to_string()), Some(time));
    }
}
