//! A customer who is erased while a mail to them is queued, put off, waiting, or on its way.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use async_trait::async_trait;
use laurel_notify::mail::Message;
use laurel_notify::{Channel, Delivery, Failure, Hold, MAIL, Sender};
use laurel_store::{Scope, Store};
use laurel_testkit::{TestDatabase, both_databases};
use serde_json::json;

use crate::house::{House, ana, change, receipt, refusal, registration, settings};

both_databases!(
    e23_a_mail_that_is_queued_when_its_customer_is_erased_is_taken_back,
    e23_a_mail_that_is_put_off_or_waits_for_an_address_is_taken_back,
    e23_a_customer_who_is_erased_while_their_mail_is_on_its_way_leaves_nothing,
    e23_what_a_mail_says_is_stored_nowhere,
);

const CANCELLED: &str = "cancelled: erased";

fn scope(house: &House) -> Scope {
    house.database.store.scope(&house.database.source())
}

async fn erase(house: &House, customer: &str) {
    let erased = scope(house).erase(&customer.parse().unwrap()).await;
    assert!(erased.unwrap().is_some());
}

async fn e23_a_mail_that_is_queued_when_its_customer_is_erased_is_taken_back(
    database: TestDatabase,
) {
    let house = House::new(database, Duration::from_mins(1)).await;
    house
        .receive(&[
            ana(),
            registration("ben", &json!({})),
            change("ana", "Bronze", "Silver"),
            change("ben", "Bronze", "Silver"),
        ])
        .await;
    erase(&house, "ana").await;
    // One that was still to be handled.
    house.receive(&[change("ana", "Silver", "Gold")]).await;
    house.advance(Duration::from_mins(2));
    house.send().await;
    let states = house.states().await;
    assert_eq!(states[..2], [CANCELLED, "sent"]);
    assert!(
        !states.iter().skip(2).any(|state| state == "sent"),
        "{states:?}"
    );
    let taken = house.channel.taken();
    assert_eq!(taken.len(), 1);
    assert_eq!(taken[0].recipient.to_string(), "ben@example.com");
}

async fn e23_a_mail_that_is_put_off_or_waits_for_an_address_is_taken_back(database: TestDatabase) {
    let house = House::new(database, Duration::ZERO).await;
    let bare = registration("ben", &json!({ "email": null }));
    house
        .receive(&[
            ana(),
            bare,
            change("ana", "Bronze", "Silver"),
            change("ben", "Bronze", "Silver"),
        ])
        .await;
    house.channel.fail([Failure::Transient(refusal(451))]);
    house.send().await;
    assert_eq!(house.states().await, ["pending", "pending"]);
    erase(&house, "ana").await;
    erase(&house, "ben").await;
    house.receive(&[registration("ben", &json!({}))]).await;
    house.advance(Duration::from_hours(12));
    house.send().await;
    assert_eq!(house.states().await, [CANCELLED, CANCELLED]);
    assert!(house.channel.taken().is_empty());
}

type Answer = fn() -> Result<Delivery, Failure>;

/// A relay during whose transaction the customer is erased, and which answers this then.
struct Erasing {
    store: Store,
    scope: Scope,
    answer: Answer,
    seen: OnceLock<Message>,
}

#[async_trait]
impl Channel for Erasing {
    fn name(&self) -> &'static str {
        MAIL
    }

    async fn deliver(&self, message: &Message, _: &Hold) -> Result<Delivery, Failure> {
        self.seen.set(message.clone()).unwrap();
        let local = message.recipient.user().parse().unwrap();
        self.scope.erase(&local).await.unwrap();
        (self.answer)()
    }
}

async fn e23_a_customer_who_is_erased_while_their_mail_is_on_its_way_leaves_nothing(
    database: TestDatabase,
) {
    let house = House::new(database, Duration::ZERO).await;
    let answers: [(&str, Answer); 3] = [
        ("ana", || Ok(receipt())),
        ("ben", || {
            let mut refusal = refusal(550);
            "5.1.1 <ben@example.com> unknown".clone_into(&mut refusal.text);
            Err(Failure::Permanent(refusal))
        }),
        ("eva", || Err(Failure::Transient(refusal(451)))),
    ];
    for (customer, answer) in answers {
        house
            .receive(&[
                registration(customer, &json!({})),
                change(customer, "Bronze", "Silver"),
            ])
            .await;
        let store = house.database.store.clone();
        let relay = Arc::new(Erasing {
            scope: scope(&house),
            store,
            answer,
            seen: OnceLock::new(),
        });
        let sender = Sender::new(relay.store.clone(), relay.clone(), settings()).unwrap();
        sender.drain().await.unwrap();
        assert!(relay.seen.get().is_some(), "{customer}");
        house.advance(Duration::from_hours(12));
        house.send().await;
        let address = format!("{customer}@example.com");
        let traces = house.database.traces(&[&address]).await;
        assert_eq!(traces, Vec::<String>::new());
    }
    assert_eq!(house.states().await, [CANCELLED; 3]);
    assert!(house.channel.taken().is_empty());
}

async fn e23_what_a_mail_says_is_stored_nowhere(database: TestDatabase) {
    let house = House::new(database, Duration::ZERO).await;
    house.channel.fail([Failure::Transient(refusal(451))]);
    house
        .receive(&[ana(), change("ana", "Bronze", "Silver")])
        .await;
    let said = ["Good news", "Thank you for being", "Hello Ana"];
    for hours in [0, 12] {
        house.advance(Duration::from_hours(hours));
        house.send().await;
        let traces = house.database.traces(&said).await;
        assert_eq!(traces, Vec::<String>::new());
    }
    // They are what it says.
    let words = &house.channel.taken()[0].words;
    for said in said {
        assert!(words.text.contains(said), "{}", words.text);
    }
}
