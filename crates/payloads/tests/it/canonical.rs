//! The canonical form: equal for equal content, however it is spelt, and for nothing else.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use laurel_payloads::json::{Ambiguity, scan};
use proptest::prelude::*;

fn form(body: &str) -> String {
    let tape = scan(body.as_bytes()).expect("JSON");
    let form = tape
        .canonical()
        .expect("no ambiguity")
        .expect("a canonical form");
    String::from_utf8(form).expect("UTF-8")
}

#[test]
fn keys_are_sorted_strings_unescaped_and_numbers_normalised() {
    let body = "\u{feff} { \"b\" : [ 1.0, -0, 10e-1, 1200 ] , \"a\\u0062\" : \"\\u00e9\\/\\n\\ud83d\\ude00\" }";
    assert_eq!(
        form(body),
        "{\"ab\":\"é/\\u000a😀\",\"b\":[1e0,0,1e0,12e2]}"
    );
}

#[test]
fn one_number_has_one_form_whatever_its_spelling() {
    for spellings in [
        vec!["1", "1.0", "1e0", "10e-1", "0.1e1", "1.000E+00"],
        vec!["0", "-0", "0.00", "-0e5", "0e99999999999999999999"],
        vec!["127.6", "1276e-1", "127.60", "1.276E2"],
        vec!["1e400", "10e399", "0.1e401"],
        vec!["9007199254740993", "9007199254740993.0"],
    ] {
        let forms: Vec<_> = spellings
            .iter()
            .map(|text| form(&format!("{{\"a\":{text}}}")))
            .collect();
        assert!(
            forms.iter().all(|one| *one == forms[0]),
            "{spellings:?}: {forms:?}"
        );
    }
    assert_ne!(
        form("{\"a\":9007199254740993}"),
        form("{\"a\":9007199254740992}")
    );
    assert_ne!(form("{\"a\":1}"), form("{\"a\":-1}"));
    assert_ne!(form("{\"a\":1}"), form("{\"a\":\"1\"}"));
}

#[test]
fn an_exponent_beyond_all_sizes_has_no_form() {
    for number in [
        "1e9223372036854775808",
        "1e-99999999999999999999999",
        "0.1e-9223372036854775808",
    ] {
        let body = format!("{{\"a\":{number}}}");
        assert_eq!(
            scan(body.as_bytes()).unwrap().canonical(),
            Ok(None),
            "{number}"
        );
    }
}

#[test]
fn what_readers_would_disagree_about_is_ambiguous_and_located() {
    let duplicate = |place: &str| Ambiguity::DuplicateKey {
        place: place.to_owned(),
    };
    let surrogate = |place: &str| Ambiguity::LoneSurrogate {
        place: place.to_owned(),
    };
    for (body, expected) in [
        (r#"{"a":1,"a":1}"#, duplicate("a")),
        (r#"{"a":1,"\u0061":2}"#, duplicate("a")),
        (
            r#"{"data":{"lines":[{},{"amount":1,"b":0,"amount":2}]}}"#,
            duplicate("data.lines[1].amount"),
        ),
        (
            r#"{"b":{"x":1e99999999999999999999},"c":{"d":1,"d":1}}"#,
            duplicate("c.d"),
        ),
        (r#"{"ana@example.com":{"x y":1,"x y":1}}"#, duplicate("?.?")),
        (r#"{"a":["\ud800"]}"#, surrogate("a[0]")),
        (r#"{"a":"\udc00\ud800"}"#, surrogate("a")),
        (r#"{"a":"\ud800\ud83d\ude00"}"#, surrogate("a")),
        (r#"{"a":{"\udfff":1}}"#, surrogate("a.?")),
        (r#"{"a":1,"a":1,"b":"\ud800x"}"#, surrogate("b")),
    ] {
        assert_eq!(
            scan(body.as_bytes()).unwrap().canonical(),
            Err(expected),
            "{body}"
        );
    }
    assert_eq!(
        form(r#"{"a":{"a":1},"b":[{"a":1},{"a":1}]}"#),
        r#"{"a":{"a":1e0},"b":[{"a":1e0},{"a":1e0}]}"#
    );
}

#[test]
fn a_hundred_thousand_keys_are_no_trouble() {
    let keys: Vec<_> = (0..100_000)
        .rev()
        .map(|key| format!("\"unknown{key}\":{key}"))
        .collect();
    let body = format!("{{{}}}", keys.join(","));
    let start = Instant::now();
    assert!(form(&body).starts_with(r#"{"unknown0":0,"unknown1":1e0,"unknown10":1e1,"#));
    // 10^10 comparisons would take minutes; a slow machine's debug build takes less than a second.
    assert!(start.elapsed() < Duration::from_secs(10));
}

#[derive(Debug, Clone, PartialEq)]
enum Json {
    Literal(&'static str),
    /// Thousandths.
    Number(i32),
    Text(String),
    List(Vec<Json>),
    Object(BTreeMap<String, Json>),
}

fn json() -> impl Strategy<Value = Json> {
    let text = prop_oneof!["[a-c]{0,2}", "[ -~é\u{1}\u{2028}😀\"\\\\]{0,3}"];
    let leaf = prop_oneof![
        prop::sample::select(vec!["true", "false", "null"]).prop_map(Json::Literal),
        prop_oneof![-20..20_i32, any::<i32>()].prop_map(Json::Number),
        text.clone().prop_map(Json::Text),
    ];
    leaf.prop_recursive(4, 24, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::List),
            prop::collection::btree_map(text.clone(), inner, 0..4).prop_map(Json::Object),
        ]
    })
}

/// One of the many spellings of a value, chosen by the next of `choices`, round and round.
fn spell(json: &Json, choices: &mut impl Iterator<Item = u8>) -> String {
    let mut choose = |options: usize| usize::from(choices.next().unwrap_or(0)) % options;
    let space = ["", " ", "\n\t"][choose(3)];
    let spelt = match json {
        Json::Literal(word) => (*word).to_owned(),
        Json::Number(thousandths) => {
            let value = i64::from(*thousandths);
            let [sign, size] = [
                if value < 0 { "-" } else { "" },
                &value.unsigned_abs().to_string(),
            ];
            match choose(4) {
                0 => format!("{sign}{size}e-3"),
                1 => format!("{sign}{size}.00E-003"),
                2 => format!("{sign}{}.{:03}", value.abs() / 1000, value.abs() % 1000),
                _ => format!("{sign}0.{size:0>12}e+9"),
            }
        }
        Json::Text(text) => spell_text(text, choose(3)),
        Json::List(list) => {
            let spelt: Vec<_> = list.iter().map(|element| spell(element, choices)).collect();
            format!("[{space}{}]", spelt.join(","))
        }
        Json::Object(members) => {
            let turn = choose(members.len().max(1));
            let style = choose(3);
            let mut spelt: Vec<_> = members
                .iter()
                .map(|(key, value)| {
                    format!(
                        "{}{space}:{}",
                        spell_text(key, style),
                        spell(value, choices)
                    )
                })
                .collect();
            spelt.rotate_left(turn);
            format!("{{{}{space}}}", spelt.join(","))
        }
    };
    format!("{space}{spelt}{space}")
}

fn spell_text(text: &str, style: usize) -> String {
    if style == 0 {
        return serde_json::to_string(text).expect("a text");
    }
    let units = text.encode_utf16();
    let spelt = units.map(|unit| {
        if style == 1 {
            format!("\\u{unit:04x}")
        } else {
            format!("\\u{unit:04X}")
        }
    });
    format!("\"{}\"", spelt.collect::<String>())
}

fn spelt(json: &Json, choices: &[u8]) -> String {
    format!(
        "{{\"value\":{}}}",
        spell(json, &mut choices.iter().copied().cycle())
    )
}

proptest! {
    #[test]
    fn the_form_does_not_depend_on_order_space_escapes_or_spelling(
        json in json(),
        choices in prop::collection::vec(any::<u8>(), 1..40),
        others in prop::collection::vec(any::<u8>(), 1..40),
    ) {
        prop_assert_eq!(form(&spelt(&json, &choices)), form(&spelt(&json, &others)));
    }

    #[test]
    fn different_content_has_a_different_form(one in json(), other in json()) {
        let same = form(&spelt(&one, &[0])) == form(&spelt(&other, &[1, 2]));
        prop_assert_eq!(same, one == other);
    }

    #[test]
    fn the_form_is_json_of_the_same_content(json in json()) {
        let once = form(&spelt(&json, &[3, 1, 2]));
        prop_assert_eq!(form(&once), once);
    }
}
