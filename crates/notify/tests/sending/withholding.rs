//! Who is not written to, and why the outbox says so; who waits.

use std::time::Duration;

use laurel_notify::Settings;
use laurel_testkit::{TestDatabase, both_databases};
use serde_json::json;

use crate::house::{House, ana, change, registration, settings};

both_databases![
    who_must_not_be_written_to_is_skipped_with_the_reason,
    the_operator_may_declare_the_mails_transactional,
    a_kind_that_is_switched_off_is_skipped,
    what_counts_is_what_is_known_when_it_is_sent,
    a_customer_without_an_address_waits_for_one,
    an_address_may_come_with_the_result_of_a_behavior_event,
    a_change_that_waited_for_a_week_is_stale,
    a_suppressed_address_gets_no_mail,
];

async fn who_must_not_be_written_to_is_skipped_with_the_reason(database: TestDatabase) {
    let house = House::new(database, Duration::ZERO).await;
    let refused = json!({ "consent": { "purposes": { "email_marketing": false } } });
    let silent = json!({ "consent": { "purposes": { "push_notifications": true } } });
    let granted = json!({ "consent": { "purposes": { "email_marketing": true } } });
    let cases = [
        ("a", json!({ "is_anonymous": true }), "skipped: anonymous"),
        ("b", json!({ "status": "INACTIVE" }), "skipped: inactive"),
        ("c", refused, "skipped: no_consent"),
        ("d", silent, "skipped: no_consent"),
        ("e", json!({ "email": "ana@b" }), "skipped: invalid_address"),
        (
            "f",
            json!({ "email": "ana@example.com\r\nBcc: eve@example.com" }),
            "skipped: invalid_address",
        ),
        (
            "g",
            json!({ "email": "ana@example.com, eve@example.com" }),
            "skipped: invalid_address",
        ),
        (
            "h",
            json!({ "is_anonymous": true, "email": null }),
            "skipped: anonymous",
        ),
        ("i", granted, "sent"),
        ("j", json!({ "status": null }), "sent"),
    ];
    for (customer, profile, _) in &cases {
        house
            .receive(&[
                registration(customer, profile),
                change(customer, "Bronze", "Silver"),
            ])
            .await;
    }
    house.send().await;
    assert_eq!(house.states().await, cases.map(|(_, _, state)| state));
    assert_eq!(house.channel.taken().len(), 2);
}

async fn the_operator_may_declare_the_mails_transactional(database: TestDatabase) {
    let house = House::with(
        database,
        Settings {
            transactional: true,
            ..settings()
        },
    )
    .await;
    let refused = json!({ "consent": { "purposes": { "email_marketing": false } } });
    house
        .receive(&[
            registration("ana", &refused),
            change("ana", "Bronze", "Silver"),
        ])
        .await;
    house.send().await;
    assert_eq!(house.states().await, ["sent"]);
}

async fn a_kind_that_is_switched_off_is_skipped(database: TestDatabase) {
    let house = House::with(
        database,
        Settings {
            downgrades: false,
            ..settings()
        },
    )
    .await;
    house
        .receive(&[
            ana(),
            change("ana", "Bronze", "Silver"),
            change("ana", "Silver", "Bronze"),
        ])
        .await;
    house.send().await;
    assert_eq!(house.states().await, ["sent", "skipped: switched_off"]);
}

async fn what_counts_is_what_is_known_when_it_is_sent(database: TestDatabase) {
    let house = House::new(database, Duration::from_mins(1)).await;
    house
        .receive(&[ana(), change("ana", "Bronze", "Silver")])
        .await;
    let moved = json!({ "email": "ana@example.org", "name": "Ana María" });
    house.receive(&[registration("ana", &moved)]).await;
    house.advance(Duration::from_mins(1));
    house.send().await;
    let [mail] = house.channel.taken().try_into().unwrap();
    assert_eq!(mail.recipient.to_string(), "ana@example.org");
    assert!(mail.words.text.starts_with("Hello Ana María,"));
}

async fn a_customer_without_an_address_waits_for_one(database: TestDatabase) {
    let house = House::new(database, Duration::ZERO).await;
    house.receive(&[change("ana", "Bronze", "Silver")]).await;
    house
        .receive(&[
            registration("eve", &json!({ "email": null })),
            change("eve", "Bronze", "Silver"),
        ])
        .await;
    house.send().await;
    house.advance(Duration::from_hours(24));
    house.send().await;
    assert_eq!(
        house.outbox().await,
        [("pending".to_owned(), 0), ("pending".to_owned(), 0)]
    );
    house.receive(&[ana()]).await;
    house.send().await;
    assert_eq!(house.states().await, ["sent", "pending"]);
}

async fn a_change_that_waited_for_a_week_is_stale(database: TestDatabase) {
    let house = House::new(database, Duration::ZERO).await;
    house.receive(&[change("ana", "Bronze", "Silver")]).await;
    house.advance(Duration::from_hours(7 * 24));
    house.send().await;
    assert_eq!(house.states().await, ["skipped: stale"]);
    house.receive(&[ana()]).await;
    house.send().await;
    assert!(house.channel.taken().is_empty());
}

async fn a_suppressed_address_gets_no_mail(database: TestDatabase) {
    let house = House::new(database, Duration::ZERO).await;
    house.execute("INSERT INTO suppressions (source, address, reason, created_at) VALUES ('masivo', 'ana@example.com', 'bounce', 0)").await;
    let shouted = json!({ "email": "Ana@Example.com" });
    house
        .receive(&[
            registration("ana", &shouted),
            change("ana", "Bronze", "Silver"),
        ])
        .await;
    house.send().await;
    assert_eq!(house.states().await, ["skipped: suppressed"]);
}

async fn an_address_may_come_with_the_result_of_a_behavior_event(database: TestDatabase) {
    let house = House::new(database, Duration::ZERO).await;
    house.receive(&[change("ana", "Bronze", "Silver")]).await;
    let fulfilled = |customer: &serde_json::Value| {
        let event = json!({ "id": "b1", "type": "PURCHASE", "result": { "customer": customer } });
        let data = json!({ "customer_id": "ana", "event": event });
        let body = json!({ "event": "BEHAVIOR_EVENT_FULFILLED", "data": data });
        body.to_string().into_bytes()
    };
    let part = json!({ "id": "internal", "email": "ana@example.com" });
    house.receive(&[fulfilled(&part)]).await;
    house.send().await;
    assert_eq!(
        house.states().await,
        ["pending"],
        "nobody knows the consent"
    );
    let mut whole = part;
    whole["status"] = json!("ACTIVE");
    whole["is_anonymous"] = json!(false);
    whole["tags"] = json!({ "locale": "es" });
    house.receive(&[fulfilled(&whole)]).await;
    house.send().await;
    assert_eq!(house.states().await, ["sent"]);
    assert_eq!(house.channel.subjects(), ["Ya eres Silver"]);
}
