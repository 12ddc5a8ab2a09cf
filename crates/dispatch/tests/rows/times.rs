//! Times that are none, or that nobody can believe: the field stays empty, and the event happened when it was received.

use laurel_testkit::{TestDatabase, both_databases};

use crate::house::{House, ana, registration};

both_databases!(
    b25_b27_a_time_that_is_none_leaves_its_field_empty,
    b25_times_are_kept_to_the_microsecond_whatever_their_zone,
    b25_a_time_that_cannot_be_believed_is_not_when_it_happened,
);

async fn b25_b27_a_time_that_is_none_leaves_its_field_empty(database: TestDatabase) {
    let house = House::new(database).await;
    let comments = format!(
        "\"Tue, 06 Jan 2026 {}{}\"",
        "(".repeat(10_000),
        ")".repeat(10_000)
    );
    for time in [
        "null",
        "\"2026-02-30T00:00:00Z\"",
        "\"2025-02-29T00:00:00Z\"",
        "\"2026-01-01T24:00:00Z\"",
        "\"2026-01-01T00:00:60Z\"",
        "\"+10000-01-01T00:00:00Z\"",
        "\"10000-01-01T00:00:00Z\"",
        "\"2026-01-01T00:00:00\"",
        "\"2026-01-01\"",
        "\"2026-01-01T00:00:00+99:00\"",
        "1767712202",
        "1767712202000",
        "1e400",
        "-1",
        "true",
        "[]",
        "{}",
        "\"\"",
        "\"soon\"",
        "\"\\u0000\"",
        &comments,
    ] {
        house
            .take(&[
                registration(&format!(r#""name":"Ana","registration_date":{time}"#)),
                ana("CUSTOMER_ACCUMULATION", &format!(r#""lines":[{{"amount":1,"reward_id":"points","issued_at":{time},"expiration_date":{time}}}],"wallet":{{"totals":[{{"total":1,"reward_id":"points","expiration_date":{time}}}]}}"#)),
                ana("BEHAVIOR_EVENT_FULFILLED", &format!(r#""event":{{"id":"e","resolved_at":{time},"issued_at":{time},"processing_at":{time}}}"#)),
            ])
            .await;
        let customer = house.customer("ana").await;
        assert_eq!(
            (customer.name.as_deref(), customer.registered_at),
            (Some("Ana"), None),
            "{time}"
        );
        let history = house.history("ana").await;
        assert!(
            history
                .iter()
                .all(|entry| entry.occurred_at == entry.received_at),
            "{time}"
        );
        assert_eq!(house.wallet("ana").await, ["points 1 (0)"]);
    }
}

async fn b25_times_are_kept_to_the_microsecond_whatever_their_zone(database: TestDatabase) {
    let house = House::new(database).await;
    for (written, kept) in [
        ("2026-01-06T15:10:02.331Z", "2026-01-06T15:10:02.331Z"),
        (
            "2026-01-06T15:10:02.1234569Z",
            "2026-01-06T15:10:02.123456Z",
        ),
        ("2026-01-06T15:10:02+14:00", "2026-01-06T01:10:02Z"),
        ("2026-01-06T15:10:02-12:00", "2026-01-07T03:10:02Z"),
        ("2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
        ("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"),
        ("1969-12-31T23:59:59Z", "1969-12-31T23:59:59Z"),
    ] {
        house
            .take(&[registration(&format!(r#""registration_date":"{written}""#))])
            .await;
        let registered = house.customer("ana").await.registered_at.expect("a time");
        assert_eq!(registered.to_string(), kept);
    }
}

async fn b25_a_time_that_cannot_be_believed_is_not_when_it_happened(database: TestDatabase) {
    let house = House::new(database).await;
    let now = house.database.store.clock().now();
    let (day, micro) = (
        std::time::Duration::from_hours(24),
        std::time::Duration::from_micros(1),
    );
    let tomorrow = now.saturating_add(day);
    for (time, believed) in [
        ("0001-01-01T00:00:00Z".to_owned(), false),
        ("1970-01-01T00:00:00Z".to_owned(), false),
        ("1999-12-31T23:59:59.999999Z".to_owned(), false),
        ("2000-01-01T00:00:00Z".to_owned(), true),
        (tomorrow.to_string(), true),
        (tomorrow.saturating_add(micro).to_string(), false),
        ("9999-12-31T23:59:59Z".to_owned(), false),
    ] {
        let customer = format!("customer of {time}");
        let body = ana(
            "BEHAVIOR_EVENT_FULFILLED",
            &format!(r#""event":{{"resolved_at":"{time}"}}"#),
        )
        .replace("\"ana\"", &format!("\"{customer}\""));
        house.take(&[body]).await;
        let entry = house.history(&customer).await.pop().expect("an entry");
        assert_eq!(entry.received_at, now);
        assert_eq!(entry.occurred_at != now, believed, "{time}");
    }
}
