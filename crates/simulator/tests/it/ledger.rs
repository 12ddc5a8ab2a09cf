//! The ledger: what Masivo's own sample story must come to, and a programme's.

use laurel_payloads::EventKind;
use laurel_simulator::{Ledger, Programme, Settings, Traffic};

const SAMPLES: [&str; 14] = [
    include_str!("../../../payloads/fixtures/masivo/01_customer_registration.json"),
    include_str!("../../../payloads/fixtures/masivo/02_customer_accumulation.json"),
    include_str!("../../../payloads/fixtures/masivo/03_behavior_event_fulfilled.json"),
    include_str!("../../../payloads/fixtures/masivo/04_tier_upgrade.json"),
    include_str!("../../../payloads/fixtures/masivo/05_customer_accumulation_two_rewards.json"),
    include_str!("../../../payloads/fixtures/masivo/06_rewards_reservation.json"),
    include_str!("../../../payloads/fixtures/masivo/07_rewards_reservation_cancelled.json"),
    include_str!("../../../payloads/fixtures/masivo/08_customer_redemption.json"),
    include_str!("../../../payloads/fixtures/masivo/09_coupon_redemption.json"),
    include_str!("../../../payloads/fixtures/masivo/10_behavior_event_failed.json"),
    include_str!("../../../payloads/fixtures/masivo/11_tier_upgrade_gold.json"),
    include_str!("../../../payloads/fixtures/masivo/12_tier_downgrade_reversal.json"),
    include_str!("../../../payloads/fixtures/masivo/13_tier_downgrade_cron.json"),
    include_str!("../../../payloads/fixtures/masivo/14_unknown_event.json"),
];

#[test]
fn the_sample_story_comes_to_what_its_readme_says() {
    let mut ledger = Ledger::default();
    for body in SAMPLES.into_iter().chain(SAMPLES) {
        ledger.receive(body.as_bytes()).unwrap();
    }
    let ana = ledger.customer(&"ana-0042".parse().unwrap()).unwrap();
    assert_eq!(ana.entries.values().sum::<u64>(), 14);
    let shown = |sums: &std::collections::BTreeMap<_, laurel_payloads::Amount>| {
        sums.values().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(shown(&ana.balances), ["100"], "no coffee left");
    assert_eq!(shown(&ana.earned), ["1", "127.9"]);
    assert_eq!(shown(&ana.redeemed), ["1", "27.9"]);
    assert_eq!(
        ana.tier().unwrap().as_str(),
        "142b1336-ef6e-40aa-be3f-33332003bfa5"
    );
    assert_eq!(ana.tier_changes.len(), 4);
}

#[test]
fn a_change_of_tier_that_came_late_does_not_count() {
    let mut ledger = Ledger::default();
    // Silver to Gold is received before Bronze to Silver.
    for sample in [SAMPLES[10], SAMPLES[3]] {
        ledger.receive(sample.as_bytes()).unwrap();
    }
    let ana = ledger.customer(&"ana-0042".parse().unwrap()).unwrap();
    assert_eq!(
        ana.tier().unwrap().as_str(),
        "b7a5d2c8-11f0-4a66-9a0f-77f0e5d4c3b2"
    );
}

#[test]
fn repeats_change_nothing() {
    let ledger = |duplicates| {
        let settings = Settings {
            events: 2_000,
            duplicates,
            shuffle: 0,
            seed: 9,
        };
        let mut ledger = Ledger::default();
        for post in Traffic::new(Programme::new(9, 20), settings) {
            ledger.receive(&post.body).unwrap();
        }
        ledger
    };
    let (once, twice) = (ledger(0.0), ledger(1.0));
    assert!(once.customers().eq(twice.customers()));
}

#[test]
fn a_failure_that_repeats_is_one_entry() {
    let mut ledger = Ledger::default();
    let mut failures = 0;
    for webhook in Programme::new(10, 20).take(5_000) {
        failures += u64::from(webhook.kind == EventKind::BehaviorEventFailed);
        ledger.receive(&webhook.body).unwrap();
    }
    let entries = |kind: Option<EventKind>| -> u64 {
        let standings = ledger
            .customers()
            .flat_map(|(_, standing)| &standing.entries);
        standings
            .filter(|(of, _)| kind.is_none_or(|kind| **of == kind))
            .map(|(_, count)| count)
            .sum()
    };
    let failed = entries(Some(EventKind::BehaviorEventFailed));
    assert!(failed < failures);
    assert_eq!(entries(None), 5_000 - failures + failed);
}
