//! Customers of whom no webhook has told: looked up once, and nobody waits for it.

use std::time::Duration;

use laurel_masivo_api::Error;
use laurel_masivo_api::client::ApiError;
use laurel_testkit::{TestDatabase, both_databases};
use serde_json::json;

use crate::house::{House, id, movement, upgrade};
use crate::mock::Fault;

both_databases!(
    a_mail_that_waits_for_an_address_goes_out_when_the_customer_is_found,
    a_customer_is_asked_for_once_found_or_not,
    whom_a_registration_tells_meanwhile_is_not_asked_for,
    a_wallet_that_a_webhook_brought_stays,
    an_api_that_is_down_costs_nobody_anything,
    an_answer_that_cannot_be_used_is_given_up_after_five_tries,
    a_customer_without_an_address_is_known_to_have_none,
);

async fn a_mail_that_waits_for_an_address_goes_out_when_the_customer_is_found(
    database: TestDatabase,
) {
    let house = House::new(database).await;
    house.mock.add_customer("ana", "100");
    house.receive(&[upgrade("ana")]).await;
    assert!(
        house.app.mailbox.messages().is_empty(),
        "nobody knows where to"
    );
    assert!(
        house.mock.asked().is_empty(),
        "a registration may still come"
    );
    assert_eq!(house.look_up().await.expect("answers"), 1);
    let [message] = &house.app.mailbox.messages()[..] else {
        panic!("one mail");
    };
    assert_eq!(message.recipient.to_string(), "ana@example.com");
    let known = house.scope().customer(&id("ana")).await.expect("an answer");
    assert_eq!(known.expect("Ana").name.as_deref(), Some("Ana Gómez"));

    let rows = house.app.database.read_models().await;
    house.app.replay("history").await;
    house.app.settle().await;
    assert_eq!(house.app.database.read_models().await, rows);
    assert_eq!(house.app.mailbox.messages().len(), 1);
}

async fn a_customer_is_asked_for_once_found_or_not(database: TestDatabase) {
    let house = House::new(database).await;
    house.mock.add_customer("ana", "100");
    for _ in 0..3 {
        for customer in ["ana", "nobody"] {
            let at = house.app.database.store.clock().now().to_string();
            house
                .receive(&[movement("CUSTOMER_ACCUMULATION", customer, "1", &at, "1")])
                .await;
        }
        house.look_up().await.expect("answers");
    }
    assert_eq!(house.mock.asked(), ["/customers/ana", "/customers/nobody"]);
    assert!(house.app.drain().await.dead == 0);
}

async fn whom_a_registration_tells_meanwhile_is_not_asked_for(database: TestDatabase) {
    let house = House::new(database).await;
    house.receive(&[upgrade("ana")]).await;
    let registration = json!({ "event": "CUSTOMER_REGISTRATION", "data": { "customer_id": "ana",
        "customer": { "id": "ana", "name": "Ana", "email": "ana@example.com" } } });
    house.receive(&[registration.to_string()]).await;
    assert_eq!(house.look_up().await.expect("no question"), 1);
    assert!(house.mock.asked().is_empty());
}

async fn a_wallet_that_a_webhook_brought_stays(database: TestDatabase) {
    let house = House::new(database).await;
    house.mock.add_customer("ana", "100");
    house.mock.add_customer("bob", "7");
    let at = "2026-03-01T11:00:00Z";
    house
        .receive(&[
            movement("CUSTOMER_ACCUMULATION", "ana", "5", at, "95"),
            upgrade("bob"),
        ])
        .await;
    house.look_up().await.expect("answers");
    let balances = house.scope().balances(&[id("ana"), id("bob")]).await;
    let totals: Vec<_> = balances
        .expect("balances")
        .iter()
        .map(|balance| format!("{} {}", balance.customer_id, balance.total))
        .collect();
    assert_eq!(totals, ["ana 95", "bob 7"], "Bob's was unknown");
}

async fn an_api_that_is_down_costs_nobody_anything(database: TestDatabase) {
    let house = House::new(database).await;
    house.mock.add_customer("ana", "100");
    house.receive(&[upgrade("ana"), upgrade("bob")]).await;
    for _ in 0..7 {
        house
            .mock
            .fail((0..4).map(|_| Fault::Status(429, vec![("Retry-After", "3600".to_owned())])));
        let failed = house.look_up().await.expect_err("nobody answers");
        assert!(
            matches!(failed, Error::Api(ApiError::Limited { .. })),
            "{failed}"
        );
        house.mock.state().faults.clear();
    }
    let left = house.app.drain().await;
    assert_eq!((left.pending, left.dead), (0, 0), "every delivery is done");
    assert_eq!(
        house.look_up().await.expect("answers"),
        2,
        "nobody was forgotten"
    );
    assert_eq!(house.app.mailbox.messages().len(), 1);
}

async fn an_answer_that_cannot_be_used_is_given_up_after_five_tries(database: TestDatabase) {
    let house = House::new(database).await;
    house.mock.add_customer("ana", "100");
    house.receive(&[upgrade("ana")]).await;
    for _ in 0..5 {
        house.mock.fail([Fault::Body("{}".to_owned())]);
        assert_eq!(house.look_up().await.expect("an answer"), 1);
        assert_eq!(
            house.look_up().await.expect("nothing due"),
            0,
            "not at once"
        );
        house.app.database.clock.advance(Duration::from_hours(1));
    }
    assert_eq!(house.look_up().await.expect("nothing due"), 0);
    assert_eq!(house.mock.asked().len(), 5);
}

async fn a_customer_without_an_address_is_known_to_have_none(database: TestDatabase) {
    let house = House::new(database).await;
    let known =
        json!({ "customer": { "id": "ana", "name": "Ana", "email": null }, "wallet": null });
    house.mock.state().customers.insert("ana".to_owned(), known);
    house.receive(&[upgrade("ana")]).await;
    house.look_up().await.expect("answers");
    house
        .receive(&[upgrade("ana").replace("Gold", "Platinum")])
        .await;
    house.look_up().await.expect("nothing due");
    assert_eq!(house.mock.asked().len(), 1);
    let known = house.scope().customer(&id("ana")).await.expect("an answer");
    assert_eq!(known.expect("Ana").name.as_deref(), Some("Ana"));
}
