//! Reading a body allocates for what is kept of it, not for what is passed over. A test binary of its own, since it
//! replaces the allocator: what is counted are calls, the same on every machine.

use std::fs;

use allocation_counter::{AllocationInfo, measure};
use laurel_payloads::{json, read};

const MEBIBYTE: usize = 1 << 20;

fn fixtures() -> Vec<Vec<u8>> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/masivo");
    let files = fs::read_dir(folder).expect("the fixtures' folder");
    let paths = files.map(|file| file.expect("a file").path());
    let bodies = paths.filter(|path| path.extension().is_some_and(|end| end == "json"));
    bodies
        .map(|path| fs::read(path).expect("a fixture"))
        .collect()
}

/// A coupon's redemption that holds this besides.
fn with(rest: &str) -> Vec<u8> {
    let body = r#"{"event":"COUPON_REDEMPTION","data":{"customer_id":"ana-0042","code":"A-1""#;
    format!("{body},{rest}}}}}").into_bytes()
}

fn scanning(body: &[u8]) -> AllocationInfo {
    measure(|| drop(json::scan(body).expect("a body")))
}

fn reading(body: &[u8]) -> AllocationInfo {
    measure(|| drop(read(body).expect("a body").event.expect("an event")))
}

#[test]
fn the_scan_of_what_masivo_sends_allocates_its_tape_once() {
    for body in fixtures() {
        let allocated = scanning(&body);
        assert_eq!(allocated.count_total, 1);
        assert!(
            allocated.bytes_total <= body.len() as u64 + 16,
            "{allocated:?}"
        );
    }
}

#[test]
fn whatever_the_body_the_tape_has_its_bounds() {
    // No body has more values than this one, nor one of fewer bytes as deep.
    let crowded = with(&format!("\"x\":[{}0]", "0,".repeat(MEBIBYTE / 2)));
    let deep = with(&format!(
        "\"x\":[{}0]",
        format!("{}{},", "[".repeat(125), "]".repeat(125)).repeat(4_000)
    ));
    for body in [crowded, deep] {
        let allocated = scanning(&body);
        // It doubles from a token for sixteen bytes to one for two, and each time both are there for a moment.
        assert!(allocated.count_total <= 5, "{allocated:?}");
        assert!(
            allocated.bytes_max <= 24 * body.len() as u64,
            "{allocated:?}"
        );
    }
}

#[test]
fn what_nobody_reads_costs_no_allocation() {
    // As often as a list of a hundred thousand doubles.
    const DOUBLINGS: u64 = 17;
    let few = reading(&with(r#""x":1"#)).count_total;
    let list =
        |element: &str| format!("\"x\":[{}{element}]", format!("{element},").repeat(100_000));
    let keys: Vec<_> = (0..100_000).map(|key| format!("\"k{key}\":1")).collect();
    for rest in [
        format!(r#""x":"{}""#, "y".repeat(MEBIBYTE)),
        format!(r#""x":{}"#, "7".repeat(MEBIBYTE)),
        list("-12.5e7"),
        list(r#""yyy""#),
        list("[{}]"),
        list(r#"{"b":1,"a":2}"#),
        keys.join(","),
    ] {
        let allocated = reading(&with(&rest)).count_total;
        assert!(
            allocated <= few + DOUBLINGS,
            "{allocated}, not {few}: {}",
            &rest[..20]
        );
    }
}

#[test]
fn a_long_text_that_is_kept_is_copied_once() {
    let name = "y".repeat(MEBIBYTE);
    let body = format!(
        r#"{{"event":"CUSTOMER_REGISTRATION","data":{{"customer_id":"ana-0042","customer":{{"name":"{name}"}}}}}}"#
    );
    // The canonical form, the name, and a tape that was made large enough for other bodies.
    let allocated = reading(body.as_bytes());
    assert!(
        allocated.bytes_total <= 3 * body.len() as u64 + 4_096,
        "{allocated:?}"
    );
}
