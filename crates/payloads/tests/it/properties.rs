//! Generated bodies, for each of which the claims must hold.

use proptest::prelude::*;
use serde_json::Value;

use crate::fixtures::fixtures;
use crate::{accumulation, claims};

/// Values that are wrong somewhere, and right elsewhere.
const ODD: [&str; 26] = [
    "null",
    "true",
    "[]",
    "{}",
    "[null]",
    "[{}]",
    "[[[]]]",
    r#"{"a":1,"a":2}"#,
    r#"{"a":{"b":1,"\u0062":2}}"#,
    r#""""#,
    r#""\ud800""#,
    r#""\udc00\udc00""#,
    "\"a\u{1f}\"",
    r#""\ud83d\ude00""#,
    r#""\u0000""#,
    r#""2026-02-30T00:00:00Z""#,
    r#""2026-02-28t23:59:60+14:00""#,
    r#""127.600000""#,
    r#""1,000""#,
    "-0.0e-7",
    "0.0000001",
    "9007199254740993",
    "92e11",
    "9223372036854.775808",
    "1e400",
    "1e-99999999999999999999",
];

fn odd() -> impl Strategy<Value = String> {
    prop_oneof![
        2 => prop::sample::select(ODD.as_slice()).prop_map(String::from),
        3 => number(),
        3 => text(),
    ]
}

/// A number with zeros at its ends and digits beyond all sizes, or nearly one.
fn number() -> impl Strategy<Value = String> {
    "-?(0|[1-9][0-9]{0,6}0{0,3}|[1-9][0-9]{15,25})(\\.0{0,3}[0-9]{1,7}0{0,2})?([eE][-+]?[0-9]{1,2})?"
}

/// A text with every kind of escape and of mistake.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => "[ !#-\\[\\]-~é😀]{1,9}",
        4 => r"(\\[nt/bfr]|\\u00[0-9a-f]{2}|\\ud[89a-f][0-9a-f]{2}|\\ud83d\\ude00)",
        1 => r"(\\u[0-9a-gG]{4}|\\[a-z]|[\x00-\x1f\x7f])",
    ];
    prop::collection::vec(piece, 0..5).prop_map(|pieces| format!("\"{}\"", pieces.concat()))
}

/// An object of odd values under keys that are sometimes the same.
fn object() -> impl Strategy<Value = String> {
    let key = r#""(a|b|[a-c]|\\u006[1-3]|data|\\n){1,2}""#;
    let member = (key, odd()).prop_map(|(key, value)| format!("{key}:{value}"));
    prop::collection::vec(member, 0..6).prop_map(|members| format!("{{{}}}", members.join(",")))
}

/// A body of Masivo's with odd values in some of its places.
fn planted() -> impl Strategy<Value = String> {
    let plants = prop::collection::vec((any::<prop::sample::Index>(), odd()), 0..4);
    let samples = fixtures();
    let samples = samples.iter().map(|(_, body)| serde_json::from_slice(body));
    let samples: Vec<Value> = samples.map(Result::unwrap).collect();
    (prop::sample::select(samples), plants).prop_map(|(mut value, plants)| {
        for (number, (at, _)) in plants.iter().enumerate() {
            let count = places(&mut value).len();
            *places(&mut value)[at.index(count)] = Value::String(format!("plant {number}"));
        }
        let mut body = value.to_string();
        for (number, (_, odd)) in plants.iter().enumerate() {
            body = body.replace(&format!("\"plant {number}\""), odd);
        }
        body
    })
}

/// Every value in a value but the lists and objects.
fn places(value: &mut Value) -> Vec<&mut Value> {
    match value {
        Value::Array(elements) => elements.iter_mut().flat_map(places).collect(),
        Value::Object(members) => members.values_mut().flat_map(places).collect(),
        leaf => vec![leaf],
    }
}

/// Text made of JSON's own pieces, which is JSON often enough.
pub(crate) fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\"a\"",
        "\"b\":",
        "1",
        "-",
        "0",
        ".5",
        "e1",
        "E",
        "true",
        "null",
        " ",
        "\n",
        "\\",
        "\\n",
        "\\u00e9",
        "\\ud800",
        "\\udc00",
        "é",
        "\u{1}",
        "\u{feff}",
        "{\"a\":1}",
        "[1,2]",
        "{\"a\":",
    ]);
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// Any of these, sometimes damaged.
fn body() -> impl Strategy<Value = Vec<u8>> {
    let whole = prop_oneof![
        4 => planted().prop_map(String::into_bytes),
        4 => object().prop_map(String::into_bytes),
        2 => odd().prop_map(|amount| accumulation(&amount).into_bytes()),
        1 => pieces().prop_map(String::into_bytes),
        1 => pieces().prop_map(|value| format!("{{\"key\":{value}}}").into_bytes()),
        1 => (120..136_usize, pieces()).prop_map(|(depth, value)| {
            let (open, close) = ("{\"a\":[".repeat(depth / 2), "]}".repeat(depth / 2));
            format!("{open}{value}{close}").into_bytes()
        }),
        1 => prop::collection::vec(any::<u8>(), 0..200),
    ];
    let damage = prop::option::weighted(0.2, (any::<prop::sample::Index>(), any::<u8>()));
    (whole, damage).prop_map(|(mut body, damage)| {
        if let (Some((at, byte)), false) = (damage, body.is_empty()) {
            let at = at.index(body.len());
            body[at] = byte;
        }
        body
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_024))]

    #[test]
    fn the_scan_and_serde_agree_on_every_body(body in body()) {
        claims::scan(&body);
    }

    #[test]
    fn the_canonical_form_is_the_content_and_nothing_else(body in body()) {
        claims::canonical(&body);
    }

    #[test]
    fn every_object_is_an_event_or_quarantined_and_amounts_are_exact(body in body()) {
        claims::payload(&body);
    }
}
