//! Tiers follow points, and a customer's changes of tier form a chain.

use std::collections::{BTreeMap, BTreeSet};

use laurel_payloads::{Event, EventKind, Payload};
use laurel_simulator::Programme;

#[test]
fn each_change_of_tier_begins_where_the_last_one_ended_and_goes_where_it_says() {
    let mut tiers = BTreeMap::new();
    let mut causes = BTreeSet::new();
    for webhook in Programme::new(11, 20).take(6_000) {
        let payload = Event::parse(&webhook.body).unwrap().payload;
        let (Payload::TierUpgrade(change) | Payload::TierDowngrade(change)) = payload else {
            continue;
        };
        let before = tiers.insert(webhook.customer_id, change.to_tier_name.clone());
        assert_eq!(
            change.from_tier_name,
            before.unwrap_or_else(|| Some("Bronze".to_owned()))
        );
        let up = change.from_tier_level < change.to_tier_level;
        assert_eq!(webhook.kind == EventKind::TierUpgrade, up);
        let cause = change.triggered_by.unwrap();
        assert_eq!(change.trigger_event_id.is_some(), cause != "CRON_DOWNGRADE");
        causes.insert((webhook.kind, cause));
    }
    let causes: Vec<_> = causes
        .iter()
        .map(|(kind, cause)| (kind.as_str(), cause.as_str()))
        .collect();
    assert_eq!(
        causes,
        [
            ("TIER_UPGRADE", "EVENT"),
            ("TIER_DOWNGRADE", "CRON_DOWNGRADE"),
            ("TIER_DOWNGRADE", "REVERSAL"),
        ]
    );
    assert!(
        tiers
            .values()
            .any(|tier| tier.as_deref() == Some("Platinum"))
    );
}

#[test]
fn an_upgrade_names_the_purchase_that_led_to_it() {
    let mut last_purchase = None;
    for webhook in Programme::new(12, 5).take(2_000) {
        match Event::parse(&webhook.body).unwrap().payload {
            Payload::BehaviorEventFulfilled(outcome) => last_purchase = outcome.event.id,
            Payload::TierUpgrade(change) => assert_eq!(change.trigger_event_id, last_purchase),
            _ => {}
        }
    }
    assert!(last_purchase.is_some());
}
