//! Whatever stands in the place of a documented field, the body is kept: read, or put aside with its place.

use laurel_payloads::{Reason, read};
use serde_json::Value;

use crate::fixtures::fixtures;

/// Where each value of a body stands, but for the body itself: object keys and places in arrays.
fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(members) => members
            .iter()
            .map(|(key, value)| (key.replace('~', "~0").replace('/', "~1"), value))
            .collect(),
        Value::Array(elements) => elements
            .iter()
            .enumerate()
            .map(|(place, value)| (place.to_string(), value))
            .collect(),
        _ => Vec::new(),
    };
    for (step, child) in children {
        let pointer = format!("{at}/{step}");
        found.push(pointer.clone());
        pointers(child, &pointer, found);
    }
}

/// Every sample with each of its values in turn; what `change` makes of it is read.
fn each_value(mut change: impl FnMut(&str, &str, &Value, &str)) {
    for (name, body) in fixtures() {
        let sample: Value = serde_json::from_slice(&body).expect("JSON");
        let mut found = Vec::new();
        pointers(&sample, "", &mut found);
        for pointer in found {
            let kind = sample["event"].as_str().expect("a name");
            change(&name, kind, &sample, &pointer);
        }
    }
}

/// `/data/lines/0/amount` as `data.lines[0].amount`.
fn place(pointer: &str) -> String {
    let mut place = String::new();
    for step in pointer.split('/').skip(1) {
        if step.bytes().all(|byte| byte.is_ascii_digit()) {
            place.push_str(&format!("[{step}]"));
        } else {
            place.push_str(if place.is_empty() { "" } else { "." });
            place.push_str(step);
        }
    }
    place
}

/// What a value there decides by itself, whatever the kind.
fn envelope(pointer: &str, known: bool) -> Option<Reason> {
    match pointer {
        "/event" => Some(Reason::NoEvent),
        "/data" => Some(Reason::NoData),
        "/data/customer_id" if known => Some(Reason::NoCustomer),
        _ => None,
    }
}

fn is_element(pointer: &str) -> bool {
    let last = pointer.rsplit('/').next().unwrap_or_default();
    last.bytes().all(|byte| byte.is_ascii_digit())
}

#[test]
fn null_and_nothing_are_taken_wherever_a_field_may_be_missing() {
    each_value(|name, kind, sample, pointer| {
        if is_element(pointer) {
            return;
        }
        let mut null = sample.clone();
        *null.pointer_mut(pointer).unwrap() = Value::Null;
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        let mut missing = sample.clone();
        let members = missing.pointer_mut(parent).unwrap().as_object_mut();
        members.unwrap().remove(key).unwrap();
        for body in [null, missing] {
            let reading = read(body.to_string().as_bytes()).expect("an object");
            let found = reading.event.map(|event| event.kind().to_string());
            let known = sample["event"] != "CUSTOMER_ANONYMOUS_TO_REGISTERED";
            match envelope(pointer, known) {
                Some(reason) => assert_eq!(found.unwrap_err().reason, reason, "{name} {pointer}"),
                None if known => assert_eq!(found.unwrap(), kind, "{name} {pointer}"),
                None => assert_eq!(found.unwrap(), "UNRECOGNIZED", "{name} {pointer}"),
            }
        }
    });
}

#[test]
fn a_value_of_any_type_is_read_or_told_with_its_place() {
    let values = [
        "true",
        "-1",
        "1.5",
        "1e400",
        "1e-400",
        "\"\"",
        "\"x\"",
        "\"\\u0000\"",
        "\" \"",
        "\"2\"",
        "[]",
        "[null]",
        "[[]]",
        "{}",
        "{\"x\":null}",
        "null",
    ];
    let mut told = 0;
    each_value(|name, _, sample, pointer| {
        for value in values {
            let mut body = sample.clone();
            *body.pointer_mut(pointer).unwrap() = Value::from("@@");
            let body = body.to_string().replacen("\"@@\"", value, 1);
            let reading = read(body.as_bytes()).expect("an object is never refused");
            assert!(reading.canonical.is_some(), "{name} {pointer} {value}");
            let Err(unreadable) = reading.event else {
                continue;
            };
            told += 1;
            let (found, here) = (unreadable.place.as_str(), place(pointer));
            assert!(
                found.starts_with(&here),
                "{name} {value}: {found} for {here}"
            );
            if !matches!(
                unreadable.reason,
                Reason::NoEvent | Reason::NoData | Reason::NoCustomer
            ) {
                let out_of_range = value == "1e400" || value == "1e-400";
                let expected = [Reason::Shape, Reason::NumberRange];
                assert!(
                    expected[..=usize::from(out_of_range)].contains(&unreadable.reason),
                    "{name} {pointer} {value}: {unreadable}"
                );
            }
        }
    });
    assert!(told > 1_000, "{told} of them were told");
}
