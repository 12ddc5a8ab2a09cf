//! Behavior events, coupons and tier changes that are repeated, contradict one another or go on for ever.

use std::time::Duration;

use laurel_store::Outcome;
use laurel_testkit::{TestDatabase, both_databases};

use crate::house::{House, ana};

both_databases!(
    c23_both_outcomes_are_listed_and_a_failure_that_repeats_is_one_entry,
    c24_c27_details_of_any_length_are_kept_with_their_entry,
    c26_a_coupon_again_after_the_window_is_another,
    c31_up_and_down_are_both_listed_in_order,
);

fn outcome(event: &str, id: &str, at: &str) -> String {
    ana(
        event,
        &format!(r#""event":{{"id":{id},"resolved_at":"{at}"}}"#),
    )
}

async fn c23_both_outcomes_are_listed_and_a_failure_that_repeats_is_one_entry(
    database: TestDatabase,
) {
    let house = House::new(database).await;
    let failed = "BEHAVIOR_EVENT_FAILED";
    house
        .take(&[
            outcome(failed, "\"e\"", "2026-01-05T00:00:01Z"),
            outcome("BEHAVIOR_EVENT_FULFILLED", "\"e\"", "2026-01-05T00:00:04Z"),
            outcome(failed, "\"e\"", "2026-01-05T00:00:03Z"),
            outcome(failed, "\"e\"", "2026-01-05T00:00:02Z"),
            outcome(failed, "\"E\"", "2026-01-05T00:00:01Z"),
            outcome(failed, "null", "2026-01-05T00:00:01Z"),
            outcome(failed, "\"\"", "2026-01-05T00:00:01Z"),
        ])
        .await;
    let history = house.history("ana").await;
    let shown: Vec<_> = history
        .iter()
        .map(|entry| {
            (
                entry.kind.as_str(),
                entry
                    .behavior_event_id
                    .as_ref()
                    .map(laurel_payloads::BehaviorEventId::as_str),
                entry.attempts,
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            ("BEHAVIOR_EVENT_FULFILLED", Some("e"), 1),
            (failed, None, 1),
            (failed, None, 1),
            (failed, Some("E"), 1),
            (failed, Some("e"), 3),
        ]
    );
    let repeated = history.last().expect("an entry");
    assert_eq!(repeated.occurred_at.to_string(), "2026-01-05T00:00:01Z");
    assert_eq!(
        repeated.last_occurred_at.to_string(),
        "2026-01-05T00:00:03Z"
    );
}

async fn c24_c27_details_of_any_length_are_kept_with_their_entry(database: TestDatabase) {
    let house = House::new(database).await;
    let long = "x".repeat(200_000);
    let bodies = [
        ana(
            "BEHAVIOR_EVENT_FAILED",
            &format!(
                r#""event":{{"id":"e","type":"{long}","status":"{long}","result":{{"error":"{long}"}}}}"#
            ),
        ),
        ana(
            "COUPON_REDEMPTION",
            &format!(r#""campaign_id":"c","code":"{}""#, "y".repeat(10_240)),
        ),
    ];
    let appended = house.receive(&bodies).await;
    assert_eq!(house.kinds("ana").await.len(), 2);
    for (appended, body) in appended.iter().zip(&bodies) {
        let kept = house.scope.event(appended.id).await.expect("an answer");
        assert!(
            kept.expect("the event").body == body.as_bytes(),
            "byte for byte"
        );
    }
    for code in [
        "a\\u0000b",
        "\\u0001",
        "a\\nb",
        "\\u001b[31m",
        "\\u007f",
        "\\u0085",
    ] {
        let body = ana("COUPON_REDEMPTION", &format!(r#""code":"{code}""#));
        let appended = house.receive(&[body.as_str()]).await;
        assert_eq!(appended[0].outcome, Outcome::Quarantined, "{code}");
    }
    for code in ["42", "true", "[\"A\"]", "{}", "1e400"] {
        let body = ana("COUPON_REDEMPTION", &format!(r#""code":{code}"#));
        let appended = house.receive(&[body.as_str()]).await;
        assert_eq!(appended[0].outcome, Outcome::Quarantined, "{code}");
    }
    assert_eq!(house.kinds("ana").await.len(), 2);
}

async fn c26_a_coupon_again_after_the_window_is_another(database: TestDatabase) {
    let house = House::new(database).await;
    let coupon = ana("COUPON_REDEMPTION", r#""campaign_id":"c","code":"WELCOME""#);
    let first = house.receive(&[&coupon, &coupon, &coupon]).await;
    assert_eq!(house.kinds("ana").await, ["COUPON_REDEMPTION"]);
    let event = house
        .scope
        .event(first[0].id)
        .await
        .expect("an answer")
        .expect("the event");
    assert_eq!(event.delivery_count, 3);
    house.database.clock.advance(Duration::from_hours(24));
    house.take(&[&coupon]).await;
    assert_eq!(house.kinds("ana").await, ["COUPON_REDEMPTION"; 2]);
}

async fn c31_up_and_down_are_both_listed_in_order(database: TestDatabase) {
    let house = House::new(database).await;
    let change = |event, from, to| {
        ana(
            event,
            &format!(r#""from_tier_id":"{from}","to_tier_id":"{to}""#),
        )
    };
    house
        .take(&[change("TIER_UPGRADE", "silver", "gold")])
        .await;
    house.database.clock.advance(Duration::from_millis(1));
    house
        .take(&[change("TIER_DOWNGRADE", "gold", "silver")])
        .await;
    assert_eq!(house.kinds("ana").await, ["TIER_DOWNGRADE", "TIER_UPGRADE"]);
    let tier = house.customer("ana").await.tier.expect("a tier");
    assert_eq!(tier.tier_id.expect("an id").as_str(), "silver");
    assert_eq!(tier.previous_tier_id.expect("an id").as_str(), "gold");
}
