//! Reads one body again and again, so that `cargo xtask instructions` can count what that takes.

use std::fs;
use std::hint::black_box;

use laurel_payloads::{json, read};
use serde_json::Value;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [how, file, times] = arguments.as_slice() else {
        panic!("usage: again scan|canonical|read|value FILE TIMES");
    };
    let body = fs::read(file).expect("a file");
    let reading: fn(&[u8]) = match how.as_str() {
        "scan" => |body| drop(black_box(json::scan(body))),
        "canonical" => |body| drop(black_box(json::scan(body).map(|tape| tape.canonical()))),
        "read" => |body| drop(black_box(read(body))),
        "value" => |body| drop(black_box(serde_json::from_slice::<Value>(body))),
        other => panic!("{other}?"),
    };
    for _ in 0..times.parse().expect("a number") {
        reading(black_box(&body));
    }
}
