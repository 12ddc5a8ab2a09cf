//! What webhooks never tell, brought in: once, whatever they have told, and on from where it was broken off.

use std::time::Duration;

use laurel_masivo_api::Error;
use laurel_masivo_api::client::ApiError;
use laurel_testkit::{TestDatabase, both_databases};

use crate::house::{House, id, movement, transaction, upgrade};

both_databases!(
    what_no_webhook_tells_comes_in_once,
    what_has_no_id_is_the_same_by_what_it_says,
    what_a_webhook_told_is_not_brought_in,
    what_a_webhook_may_still_tell_is_left_to_it,
    a_transfer_goes_from_its_sender_to_its_receiver,
    a_run_that_is_broken_off_goes_on_where_it_stopped,
    every_year_since_the_registration_is_asked_for_and_no_other,
    profiles_that_are_missing_are_brought_in,
    nothing_is_brought_in_while_the_histories_are_behind,
    a_source_without_an_account_is_a_mistake_of_the_command_line,
);

const ACCUMULATION: &str = "CUSTOMER_ACCUMULATION";

fn book(house: &House, customer: &str, year: i32, booked: Vec<serde_json::Value>) {
    house.mock.add_customer(customer, "100");
    house.mock.book(customer, year, booked);
}

async fn what_no_webhook_tells_comes_in_once(database: TestDatabase) {
    let house = House::new(database).await;
    house.receive(&[upgrade("ana")]).await;
    book(
        &house,
        "ana",
        2025,
        vec![
            transaction("t-1", "MIGRATION", "100", "2025-01-10T08:00:00Z"),
            transaction("t-2", "EXPIRATION", "0.3", "2025-12-31T23:59:59.999Z"),
            transaction("t-3", "REVERSAL", "-7", "2025-06-01T08:00:00Z"),
        ],
    );
    let report = house
        .backfill(&["transactions", "--year", "2025"])
        .await
        .expect("a report");
    assert_eq!(
        report,
        "masivo: 1 customers: 3 movements brought in, 0 known before, 0 told by webhooks, 0 left to webhooks that may \
         still come, 0 unclear\n"
    );
    let history = [
        "TIER_UPGRADE ",
        "EXPIRATION -0.3",
        "REVERSAL -7",
        "MIGRATION 100",
    ];
    assert_eq!(house.movements("ana").await, history);
    let again = house
        .backfill(&["transactions", "--year", "2025", "--customer", "ana"])
        .await
        .expect("a report");
    // The year was over when it was looked at: there is nothing to ask.
    assert!(
        again.contains(" 0 movements brought in, 0 known before"),
        "{again}"
    );
    assert_eq!(house.movements("ana").await, history);
    assert_eq!(house.mock.asked().len(), 1);
}

async fn what_has_no_id_is_the_same_by_what_it_says(database: TestDatabase) {
    let house = House::new(database).await;
    house.receive(&[upgrade("ana")]).await;
    let nameless = |amount: &str| {
        let mut booked = transaction("", "EXPIRATION", amount, "2026-01-10T08:00:00Z");
        booked["id"] = serde_json::Value::Null;
        booked
    };
    book(&house, "ana", 2026, vec![nameless("1"), nameless("2")]);
    for brought_in in [
        "2 movements brought in, 0 known",
        "0 movements brought in, 2 known",
    ] {
        let report = house.backfill(&["transactions", "--year", "2026"]).await;
        let report = report.expect("a report");
        assert!(report.contains(brought_in), "{report}");
    }
}

async fn what_a_webhook_told_is_not_brought_in(database: TestDatabase) {
    let house = House::new(database).await;
    let at = "2026-02-01T10:00:00.000Z";
    house
        .receive(&[
            movement(ACCUMULATION, "ana", "5", at, "5"),
            movement(
                "CUSTOMER_REDEMPTION",
                "ana",
                "2",
                "2026-02-02T10:00:00Z",
                "3",
            ),
        ])
        .await;
    book(
        &house,
        "ana",
        2026,
        vec![
            transaction("t-1", "ACCUMULATION", "5", "2026-02-01T10:00:01.250Z"),
            // The same once more: the webhook told one of them.
            transaction("t-2", "ACCUMULATION", "5", "2026-02-01T10:01:00Z"),
            transaction("t-3", "REDEMPTION", "2", "2026-02-02T10:00:00Z"),
            transaction("t-4", "EXPIRATION", "2", "2026-02-02T10:00:00Z"),
        ],
    );
    for brought_in in [
        "2 movements brought in, 0 known",
        "0 movements brought in, 2 known",
    ] {
        let report = house
            .backfill(&["transactions", "--year", "2026"])
            .await
            .expect("a report");
        assert!(
            report.contains(brought_in) && report.contains("2 told by webhooks"),
            "{report}"
        );
    }
    assert_eq!(
        house.movements("ana").await,
        [
            "EXPIRATION -2",
            "CUSTOMER_REDEMPTION 2",
            "ACCUMULATION 5",
            "CUSTOMER_ACCUMULATION 5"
        ]
    );
}

async fn what_a_webhook_may_still_tell_is_left_to_it(database: TestDatabase) {
    let house = House::new(database).await;
    house.receive(&[upgrade("ana")]).await;
    // The clock shows 12:00 on the first of March.
    book(
        &house,
        "ana",
        2026,
        vec![
            transaction("t-1", "ACCUMULATION", "5", "2026-03-01T11:59:00Z"),
            transaction("t-2", "EXPIRATION", "1", "2026-03-01T11:59:00Z"),
        ],
    );
    let report = house
        .backfill(&["transactions", "--year", "2026"])
        .await
        .expect("a report");
    assert!(
        report.contains("1 movements brought in") && report.contains("1 left to webhooks"),
        "{report}"
    );
    house.app.database.clock.advance(Duration::from_hours(25));
    let report = house
        .backfill(&["transactions", "--year", "2026"])
        .await
        .expect("a report");
    assert!(
        report.contains("1 movements brought in, 1 known before"),
        "{report}"
    );
}

async fn a_transfer_goes_from_its_sender_to_its_receiver(database: TestDatabase) {
    let house = House::new(database).await;
    house.receive(&[upgrade("ana")]).await;
    let transfer = |id: &str, at: &str, sender: &str, receiver: &str| {
        let mut booked = transaction(id, "TRANSFER", "5", at);
        booked["sender_id"] = sender.into();
        booked["receiver_id"] = receiver.into();
        booked
    };
    book(
        &house,
        "ana",
        2025,
        vec![
            transfer(
                "t-1",
                "2025-01-01T00:00:00Z",
                "internal-ana",
                "internal-bob",
            ),
            transfer(
                "t-2",
                "2025-01-02T00:00:00Z",
                "internal-bob",
                "internal-ana",
            ),
            transfer(
                "t-3",
                "2025-01-03T00:00:00Z",
                "internal-bob",
                "internal-eve",
            ),
        ],
    );
    let report = house
        .backfill(&["transactions", "--year", "2025"])
        .await
        .expect("a report");
    assert!(
        report.contains("2 movements") && report.contains("1 unclear"),
        "{report}"
    );
    assert_eq!(
        house.movements("ana").await,
        ["TIER_UPGRADE ", "TRANSFER 5", "TRANSFER -5"]
    );
}

async fn a_run_that_is_broken_off_goes_on_where_it_stopped(database: TestDatabase) {
    let house = House::new(database).await;
    for customer in ["a", "b", "c", "d"] {
        house.receive(&[upgrade(customer)]).await;
        book(
            &house,
            customer,
            2026,
            vec![transaction(
                &format!("t-{customer}"),
                "EXPIRATION",
                "1",
                "2026-01-15T00:00:00Z",
            )],
        );
    }
    house.mock.state().left = Some(2);
    let failed = house
        .backfill(&["transactions", "--year", "2026"])
        .await
        .expect_err("no more");
    assert!(
        matches!(failed, Error::Api(ApiError::Limited { .. })),
        "{failed}"
    );
    let before = house.mock.asked();
    assert_eq!(before.len(), 2);
    house.mock.state().left = None;
    let report = house
        .backfill(&["transactions", "--year", "2026"])
        .await
        .expect("a report");
    assert!(
        report.contains("4 customers: 2 movements brought in, 0 known"),
        "{report}"
    );
    let after = house.mock.asked();
    assert_eq!(after.len(), 4);
    assert!(
        after[2..].iter().all(|asked| !before.contains(asked)),
        "{after:?}"
    );
    // The next run is a new one: this year is not over.
    let report = house
        .backfill(&["transactions", "--year", "2026"])
        .await
        .expect("a report");
    assert!(
        report.contains("0 movements brought in, 4 known"),
        "{report}"
    );
}

async fn every_year_since_the_registration_is_asked_for_and_no_other(database: TestDatabase) {
    let house = House::new(database).await;
    // Ana registered in 2024; of Bob nobody knows when he did.
    house.mock.add_customer("ana", "1");
    house.receive(&[upgrade("ana"), upgrade("bob")]).await;
    house
        .backfill(&["customers", "--customer", "ana"])
        .await
        .expect("a report");
    book(
        &house,
        "bob",
        2024,
        vec![transaction("t-1", "MIGRATION", "1", "2024-01-15T00:00:00Z")],
    );
    let years = |house: &House, customer: &str| {
        let asked = house.mock.asked();
        let prefix = format!("/customers/{customer}/transactions?year=");
        let years = asked
            .iter()
            .filter_map(|path| path.strip_prefix(&prefix).map(str::to_owned));
        years.collect::<Vec<_>>()
    };
    house.backfill(&["transactions"]).await.expect("a report");
    assert_eq!(years(&house, "ana"), ["2026", "2025", "2024"]);
    assert_eq!(
        years(&house, "bob"),
        ["2026", "2025"],
        "two empty years end it"
    );
    house
        .backfill(&["transactions", "--year", "2024", "--customer", "bob"])
        .await
        .expect("a report");
    assert_eq!(
        house.movements("bob").await,
        ["TIER_UPGRADE ", "MIGRATION 1"]
    );
}

async fn profiles_that_are_missing_are_brought_in(database: TestDatabase) {
    let house = House::new(database).await;
    house.mock.add_customer("ana", "100");
    house.receive(&[upgrade("ana"), upgrade("nobody")]).await;
    let report = house.backfill(&["customers"]).await.expect("a report");
    assert_eq!(
        report,
        "masivo: 2 customers, 2 asked for: 1 found, 1 unknown to Masivo, 0 failed\n"
    );
    assert_eq!(
        house.app.mailbox.messages().len(),
        1,
        "Ana's mail did not wait in vain"
    );
    let again = house.backfill(&["customers"]).await.expect("a report");
    assert_eq!(
        again,
        "masivo: 1 customers, 0 asked for: 0 found, 0 unknown to Masivo, 0 failed\n"
    );
    house.look_up().await.expect("nothing due");
    assert_eq!(house.mock.asked().len(), 2, "nobody is asked for twice");

    // Migrated customers of whom there has never been a webhook.
    house.mock.add_customer("cleo", "1");
    let list = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(list.path(), "cleo\n\n  ana  \n").expect("a list");
    let path = list.path().to_str().expect("a path");
    let report = house.backfill(&["customers", "--list", path]).await;
    assert!(
        report
            .expect("a report")
            .contains("2 customers, 1 asked for: 1 found")
    );
    let cleo = house
        .scope()
        .customer(&id("cleo"))
        .await
        .expect("an answer");
    assert_eq!(
        cleo.expect("Cleo").email.as_deref(),
        Some("cleo@example.com")
    );
}

async fn nothing_is_brought_in_while_the_histories_are_behind(database: TestDatabase) {
    let house = House::new(database).await;
    for number in 0..101 {
        let at = format!("2026-02-01T10:00:00.{number:03}Z");
        let body = movement(ACCUMULATION, "ana", "1", &at, "1");
        house.app.post(body.as_bytes()).await;
    }
    let run = ["--year", "2026"];
    let backfill = <laurel_masivo_api::Backfill as clap::Parser>::try_parse_from(
        ["backfill", "transactions"].iter().chain(&run),
    );
    let refused = backfill
        .expect("arguments")
        .run(&house.settings, &house.app.database.store)
        .await
        .expect_err("a refusal");
    assert!(
        matches!(
            refused,
            Error::Behind {
                pending: 101,
                dead: 0
            }
        ),
        "{refused}"
    );
    assert!(house.mock.asked().is_empty());
    house.app.settle().await;
}

async fn a_source_without_an_account_is_a_mistake_of_the_command_line(database: TestDatabase) {
    let house = House::new(database).await;
    let refused = house.backfill(&["customers", "--source", "other"]).await;
    assert!(matches!(refused, Err(Error::Usage(_))));
    let nothing = House {
        settings: laurel_masivo_api::Settings::default(),
        ..house
    };
    let refused = nothing.reconcile(&[]).await;
    assert!(matches!(refused, Err(Error::Usage(_))));
}
