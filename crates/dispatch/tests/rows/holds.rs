//! Reservations that are repeated, closed twice, too large, or never closed.

use std::time::Duration;

use laurel_testkit::{TestDatabase, both_databases};

use crate::house::{House, ana};

both_databases!(
    c18_a_repeated_reservation_is_held_once,
    c20_what_is_closed_twice_is_closed_once,
    c21_a_reservation_of_more_than_there_is_is_shown,
    c22_a_reservation_that_nobody_closes_ends_when_it_says,
    c22_the_oldest_open_reservation_of_each_source_is_known,
);

const HOLD: &str = "REWARDS_RESERVATION";
const RELEASE: &str = "REWARDS_RESERVATION_CANCELLED";
const SPEND: &str = "CUSTOMER_REDEMPTION";

/// An event about one reservation of so much, and so much in the wallet; `note` makes it another event.
fn held(event: &str, amount: &str, note: &str) -> String {
    ana(
        event,
        &format!(
            r#""lines":[{{"amount":{amount},"reward_id":"points","campaign_id":"c","issued_at":"2026-01-05T00:00:00Z"}}],"wallet":{{"totals":[{{"total":10,"reward_id":"points"}}]}},"note":"{note}""#
        ),
    )
}

async fn c18_a_repeated_reservation_is_held_once(database: TestDatabase) {
    let house = House::new(database).await;
    let hold = held(HOLD, "4", "");
    house
        .receive(&[
            hold.clone(),
            hold.clone(),
            hold.replace("\":", "\" : "),
            hold.replace(":4,", ":4.00,"),
        ])
        .await;
    assert_eq!(house.wallet("ana").await, ["points 10 (4)"]);
    assert_eq!(house.kinds("ana").await, [HOLD]);
}

async fn c20_what_is_closed_twice_is_closed_once(database: TestDatabase) {
    let house = House::new(database).await;
    house.take(&[held(HOLD, "4", "")]).await;
    for (event, amount, note) in [
        (RELEASE, "4", "first"),
        (RELEASE, "4", "again"),
        (SPEND, "4", "late"),
        (RELEASE, "-4", "negative"),
        (RELEASE, "1000000", "all"),
    ] {
        house.take(&[held(event, amount, note)]).await;
        assert_eq!(house.wallet("ana").await, ["points 10 (0)"], "{note}");
    }
    let other = held(HOLD, "3", "").replace("01-05", "01-06");
    house.take(&[other]).await;
    assert_eq!(
        house.wallet("ana").await,
        ["points 10 (3)"],
        "the next one is held"
    );
    assert_eq!(house.kinds("ana").await.len(), 7);
}

async fn c21_a_reservation_of_more_than_there_is_is_shown(database: TestDatabase) {
    let house = House::new(database).await;
    house.take(&[held(HOLD, "1000.5", "")]).await;
    assert_eq!(house.wallet("ana").await, ["points 10 (1000.5)"]);
    house
        .take(&[held(HOLD, "0", "zero"), held(HOLD, "-7", "negative")])
        .await;
    assert_eq!(house.wallet("ana").await, ["points 10 (993.5)"]);
    house
        .take(&[held(HOLD, "-2000", "less than nothing")])
        .await;
    assert_eq!(house.wallet("ana").await, ["points 10 (0)"]);
}

async fn c22_a_reservation_that_nobody_closes_ends_when_it_says(database: TestDatabase) {
    let house = House::new(database).await;
    let now = house.database.store.clock().now();
    let hour = Duration::from_hours(1);
    let ends = |at: &str, day: u8| {
        held(HOLD, "1", &at.replace('"', ""))
            .replace("01-05", &format!("01-{day:02}"))
            .replace(
                "\"campaign_id\"",
                &format!("\"reservation_expires_at\":{at},\"campaign_id\""),
            )
    };
    house
        .take(&[
            ends(&format!("\"{}\"", now.saturating_add(hour)), 1),
            ends(&format!("\"{}\"", now.saturating_sub(hour)), 2),
            ends("null", 3),
            ends("\"never\"", 4),
            ends("1767712202", 6),
            ends("\"9999-12-31T23:59:59Z\"", 7),
        ])
        .await;
    assert_eq!(house.wallet("ana").await, ["points 10 (5)"]);
    house.database.clock.advance(hour);
    assert_eq!(house.wallet("ana").await, ["points 10 (4)"]);
    house.database.clock.advance(365 * 24 * hour);
    assert_eq!(
        house.wallet("ana").await,
        ["points 10 (4)"],
        "no end is no end"
    );
}

async fn c22_the_oldest_open_reservation_of_each_source_is_known(database: TestDatabase) {
    let house = House::new(database).await;
    let store = house.database.store.clone();
    let oldest = async || store.oldest_holds().await.expect("an answer");
    assert_eq!(oldest().await, []);
    let day = |event, amount: &str, day: u8| {
        held(event, amount, "").replace("01-05", &format!("01-{day:02}"))
    };
    house
        .take(&[
            day(SPEND, "9", 1),
            day(HOLD, "1", 2),
            day(HOLD, "1", 3),
            day(HOLD, "1", 4),
        ])
        .await;
    let of_day = |day: u8| {
        let text = format!("2026-01-{day:02}T00:00:00Z");
        laurel_payloads::Timestamp::parse_rfc3339(&text).expect("a time")
    };
    for closed in [2, 3] {
        let found = oldest().await;
        assert_eq!((found.len(), found[0].since), (1, of_day(closed)));
        assert_eq!(found[0].source, house.database.source());
        house.take(&[day(RELEASE, "1", closed)]).await;
    }
    house.take(&[day(SPEND, "0.5", 4)]).await;
    assert_eq!(
        oldest().await[0].since,
        of_day(4),
        "a part of it is still open"
    );
    house
        .take(&[day(SPEND, "0.50000", 4).replace("\"note\":\"\"", "\"note\":\"rest\"")])
        .await;
    assert_eq!(oldest().await, []);
}
