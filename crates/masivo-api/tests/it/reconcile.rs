//! Balances here and at Masivo, and what explains where they differ.

use laurel_masivo_api::Error;
use laurel_testkit::{TestDatabase, both_databases};

use crate::house::{House, movement, transaction, upgrade};

both_databases!(
    equal_balances_are_no_difference,
    each_difference_is_explained_by_what_moved_since,
    what_nothing_explains_is_said_to_be_unexplained,
    a_customer_whom_masivo_does_not_know_is_counted,
    a_wallet_that_is_not_told_is_not_an_empty_one,
);

async fn equal_balances_are_no_difference(database: TestDatabase) {
    let house = House::new(database).await;
    house.mock.add_customer("ana", "127.60");
    let at = "2026-02-01T10:00:00Z";
    house
        .receive(&[movement(
            "CUSTOMER_ACCUMULATION",
            "ana",
            "127.6",
            at,
            "127.6",
        )])
        .await;
    let (report, differences) = house.reconcile(&[]).await.expect("a report");
    assert_eq!(differences, 0);
    assert_eq!(
        report,
        "masivo: 1 customers compared, 0 unknown to Masivo; 0 differences, 0 explained\n"
    );
    assert_eq!(
        house.mock.asked(),
        ["/customers/ana"],
        "nothing is to be explained"
    );
}

async fn each_difference_is_explained_by_what_moved_since(database: TestDatabase) {
    let house = House::new(database).await;
    let at = "2026-02-01T10:00:00Z";
    house
        .receive(&[movement("CUSTOMER_ACCUMULATION", "ana", "100", at, "100")])
        .await;
    house.mock.add_customer("ana", "52.7");
    let booked = vec![
        transaction("t-0", "ACCUMULATION", "100", at),
        transaction("t-1", "EXPIRATION", "50", "2026-02-10T00:00:00Z"),
        transaction("t-2", "REDEMPTION", "0.3", "2026-02-11T00:00:00Z"),
        transaction("t-3", "ACCUMULATION", "3", "2026-03-01T11:00:00Z"),
    ];
    house.mock.book("ana", 2026, booked);
    let (report, differences) = house
        .reconcile(&["--customer", "ana"])
        .await
        .expect("a report");
    assert_eq!(differences, 1);
    assert_eq!(
        report,
        "masivo ana points (Points): 100 here (as of 2026-02-01T10:00:00Z), 52.7 at Masivo: -47.3\n\
         \x20 -50 EXPIRATION 2026-02-10T00:00:00Z: no webhook tells of it; `laurel backfill transactions` brings it into \
         the history\n\
         \x20 -0.3 REDEMPTION 2026-02-11T00:00:00Z: its webhook never came\n\
         \x20 +3 ACCUMULATION 2026-03-01T11:00:00Z: its webhook has not come yet\n\
         masivo: 1 customers compared, 0 unknown to Masivo; 1 differences, 1 explained\n"
    );

    house
        .backfill(&["transactions", "--year", "2026"])
        .await
        .expect("a report");
    let (report, differences) = house.reconcile(&[]).await.expect("a report");
    assert_eq!(
        differences, 1,
        "a balance is Masivo's word in a webhook, never our sum"
    );
    assert!(
        report.contains(
            "-50 EXPIRATION 2026-02-10T00:00:00Z: no webhook tells of it; it is in the history"
        ),
        "{report}"
    );
}

async fn what_nothing_explains_is_said_to_be_unexplained(database: TestDatabase) {
    let house = House::new(database).await;
    house.mock.add_customer("ana", "90");
    house.receive(&[upgrade("ana")]).await;
    let booked = vec![transaction(
        "t-1",
        "MIGRATION",
        "80",
        "2026-01-10T00:00:00Z",
    )];
    house.mock.book("ana", 2026, booked);
    let (report, differences) = house.reconcile(&[]).await.expect("a report");
    assert_eq!(differences, 1);
    assert!(
        report.contains("0 here (no wallet has come), 90 at Masivo: +90\n"),
        "{report}"
    );
    assert!(report.contains("  +10 unexplained\n"), "{report}");
    assert!(report.contains("1 differences, 0 explained"), "{report}");
}

async fn a_customer_whom_masivo_does_not_know_is_counted(database: TestDatabase) {
    let house = House::new(database).await;
    house.receive(&[upgrade("ana")]).await;
    let (report, differences) = house.reconcile(&[]).await.expect("a report");
    assert_eq!(differences, 0);
    assert!(
        report.contains("0 customers compared, 1 unknown to Masivo"),
        "{report}"
    );
    let unknown = house.reconcile(&["--customer", "nobody"]).await;
    assert!(matches!(unknown, Err(Error::Unknown(_))));
}

async fn a_wallet_that_is_not_told_is_not_an_empty_one(database: TestDatabase) {
    let house = House::new(database).await;
    let at = "2026-02-01T10:00:00Z";
    let body = movement("CUSTOMER_ACCUMULATION", "ana", "5", at, "5");
    house.receive(&[body]).await;
    let told = serde_json::json!({ "customer": { "id": "ana" }, "wallet": null });
    house.mock.state().customers.insert("ana".to_owned(), told);
    let (report, differences) = house.reconcile(&[]).await.expect("a report");
    assert_eq!(differences, 0, "{report}");
}
