//! Masivo's own examples, read as what they are.

use laurel_payloads::{Amount, Event, EventKind, Payload, Timestamp, read};

use crate::event;

pub(crate) fn fixtures() -> Vec<(String, Vec<u8>)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/masivo");
    let files = std::fs::read_dir(folder).expect("the fixtures' folder");
    let mut fixtures: Vec<_> = files
        .map(|file| file.expect("a file").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .map(|path| {
            (
                path.display().to_string(),
                std::fs::read(path).expect("a fixture"),
            )
        })
        .collect();
    fixtures.sort();
    fixtures
}

fn fixture(name: &str) -> Event {
    let found = fixtures().into_iter().find(|(path, _)| path.contains(name));
    event(found.expect("a fixture of this name").1)
}

#[test]
fn every_fixture_is_read_and_has_a_canonical_form_of_its_own() {
    let mut forms = Vec::new();
    for (name, body) in fixtures() {
        let reading = read(&body).unwrap();
        forms.push(reading.canonical.unwrap());
        let event = reading
            .event
            .unwrap_or_else(|unreadable| panic!("{name}: {unreadable}"));
        assert_eq!(event.customer_id.unwrap().as_str(), "ana-0042", "{name}");
    }
    forms.sort();
    forms.dedup();
    assert_eq!(forms.len(), fixtures().len());
}

#[test]
fn there_is_a_fixture_for_every_kind_that_masivo_sends() {
    let kinds: Vec<_> = fixtures()
        .iter()
        .map(|(_, body)| event(body).kind())
        .collect();
    for kind in EventKind::ALL {
        assert_eq!(kinds.contains(kind), *kind != EventKind::External, "{kind}");
    }
}

#[test]
fn a_registration_tells_who_and_with_what_consent() {
    let Payload::CustomerRegistration(registration) = fixture("01_").payload else {
        panic!("not a registration");
    };
    let customer = registration.customer.unwrap();
    assert_eq!(customer.name.as_deref(), Some("Ana Gómez"));
    assert_eq!(customer.email.as_deref(), Some("ana.gomez@example.com"));
    assert_eq!(customer.is_anonymous, Some(false));
    assert_eq!(customer.platforms, ["app"]);
    assert_eq!(customer.tag("locale").as_deref(), Some("es-CO"));
    assert_eq!(customer.tag("other"), None);
    let purposes = customer.consent.unwrap().purposes.unwrap();
    assert_eq!(purposes.email_marketing, Some(true));
    assert_eq!(purposes.push_notifications, Some(false));
    assert!(registration.wallet.unwrap().totals.is_empty());
}

#[test]
fn the_sum_of_what_was_earned_is_exact() {
    let mut earned = Amount::ZERO;
    for name in ["02_", "05_"] {
        let Payload::CustomerAccumulation(movement) = fixture(name).payload else {
            panic!("not an accumulation");
        };
        for line in movement.lines {
            if line.reward_id.unwrap().as_str().starts_with("8f26a2be") {
                earned = earned.checked_add(line.amount.unwrap()).unwrap();
            }
        }
    }
    assert_eq!(earned.to_string(), "127.9");
}

#[test]
fn a_wallet_tells_balances_and_names() {
    let Payload::CustomerAccumulation(movement) = fixture("05_").payload else {
        panic!("not an accumulation");
    };
    let totals = movement.wallet.unwrap().totals;
    assert_eq!(totals[0].total, "127.9".parse().ok());
    let reward = totals[0].reward.as_ref().unwrap();
    assert_eq!(reward.name.as_deref(), Some("Points"));
    assert_eq!(reward.brand_id, None);
    assert_eq!(
        reward.attributes.as_ref().unwrap().conversion_factor,
        "0.1".parse().ok()
    );
}

#[test]
fn a_tier_change_tells_from_to_and_why() {
    let Payload::TierDowngrade(change) = fixture("12_").payload else {
        panic!("not a downgrade");
    };
    assert_eq!(change.from_tier_name.as_deref(), Some("Gold"));
    assert_eq!(change.to_tier_level, Some(2.0));
    assert_eq!(change.triggered_by.as_deref(), Some("REVERSAL"));
    assert_eq!(change.trigger_event_type.as_deref(), Some("REVERSE"));
}

#[test]
fn a_failed_behavior_event_keeps_what_was_sent_as_text() {
    let Payload::BehaviorEventFailed(outcome) = fixture("10_").payload else {
        panic!("not a failure");
    };
    assert_eq!(
        outcome.event.id.unwrap().as_str(),
        "e0000007-5f2b-4f0e-9d55-3f1a9b7c2d07"
    );
    assert_eq!(outcome.event.status.as_deref(), Some("FAILED"));
    assert!(
        outcome
            .event
            .result
            .unwrap()
            .get()
            .contains("campaign budget exhausted")
    );
    assert!(outcome.event.data.unwrap().get().contains("INV-7799"));
}

#[test]
fn each_fixture_happened_when_its_best_time_says() {
    let received = Timestamp::parse_rfc3339("2026-03-01T00:00:00Z").unwrap();
    for (name, expected) in [
        ("01_", "2026-01-05T14:03:11.201Z"),
        ("02_", "2026-01-06T15:10:02.331Z"),
        ("03_", "2026-01-06T15:10:02.331Z"),
        ("04_", "2026-03-01T00:00:00Z"),
        ("08_", "2026-02-14T20:00:01Z"),
        ("09_", "2026-03-01T00:00:00Z"),
        ("10_", "2026-02-20T10:00:03Z"),
        ("14_", "2026-03-01T00:00:00Z"),
    ] {
        assert_eq!(
            fixture(name).occurred_at(received).to_string(),
            expected,
            "{name}"
        );
    }
}
