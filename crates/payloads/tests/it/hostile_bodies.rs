//! Hostile bodies, by the rows of the catalogue's section B.

use std::time::{Duration, Instant};

use laurel_payloads::{Payload, read};

use crate::{accumulation, check, event, outcome};

#[test]
fn what_is_no_json_object_is_refused() {
    check([
        ("B1", "", "refused: malformed"),
        ("B1", " \t\r\n", "refused: malformed"),
        ("B2", "{\"event\":\"TIER_UP", "refused: malformed"),
        ("B2", "{\"event\":\"X\",}", "refused: malformed"),
        ("B2", "{/* x */\"event\":\"X\"}", "refused: malformed"),
        ("B2", "{'event':'X'}", "refused: malformed"),
        (
            "B3",
            "{\"event\":\"X\"}{\"event\":\"X\"}",
            "refused: malformed",
        ),
        ("B3", "{\"event\":\"X\"} x", "refused: malformed"),
        (
            "B4",
            "{\"event\":\"X\"}\n{\"event\":\"X\"}\n",
            "refused: malformed",
        ),
        ("B4", "[{\"event\":\"X\"}]", "refused: not_object"),
        ("B5", "null", "refused: not_object"),
        ("B5", "42", "refused: not_object"),
        ("B5", "\"x\"", "refused: not_object"),
        ("B5", "[]", "refused: not_object"),
        ("B10", "{\"event\":\"a\x01b\"}", "refused: malformed"),
        ("B10", "{\"event\":\"a\nb\"}", "refused: malformed"),
    ]);
    check::<&[u8]>([
        ("B7", &b"{\"event\":\"\xff\"}"[..], "refused: not_utf8"),
        ("B7", &b"{\"event\":\"\xc0\xaf\"}"[..], "refused: not_utf8"),
        (
            "B7",
            &b"{\"event\":\"\xed\xa0\xbd\xed\xb8\x80\"}"[..],
            "refused: not_utf8",
        ),
    ]);
    check([
        ("B23", accumulation("NaN"), "refused: malformed"),
        ("B23", accumulation("-Infinity"), "refused: malformed"),
    ]);
}

#[test]
fn nesting_is_bounded_before_anything_else_reads_it() {
    let nested = |levels: usize| {
        let deep = format!("{}{}", "[".repeat(levels - 2), "]".repeat(levels - 2));
        format!(r#"{{"event":"COUPON_REDEMPTION","data":{{"customer_id":"ana","x":{deep}}}}}"#)
    };
    check([
        ("B11", nested(64), "COUPON_REDEMPTION"),
        ("B11", nested(127), "COUPON_REDEMPTION"),
        ("B11", nested(128), "COUPON_REDEMPTION"),
        ("B11", nested(129), "refused: too_deep"),
        ("B11", nested(100_000), "refused: too_deep"),
    ]);
    // An unknown event's data is kept as text; its depth must not matter to what reads it later.
    check([(
        "B11",
        nested(128).replace("COUPON_REDEMPTION", "NEW"),
        "UNRECOGNIZED",
    )]);
}

#[test]
fn an_object_without_an_envelope_is_kept_and_quarantined() {
    let too_long = format!(r#"{{"event":"{}","data":{{}}}}"#, "x".repeat(129));
    check([
        ("B13", r#"{"Event":"NEW","data":{}}"#, "no_event at event"),
        ("B32", r#"{"event":"TIER_UPGRADE"}"#, "no_data at data"),
        (
            "B32",
            r#"{"event":"TIER_UPGRADE","data":null}"#,
            "no_data at data",
        ),
        (
            "B32",
            r#"{"event":"TIER_UPGRADE","data":"{}"}"#,
            "no_data at data",
        ),
        (
            "B32",
            r#"{"event":"TIER_UPGRADE","data":[]}"#,
            "no_data at data",
        ),
        ("B32", r#"{"event":"NEW"}"#, "no_data at data"),
        ("B33", r#"{"data":{}}"#, "no_event at event"),
        ("B33", r#"{"event":null,"data":{}}"#, "no_event at event"),
        ("B33", r#"{"event":5,"data":{}}"#, "no_event at event"),
        ("B33", r#"{"event":"","data":{}}"#, "no_event at event"),
        ("B33", too_long.as_str(), "no_event at event"),
        (
            "B9",
            r#"{"event":"NE\u0000W","data":{}}"#,
            "no_event at event",
        ),
        (
            "B9",
            r#"{"event":"TIER_UPGRADE","data":{"customer_id":"a\u0000"}}"#,
            "no_customer at data.customer_id",
        ),
    ]);
}

#[test]
fn any_other_name_is_an_event_of_its_own() {
    let longest = format!(r#"{{"event":"{}","data":{{}}}}"#, "é".repeat(64));
    check([
        (
            "B34",
            r#"{"event":"CUSTOMER_ANONYMOUS_TO_REGISTERED","data":{}}"#,
            "UNRECOGNIZED",
        ),
        (
            "B34",
            r#"{"event":"tier_upgrade","data":{}}"#,
            "UNRECOGNIZED",
        ),
        (
            "B34",
            r#"{"event":" TIER_UPGRADE","data":{"customer_id":7}}"#,
            "UNRECOGNIZED",
        ),
        ("B34", r#"{"event":"EXTERNAL","data":{}}"#, "UNRECOGNIZED"),
        (
            "B34",
            r#"{"event":"UNRECOGNIZED","data":{}}"#,
            "UNRECOGNIZED",
        ),
        ("B33", longest.as_str(), "UNRECOGNIZED"),
        (
            "B36",
            r#"{"event":"\u0054IER_UPGRADE","data":{"customer_id":"ana"}}"#,
            "TIER_UPGRADE",
        ),
        (
            "B",
            "\u{feff}{\"event\":\"TIER_UPGRADE\",\"data\":{\"customer_id\":\"ana\"}}",
            "TIER_UPGRADE",
        ),
    ]);
    let kept = event(r#"{"event":"NEW","data":{"customer_id":"ana","n":1e400}}"#);
    assert_eq!(kept.name, "NEW");
    assert_eq!(kept.customer_id.unwrap().as_str(), "ana");
    let Payload::Unrecognized(data) = kept.payload else {
        panic!("recognized")
    };
    assert_eq!(data.get(), r#"{"customer_id":"ana","n":1e400}"#);
}

#[test]
fn an_ambiguous_body_is_quarantined_without_a_canonical_form() {
    for (row, body, expected) in [
        (
            "B",
            r#"{"event":"TIER_UPGRADE","data":{"customer_id":"ana","customer_id":"bob"}}"#,
            "duplicate_key at data.customer_id",
        ),
        (
            "B",
            r#"{"event":"TIER_UPGRADE","event":"X","data":{"customer_id":"ana"}}"#,
            "duplicate_key at event",
        ),
        (
            "B",
            r#"{"event":"NEW","data":{"deep":[{"a":1,"\u0061":1}]}}"#,
            "duplicate_key at data.deep[0].a",
        ),
        (
            "B",
            r#"{"event":"NEW","data":{"text":"\ud800"}}"#,
            "lone_surrogate at data.text",
        ),
    ] {
        assert_eq!(outcome(body), expected, "{row}: {body}");
        assert_eq!(read(body.as_bytes()).unwrap().canonical, None);
    }
    let unreadable = |body: &str| read(body.as_bytes()).unwrap().event.unwrap_err();
    let told = unreadable(r#"{"event":"NEW","data":{"customer_id":"ana","a":1,"a":1}}"#);
    assert_eq!(told.name.as_deref(), Some("NEW"));
    assert_eq!(told.customer_id.unwrap().as_str(), "ana");
    let untold =
        unreadable(r#"{"event":"A","event":"B","data":{"customer_id":"a","customer_id":"b"}}"#);
    assert_eq!((untold.name, untold.customer_id), (None, None));
}

#[test]
fn foreign_keys_and_big_values_are_plain_data() {
    let coupon = |rest: &str| {
        format!(r#"{{"event":"COUPON_REDEMPTION","data":{{"customer_id":"ana"{rest}}}}}"#)
    };
    check([
        (
            "B13",
            coupon(r#","CODE":1,"c\u00f6de":2,"co\u0308de":3"#),
            "COUPON_REDEMPTION",
        ),
        (
            "B14",
            coupon(r##","__proto__":{"code":1},"constructor":1,"$where":1,"$ref":"#""##),
            "COUPON_REDEMPTION",
        ),
        ("B9", coupon(r#","\u0000":"\u0000""#), "COUPON_REDEMPTION"),
        (
            "B19",
            coupon(r#","unknown":[1e400,18446744073709551616]"#),
            "COUPON_REDEMPTION",
        ),
    ]);
    let name = "x".repeat(250_000);
    let body = format!(
        r#"{{"event":"CUSTOMER_REGISTRATION","data":{{"customer_id":"ana","customer":{{"name":"{name}"}}}}}}"#
    );
    let Payload::CustomerRegistration(registration) = event(body).payload else {
        panic!("B16")
    };
    assert_eq!(
        registration.customer.unwrap().name.unwrap().len(),
        250_000,
        "B16"
    );
}

#[test]
fn a_hundred_thousand_unknown_keys_are_read_in_no_time() {
    let unknown: Vec<_> = (0..100_000).map(|key| format!("\"k{key}\":1")).collect();
    let unknown = unknown.join(",");
    let body = format!(r#"{{"event":"TIER_UPGRADE","data":{{"customer_id":"ana",{unknown}}}}}"#);
    let start = Instant::now();
    check([("B15", body, "TIER_UPGRADE")]);
    // The bound of 50 ms is an optimised build's; this one tells linear from quadratic.
    assert!(start.elapsed() < Duration::from_secs(10), "B15");
}
