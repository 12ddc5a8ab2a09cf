//! Masivo's own examples, read as what they are.

use laurel_payloads::{Event, EventKind, read};

fn fixtures() -> Vec<(String, Vec<u8>)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/masivo");
    let mut fixtures: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (name, std::fs::read(path).unwrap())
        })
        .collect();
    fixtures.sort();
    fixtures
}

#[test]
fn every_fixture_is_read_and_has_a_canonical_form() {
    for (name, body) in fixtures() {
        let reading = read(&body).unwrap();
        assert!(reading.canonical.is_some(), "{name}");
        let event = reading
            .event
            .unwrap_or_else(|unreadable| panic!("{name}: {unreadable}"));
        assert_eq!(event.customer_id.unwrap().as_str(), "ana-0042", "{name}");
    }
}

#[test]
fn there_is_a_fixture_for_every_kind_that_masivo_sends() {
    let kinds: Vec<_> = fixtures()
        .iter()
        .map(|(_, body)| Event::parse(body).unwrap().kind())
        .collect();
    for kind in EventKind::ALL {
        assert_eq!(kinds.contains(kind), *kind != EventKind::External, "{kind}");
    }
}
