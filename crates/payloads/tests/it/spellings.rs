//! Bodies that are spelt in unusual ways: other encodings, escapes that hide, ids and names at their bounds.

use laurel_payloads::{Payload, read};

use crate::{check, event, outcome};

const OBJECT: &str = r#"{"event":"NEW","data":{"customer_id":"ana"}}"#;

fn units<const N: usize>(to_bytes: impl Fn(char) -> [u8; N]) -> Vec<u8> {
    OBJECT.chars().flat_map(to_bytes).collect()
}

fn with(mark: &[u8], text: Vec<u8>) -> Vec<u8> {
    [mark.to_vec(), text].concat()
}

#[test]
fn b7_only_utf_8_is_text() {
    let wide = |c: char| u16::try_from(u32::from(c)).unwrap();
    let (little, big) = (
        units(|c| wide(c).to_le_bytes()),
        units(|c| wide(c).to_be_bytes()),
    );
    let (wide_little, wide_big) = (
        units(|c| u32::from(c).to_le_bytes()),
        units(|c| u32::from(c).to_be_bytes()),
    );
    let malformed = "refused: malformed";
    let not_utf8 = "refused: not_utf8";
    check([
        ("UTF-16LE", little.clone(), malformed),
        ("UTF-16BE", big.clone(), malformed),
        ("UTF-16LE, marked", with(b"\xff\xfe", little), not_utf8),
        ("UTF-16BE, marked", with(b"\xfe\xff", big), not_utf8),
        ("UTF-32LE", wide_little.clone(), malformed),
        ("UTF-32BE", wide_big.clone(), malformed),
        (
            "UTF-32LE, marked",
            with(b"\xff\xfe\0\0", wide_little),
            not_utf8,
        ),
        (
            "UTF-32BE, marked",
            with(b"\0\0\xfe\xff", wide_big),
            not_utf8,
        ),
        (
            "UTF-8, marked",
            with(b"\xef\xbb\xbf", OBJECT.into()),
            "UNRECOGNIZED",
        ),
        ("half a mark", with(b"\xef\xbb", OBJECT.into()), not_utf8),
        (
            "a mark in the middle",
            OBJECT.replace(':', "\u{feff}:").into(),
            malformed,
        ),
        ("UTF-7", b"+AHsAfQ-".to_vec(), malformed),
    ]);
    for bytes in [
        &b"\xff"[..],
        b"\xfe",
        b"\x80",
        b"\xbf",
        b"\xc3",
        b"\xe2\x82",
        b"\xf0\x9f\x92",
        b"\xc0\x80",
        b"\xc1\xbf",
        b"\xe0\x80\xaf",
        b"\xf0\x80\x80\xaf",
        b"\xed\xa0\x80",
        b"\xed\xbf\xbf",
        b"\xed\xa0\xbd\xed\xb8\x80",
        b"\xf4\x90\x80\x80",
        b"\xf8\x88\x80\x80\x80",
        b"caf\xe9",
    ] {
        for (before, after) in [
            (r#"{"event":"NEW","data":{"x":""#, r#""}}"#),
            (r#"{"event":"NEW","data":{"#, ":1}}"),
            (r#"{"event":"NEW","data":{""#, r#"":1}}"#),
            (OBJECT, ""),
            ("", OBJECT),
        ] {
            let body = [before.as_bytes(), bytes, after.as_bytes()].concat();
            assert_eq!(outcome(&body), not_utf8, "{bytes:x?} after {before}");
        }
    }
}

#[test]
fn b9_nul_ends_no_text_and_hides_no_key() {
    let coupon = |rest: &str| {
        format!(r#"{{"event":"COUPON_REDEMPTION","data":{{"customer_id":"ana",{rest}}}}}"#)
    };
    check([
        ("key", coupon(r#""code\u0000":{}"#), "COUPON_REDEMPTION"),
        ("key", coupon(r#""\u0000code":[]"#), "COUPON_REDEMPTION"),
        (
            "two keys",
            coupon(r#""a\u0000b":1,"a\u0000c":2,"a":3"#),
            "COUPON_REDEMPTION",
        ),
        (
            "one key twice",
            coupon(r#""a\u0000":1,"a\u0000":2"#),
            "duplicate_key at data.?",
        ),
        (
            "an id",
            coupon(r#""campaign_id":"a\u0000b""#),
            "shape at data.campaign_id",
        ),
        (
            "no time",
            r#"{"event":"CUSTOMER_REGISTRATION","data":{"customer_id":"a","customer":{"registration_date":"2026-01-01T00:00:00Z\u0000"}}}"#.to_owned(),
            "CUSTOMER_REGISTRATION",
        ),
        (
            "no amount",
            crate::accumulation(r#""1\u0000""#),
            "shape at data.lines[0].amount",
        ),
        (
            "raw",
            coupon("\"a\":\"\0\""),
            "refused: malformed",
        ),
    ]);
    let unknown = event(r#"{"event":"NEW","data":{"customer_id":"a\u0000b"}}"#);
    assert_eq!(unknown.customer_id, None);
    let Payload::CustomerRegistration(kept) = event(
        r#"{"event":"CUSTOMER_REGISTRATION","data":{"customer_id":"a","customer":{"name":"a\u0000b"}}}"#,
    )
    .payload
    else {
        panic!("another kind")
    };
    assert_eq!(kept.customer.unwrap().name.as_deref(), Some("a\0b"));
}

#[test]
fn b10_every_control_character_is_refused_raw_and_taken_escaped() {
    for code in 0..0x20_u8 {
        let raw = format!(r#"{{"event":"NEW","data":{{"x":"{}"}}}}"#, char::from(code));
        assert_eq!(outcome(raw), "refused: malformed", "{code:#x}");
        let in_key = format!(r#"{{"event":"NEW","data":{{"{}":1}}}}"#, char::from(code));
        assert_eq!(outcome(in_key), "refused: malformed", "{code:#x}");
        let escaped = format!(r#"{{"event":"NEW","data":{{"x":"\u{code:04x}"}}}}"#);
        assert_eq!(outcome(escaped), "UNRECOGNIZED", "{code:#x}");
    }
    for fine in [
        "\u{7f}",
        "\u{80}",
        "\u{9f}",
        "\u{2028}",
        "\u{2029}",
        "\u{fffe}",
        "\u{10ffff}",
    ] {
        let body = format!(r#"{{"event":"NEW","data":{{"x":"{fine}"}}}}"#);
        assert_eq!(outcome(body), "UNRECOGNIZED", "{fine:?}");
    }
}

#[test]
fn one_key_however_it_is_written_stands_once() {
    for (first, second) in [
        ("a", "a"),
        ("a", r"\u0061"),
        (r"\u0061", r"\u0061"),
        (r"\u00e9", r"\u00E9"),
        ("é", r"\u00e9"),
        ("/", r"\/"),
        (r"\/", r"\u002f"),
        (r#"\""#, r"\u0022"),
        (r"\n", r"\u000a"),
        ("😀", r"\ud83d\ude00"),
        ("", ""),
    ] {
        for body in [
            format!(r#"{{"event":"NEW","data":{{}},"{first}":1,"{second}":1}}"#),
            format!(r#"{{"event":"NEW","data":{{"{first}":1,"x":2,"{second}":3}}}}"#),
            format!(r#"{{"event":"NEW","data":{{"x":[[{{"{first}":{{}},"{second}":[]}}]]}}}}"#),
        ] {
            assert!(outcome(&body).starts_with("duplicate_key at "), "{body}");
            assert_eq!(read(body.as_bytes()).unwrap().canonical, None);
        }
    }
    for (one, other) in [
        ("é", "e\u{301}"),
        ("a", "A"),
        ("a", "а"),
        ("a", "a "),
        ("a", "\u{feff}a"),
        ("a", "ａ"),
        ("ß", "ss"),
        ("1", "01"),
    ] {
        let body = format!(r#"{{"event":"NEW","data":{{"{one}":1,"{other}":1}}}}"#);
        assert_eq!(outcome(&body), "UNRECOGNIZED", "B13: {body}");
    }
}

#[test]
fn half_a_surrogate_pair_is_told_wherever_it_stands() {
    for half in [
        r"\ud800",
        r"\uDBFF",
        r"\udc00",
        r"\uDFFF",
        r"\ud800\ud800",
        r"\udc00\ud800",
        r"\ud800x\udc00",
        r"\ud800\n",
        r"\ud800\u0041",
    ] {
        for body in [
            format!(r#"{{"event":"NEW","data":{{"x":"{half}"}}}}"#),
            format!(r#"{{"event":"NEW","data":{{"{half}":1}}}}"#),
            format!(r#"{{"event":"{half}","data":{{}}}}"#),
            format!(r#"{{"event":"NEW","data":{{"customer_id":"{half}"}}}}"#),
            format!(r#"{{"event":"NEW","data":{{}},"x":[{{"y":["{half}"]}}]}}"#),
        ] {
            assert!(outcome(&body).starts_with("lone_surrogate at "), "{body}");
        }
    }
    let pair = r#"{"event":"\ud83d\udc8e","data":{"\ud83d\ude00":"\ud83d\ude00"}}"#;
    assert_eq!(event(pair).name, "💎");
}

#[test]
fn ids_are_taken_from_1_to_255_bytes_and_compared_byte_by_byte() {
    let of = |id: &str| {
        let id = serde_json::to_string(id).unwrap();
        outcome(format!(
            r#"{{"event":"TIER_UPGRADE","data":{{"customer_id":{id},"to_tier_id":{id}}}}}"#
        ))
    };
    let taken = "TIER_UPGRADE";
    let nobody = "no_customer at data.customer_id";
    for (id, expected) in [
        ("x".repeat(255), taken),
        ("x".repeat(256), nobody),
        ("é".repeat(127), taken),
        ("é".repeat(128), nobody),
        ("💎".repeat(63), taken),
        ("💎".repeat(64), nobody),
        (String::new(), nobody),
        (" ".to_owned(), taken),
        ("a\u{a0}".to_owned(), taken),
        ("a\tb".to_owned(), nobody),
        ("a\r\nSet-Cookie: x".to_owned(), nobody),
        ("a\u{7f}".to_owned(), nobody),
        ("a\u{85}".to_owned(), nobody),
        ("\u{1b}[31m".to_owned(), nobody),
        ("../../etc/passwd".to_owned(), taken),
        ("' OR 1=1--".to_owned(), taken),
        ("\u{202e}evil".to_owned(), taken),
        ("null".to_owned(), taken),
    ] {
        assert_eq!(of(&id), expected, "{id:?}");
    }
    let id = |text: &str| {
        event(format!(
            r#"{{"event":"NEW","data":{{"customer_id":"{text}"}}}}"#
        ))
        .customer_id
        .unwrap()
    };
    assert_eq!(id("\\u0061na"), id("ana"));
    for other in ["Ana", "ana ", "e\u{301}", "ａna"] {
        assert_ne!(id(other), id("ana"), "{other}");
    }
    assert_ne!(id("é"), id("e\u{301}"), "a Unicode form is part of an id");
}

#[test]
fn b33_a_name_has_1_to_128_bytes() {
    let of = |name: &str| {
        let name = serde_json::to_string(name).unwrap();
        outcome(format!(r#"{{"event":{name},"data":{{}}}}"#))
    };
    for (name, expected) in [
        ("N".repeat(128), "UNRECOGNIZED"),
        ("N".repeat(129), "no_event at event"),
        ("é".repeat(64), "UNRECOGNIZED"),
        (format!("{}N", "é".repeat(64)), "no_event at event"),
        ("N".repeat(1 << 20), "no_event at event"),
        ("\n".to_owned(), "UNRECOGNIZED"),
        ("\u{200b}".to_owned(), "UNRECOGNIZED"),
        ("a\0".to_owned(), "no_event at event"),
        ("TIER_UPGRADE ".to_owned(), "UNRECOGNIZED"),
        ("Tier_Upgrade".to_owned(), "UNRECOGNIZED"),
        ("TIER_UPGRADE\u{200b}".to_owned(), "UNRECOGNIZED"),
        ("__proto__".to_owned(), "UNRECOGNIZED"),
    ] {
        assert_eq!(of(&name), expected, "{name:.40}");
    }
    for other in [
        "[\"TIER_UPGRADE\"]",
        "{\"event\":\"TIER_UPGRADE\"}",
        "true",
        "0",
        "-0.0",
        "1e400",
    ] {
        let body = format!(r#"{{"event":{other},"data":{{"customer_id":"ana"}}}}"#);
        assert_eq!(outcome(&body), "no_event at event", "{other}");
    }
}
