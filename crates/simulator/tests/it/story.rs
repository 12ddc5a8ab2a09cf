//! The story as a whole: repeatable, readable, without repeats, and with a bit of everything.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use laurel_payloads::{EventKind, Payload, Timestamp, read};
use laurel_simulator::Programme;

#[test]
fn the_same_seed_tells_the_same_story_byte_for_byte() {
    let story = |seed| Programme::new(seed, 10).take(500).collect::<Vec<_>>();
    assert_eq!(story(1), story(1));
    let one: HashSet<_> = story(1)
        .into_iter()
        .map(|webhook| webhook.customer_id)
        .collect();
    let other: HashSet<_> = story(2)
        .into_iter()
        .map(|webhook| webhook.customer_id)
        .collect();
    assert!(one.is_disjoint(&other));
}

#[test]
fn every_body_is_read_as_its_kind_and_none_says_the_same_as_another() {
    for customers in [1, 30] {
        let mut contents = HashSet::new();
        for webhook in Programme::new(3, customers).take(4_000) {
            let reading = read(&webhook.body).expect("JSON");
            let event = reading.event.expect("an event");
            assert_eq!(event.kind(), webhook.kind);
            assert_eq!(event.customer_id, Some(webhook.customer_id));
            assert!(contents.insert(reading.canonical.expect("a canonical form")));
        }
    }
}

#[test]
fn a_story_has_a_bit_of_everything() {
    let mut kinds = BTreeMap::<EventKind, u32>::new();
    let mut registered = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut traits = BTreeSet::new();
    for webhook in Programme::new(4, 100).take(5_000) {
        *kinds.entry(webhook.kind).or_default() += 1;
        if let Payload::CustomerRegistration(registration) = parse(&webhook.body) {
            assert!(
                seen.insert(webhook.customer_id.clone()),
                "a registration comes first"
            );
            registered.insert(webhook.customer_id);
            let customer = registration.customer.expect("a profile");
            assert!(
                customer
                    .email
                    .as_ref()
                    .expect("an address")
                    .ends_with("@example.com")
            );
            traits.insert(customer.tag("locale").expect("a locale"));
            traits.insert(format!("anonymous: {:?}", customer.is_anonymous));
            traits.insert(format!("status: {:?}", customer.status));
            let purposes = customer
                .consent
                .map(|consent| consent.purposes.expect("purposes"));
            traits.insert(format!(
                "mail: {:?}",
                purposes.map(|purposes| purposes.email_marketing)
            ));
        } else {
            seen.insert(webhook.customer_id);
        }
    }
    let sent = EventKind::ALL
        .iter()
        .copied()
        .filter(|kind| *kind != EventKind::External);
    assert_eq!(
        kinds.keys().copied().collect::<Vec<_>>(),
        sent.collect::<Vec<_>>()
    );
    assert!(
        kinds[&EventKind::Unrecognized] < 200,
        "unknown events are rare"
    );
    assert!(seen.len() > registered.len(), "some were imported");
    for expected in [
        "de-DE",
        "ja-JP",
        "anonymous: Some(true)",
        "anonymous: Some(false)",
        "status: Some(\"INACTIVE\")",
        "mail: None",
        "mail: Some(Some(false))",
        "mail: Some(Some(true))",
    ] {
        assert!(traits.contains(expected), "{expected} is not in {traits:?}");
    }
}

#[test]
fn time_only_goes_forward_from_the_opening() {
    let opening = Timestamp::parse_rfc3339("2026-02-01T00:00:00Z").unwrap();
    let far = Timestamp::parse_rfc3339("2100-01-01T00:00:00Z").unwrap();
    let mut last = opening;
    for webhook in Programme::new(5, 50).opening_at(opening).take(1_000) {
        if webhook.kind == EventKind::BehaviorEventFulfilled {
            let event = laurel_payloads::Event::parse(&webhook.body).unwrap();
            let happened = event.occurred_at(far);
            assert!(happened > last);
            last = happened;
        }
    }
    let end = Timestamp::parse_rfc3339("2026-06-01T00:00:00Z").unwrap();
    assert!(
        last < end,
        "{last}: fifty customers do a thousand things in a few weeks"
    );
}

#[test]
fn a_programme_without_customers_has_no_story() {
    assert_eq!(Programme::new(6, 0).next(), None);
}

fn parse(body: &[u8]) -> Payload {
    laurel_payloads::Event::parse(body)
        .expect("an event")
        .payload
}
