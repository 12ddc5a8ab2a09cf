//! The strict scan: what it lets through, what it refuses, and that nothing hurts it.

use laurel_payloads::json::{Fault, MAX_DEPTH, Malformed, scan};
use proptest::prelude::*;

use crate::claims;

fn fault(body: impl AsRef<[u8]>) -> Option<Fault> {
    scan(body.as_ref()).err().map(|malformed| malformed.fault)
}

#[test]
fn a_fault_is_named_with_its_place() {
    let found = |body: &[u8]| scan(body).unwrap_err();
    assert_eq!(
        found(b""),
        Malformed {
            fault: Fault::Empty,
            offset: 0
        }
    );
    assert_eq!(
        found(b" \n"),
        Malformed {
            fault: Fault::Empty,
            offset: 2
        }
    );
    assert_eq!(
        found(b" []"),
        Malformed {
            fault: Fault::NotObject,
            offset: 1
        }
    );
    assert_eq!(
        found(b"{\"a\":\xff}"),
        Malformed {
            fault: Fault::NotUtf8,
            offset: 5
        }
    );
    assert_eq!(
        found(b"{\"a\":01}"),
        Malformed {
            fault: Fault::NotJson,
            offset: 6
        }
    );
    assert_eq!(
        found(b"{} {}"),
        Malformed {
            fault: Fault::NotJson,
            offset: 3
        }
    );
    assert_eq!(
        found("\u{feff}[".as_bytes()),
        Malformed {
            fault: Fault::NotJson,
            offset: 4
        }
    );
}

#[test]
fn the_grammar_is_taken_to_the_letter() {
    for value in [
        "0",
        "-0",
        "10",
        "0.5",
        "1e5",
        "1E-5",
        "1e+05",
        "-1.25e2",
        r#""""#,
        r#""\"\\\/\b\f\n\r\t\u00e9""#,
        r#""\ud83d\ude00""#,
        "\"\u{7f}\u{2028}\"",
        "[]",
        "[ ]",
        "{ }",
        "[1 , 2]",
        r#"{"a" : 1}"#,
        "true",
        "null",
    ] {
        assert_eq!(fault(format!("{{\"key\":{value}}}")), None, "{value}");
    }
    for value in [
        "00",
        "-",
        "+1",
        ".5",
        "1.",
        "1e",
        "1e+",
        "--1",
        "1.e3",
        "0x1",
        "1_0",
        "Infinity",
        "-Infinity",
        "NaN",
        "tru",
        "True",
        "truee",
        "nul",
        "'a'",
        "\"",
        r#""\x""#,
        r#""\u12""#,
        r#""\u12g4""#,
        r#""\u+123""#,
        "\"\t\"",
        "\"\u{0}\"",
        "[1,]",
        "[,]",
        "[1 2]",
        "{,}",
        r#"{"a":1,}"#,
        r#"{"a"}"#,
        "{a:1}",
        "{1:1}",
        r#"{"a":1]"#,
        "[1}",
        "",
        "/**/1",
        "1//",
        "\u{a0}1",
        "\u{c}1",
    ] {
        assert_eq!(
            fault(format!("{{\"key\":{value}}}")),
            Some(Fault::NotJson),
            "{value}"
        );
    }
}

#[test]
fn only_the_first_byte_order_mark_is_skipped() {
    assert_eq!(fault("\u{feff}{}"), None);
    assert_eq!(fault("\u{feff}\u{feff}{}"), Some(Fault::NotJson));
    assert_eq!(fault("\u{feff}"), Some(Fault::Empty));
}

#[test]
fn the_depth_is_bounded_exactly() {
    let nested = |depth: usize| {
        format!(
            "{{\"a\":{}{}}}",
            "[".repeat(depth - 1),
            "]".repeat(depth - 1)
        )
    };
    assert_eq!(fault(nested(MAX_DEPTH)), None);
    assert_eq!(fault(nested(MAX_DEPTH + 1)), Some(Fault::TooDeep));
    assert_eq!(fault(nested(100_000)), Some(Fault::TooDeep));
    assert_eq!(fault("{\"a\":".repeat(100_000)), Some(Fault::TooDeep));
    let side_by_side = format!("{{\"a\":[{}0]}}", "[[]],".repeat(100_000));
    assert_eq!(fault(side_by_side), None);
}

fn agrees_with_serde(value: &str) {
    claims::scan(format!("{{\"key\":{value}}}").as_bytes());
}

proptest! {
    #[test]
    fn no_damage_to_a_body_makes_reading_panic(at in 0..436_usize, byte in any::<u8>()) {
        let mut body = include_bytes!("../../fixtures/masivo/04_tier_upgrade.json").to_vec();
        body[at] = byte;
        let _ = laurel_payloads::read(&body);
    }

    #[test]
    fn the_scan_and_serde_agree_on_numbers(value in "[-+]?[0-9]{0,3}(\\.[0-9]{0,2})?([eE][-+]?[0-9]{0,2})?") {
        agrees_with_serde(&value);
    }

    #[test]
    fn the_scan_and_serde_agree_on_strings(value in r#""(\\[a-z"\\/]|\\u[0-9a-fg]{4}|[ -~]|é){0,6}""#) {
        agrees_with_serde(&value);
    }
}
