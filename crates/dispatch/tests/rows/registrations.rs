//! Who a customer is: the id that the brand gave, and nothing else.

use laurel_store::{CustomerFilter, Outcome, PageRequest};
use laurel_testkit::{TestDatabase, both_databases};

use crate::house::{House, ana, moved, of, registration};

both_databases!(
    c7_a_later_registration_counts_and_makes_no_second_customer,
    c8_an_address_of_two_customers_merges_neither,
    c9_an_event_about_nobody_makes_nobody,
    c11_points_before_the_registration_end_in_the_same_customer,
    c11_a_bare_registration_takes_nothing_away_but_what_it_says,
    an_id_is_its_bytes,
);

async fn customers(house: &House) -> Vec<String> {
    let page = PageRequest::first(100);
    let page = house
        .scope
        .customers(&CustomerFilter::default(), &page)
        .await;
    let mut ids: Vec<_> = page
        .expect("a page")
        .items
        .iter()
        .map(|customer| customer.customer_id.to_string())
        .collect();
    ids.sort();
    ids
}

async fn c7_a_later_registration_counts_and_makes_no_second_customer(database: TestDatabase) {
    let house = House::new(database).await;
    house
        .take(&[
            registration(r#""name":"Ana","email":"ana@example.com","country":"CO""#),
            registration(r#""name":"Ana","email":"ana@example.org","registration_date":"2020-01-01T00:00:00Z""#),
        ])
        .await;
    assert_eq!(customers(&house).await, ["ana"]);
    let customer = house.customer("ana").await;
    assert_eq!(customer.email.as_deref(), Some("ana@example.org"));
    assert_eq!(
        customer.country, None,
        "a profile replaces the one before it"
    );
    assert_eq!(house.kinds("ana").await, ["CUSTOMER_REGISTRATION"; 2]);
}

async fn c8_an_address_of_two_customers_merges_neither(database: TestDatabase) {
    let house = House::new(database).await;
    let of_eve = registration(r#""id":"ana","name":"Eve","email":"ANA@example.com""#).replacen(
        r#""customer_id":"ana""#,
        r#""customer_id":"eve""#,
        1,
    );
    house
        .take(&[
            registration(r#""name":"Ana","email":"ana@example.com""#),
            moved("CUSTOMER_ACCUMULATION", "points", "5", "5"),
            of_eve.clone(),
            of_eve.replace("ANA@", "ana@"),
        ])
        .await;
    assert_eq!(customers(&house).await, ["ana", "eve"]);
    assert_eq!(house.customer("ana").await.name.as_deref(), Some("Ana"));
    assert_eq!(house.customer("eve").await.name.as_deref(), Some("Eve"));
    assert_eq!(house.wallet("ana").await, ["points 5 (0)"]);
    assert_eq!(house.wallet("eve").await, Vec::<String>::new());
}

async fn c9_an_event_about_nobody_makes_nobody(database: TestDatabase) {
    let house = House::new(database).await;
    let long = format!("\"{}\"", "x".repeat(256));
    for id in [
        "null",
        "7",
        "7.5",
        "true",
        "[]",
        "{}",
        "[\"ana\"]",
        "\"\"",
        "\"a\\u0000\"",
        "\"a\\nb\"",
        "\"\\u007f\"",
        &long,
    ] {
        let body = format!(
            r#"{{"event":"CUSTOMER_REGISTRATION","data":{{"customer_id":{id},"customer":{{"id":"ana","email":"ana@example.com"}}}}}}"#
        );
        let appended = house.receive(&[body.as_str()]).await;
        assert_eq!(appended[0].outcome, Outcome::Quarantined, "{body}");
        // An unknown event need not be about anybody.
        house
            .take(&[body.replace("CUSTOMER_REGISTRATION", "NEW")])
            .await;
    }
    assert_eq!(house.database.read_models().await, Vec::<String>::new());
}

async fn c11_points_before_the_registration_end_in_the_same_customer(database: TestDatabase) {
    let profile = registration(r#""name":"Ana","email":"ana@example.com","status":"ACTIVE""#);
    let points = moved("CUSTOMER_ACCUMULATION", "points", "5", "5");
    let house = House::new(database).await;
    house.take(&[points.as_str()]).await;
    let shell = house.customer("ana").await;
    assert_eq!(
        (shell.name, shell.email, shell.profile_seq),
        (None, None, None)
    );
    assert_eq!(house.wallet("ana").await, ["points 5 (0)"]);
    house.take(&[profile.as_str()]).await;
    let filled = house.customer("ana").await;
    assert_eq!(
        (filled.name.as_deref(), filled.email.as_deref()),
        (Some("Ana"), Some("ana@example.com"))
    );
    assert_eq!(house.wallet("ana").await, ["points 5 (0)"]);
    assert_eq!(house.sums("ana").await, ["points +5 -0"]);
    // The other way round, for somebody else.
    let bea = [profile, points].map(|body| body.replace("\"ana\"", "\"bea\""));
    house.take(&bea).await;
    let bea = house.customer("bea").await;
    assert_eq!(
        (bea.name, bea.email, bea.status),
        (filled.name, filled.email, filled.status)
    );
    assert_eq!(house.wallet("bea").await, house.wallet("ana").await);
    assert_eq!(house.sums("bea").await, house.sums("ana").await);
    assert_eq!(customers(&house).await, ["ana", "bea"]);
}

async fn c11_a_bare_registration_takes_nothing_away_but_what_it_says(database: TestDatabase) {
    let house = House::new(database).await;
    house
        .take(&[
            registration(r#""name":"Ana","status":"ACTIVE""#),
            moved("CUSTOMER_ACCUMULATION", "points", "5", "5"),
            ana("CUSTOMER_REGISTRATION", r#""customer":null"#),
            ana("CUSTOMER_REGISTRATION", r#""wallet":null"#),
        ])
        .await;
    assert_eq!(
        house.customer("ana").await.name.as_deref(),
        Some("Ana"),
        "no profile says nothing of it"
    );
    assert_eq!(house.wallet("ana").await, ["points 5 (0)"]);
    house
        .take(&[ana("CUSTOMER_REGISTRATION", r#""customer":{}"#)])
        .await;
    assert_eq!(house.customer("ana").await.name, None, "an empty one does");
}

async fn an_id_is_its_bytes(database: TestDatabase) {
    let house = House::new(database).await;
    let ids = [
        "ana",
        "Ana",
        "ANA",
        "ana ",
        " ana",
        "a\u{301}na",
        "ána",
        "ａna",
        "0",
        "00",
        "null",
        "ß",
        "ss",
        "İ",
        "i̇",
    ];
    for id in ids {
        let written = serde_json::to_string(id).expect("JSON");
        house
            .take(&[format!(
                r#"{{"event":"COUPON_REDEMPTION","data":{{"customer_id":{written}}}}}"#
            )])
            .await;
    }
    assert_eq!(customers(&house).await.len(), ids.len());
    for id in ids {
        assert_eq!(house.kinds(id).await, ["COUPON_REDEMPTION"], "{id:?}");
        assert_eq!(house.customer(id).await.customer_id, of(id));
    }
}
