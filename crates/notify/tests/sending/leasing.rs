//! One worker at a time: leases, heartbeats, and what a worker that was too slow may still do.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use laurel_notify::mail::Message;
use laurel_notify::{Channel, Delivery, Failure, Hold, MAIL, Sender, Settings};
use laurel_testkit::{TestDatabase, both_databases};
use serde_json::json;
use tokio::sync::{Notify, Semaphore};
use tokio::time::Instant;

use crate::house::{House, ana, change, receipt, refusal, registration, settings};

both_databases![
    a_message_that_is_held_is_sent_by_nobody_else,
    the_outcome_of_a_worker_that_lost_its_lease_does_not_count,
    a_slow_delivery_keeps_its_lease,
    a_worker_hears_of_its_lost_lease_before_it_would_have_ended,
    what_waits_behind_a_slow_delivery_is_claimed_anew_in_time,
    senders_side_by_side_send_each_message_once,
];

/// A channel that says when it has a message, and takes it when it may.
struct Gate {
    arrived: Semaphore,
    open: Semaphore,
}

impl Gate {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            arrived: Semaphore::new(0),
            open: Semaphore::new(0),
        })
    }
}

#[async_trait]
impl Channel for Gate {
    fn name(&self) -> &'static str {
        MAIL
    }

    async fn deliver(&self, _: &Message, hold: &Hold) -> Result<Delivery, Failure> {
        self.arrived.add_permits(1);
        self.open.acquire().await.unwrap().forget();
        assert!(!hold.has_ended());
        Ok(receipt())
    }
}

async fn one_change(database: TestDatabase) -> House {
    let house = House::new(database, Duration::ZERO).await;
    house
        .receive(&[ana(), change("ana", "Bronze", "Silver")])
        .await;
    house
}

/// A sender whose message is on its way through `gate`.
async fn begin(house: &House, gate: &Arc<Gate>, settings: Settings) -> tokio::task::JoinHandle<()> {
    let sender = Sender::new(house.database.store.clone(), gate.clone(), settings).unwrap();
    let sending = tokio::spawn(async move {
        sender.drain().await.unwrap();
    });
    gate.arrived.acquire().await.unwrap().forget();
    sending
}

async fn a_message_that_is_held_is_sent_by_nobody_else(database: TestDatabase) {
    let (house, gate) = (one_change(database).await, Gate::new());
    let sending = begin(&house, &gate, settings()).await;
    house.receive(&[change("ana", "Silver", "Gold")]).await;
    house.send().await;
    assert!(house.channel.taken().is_empty());
    gate.open.add_permits(2);
    sending.await.unwrap();
    assert_eq!(house.states().await, ["sent", "sent"]);
}

async fn the_outcome_of_a_worker_that_lost_its_lease_does_not_count(database: TestDatabase) {
    let (house, gate) = (one_change(database).await, Gate::new());
    let sending = begin(&house, &gate, settings()).await;
    house.execute("UPDATE outbox SET locked_until = 0").await;
    house.channel.fail([Failure::Permanent(refusal(550))]);
    house.send().await;
    gate.open.add_permits(1);
    sending.await.unwrap();
    assert_eq!(
        house.outbox().await,
        [(
            "dead: refused: relay.test:587 at RCPT TO: 550 no".to_owned(),
            2
        )]
    );
    let attempts = house.query("SELECT outcome FROM delivery_attempts").await;
    assert_eq!(attempts.len(), 1);
}

async fn a_slow_delivery_keeps_its_lease(database: TestDatabase) {
    let (house, gate) = (one_change(database).await, Gate::new());
    let lease = Duration::from_secs(3);
    let sending = begin(
        &house,
        &gate,
        Settings {
            lease,
            ..settings()
        },
    )
    .await;
    let first = locked_until(&house).await;
    // The database's clock tells when the lease would have ended without a heartbeat.
    while locked_until(&house).await < first + i64::try_from(lease.as_micros()).unwrap() {
        house.send().await;
        assert!(house.channel.taken().is_empty());
    }
    gate.open.add_permits(1);
    sending.await.unwrap();
    assert_eq!(house.outbox().await, [("sent".to_owned(), 1)]);
}

async fn a_worker_hears_of_its_lost_lease_before_it_would_have_ended(database: TestDatabase) {
    let house = one_change(database).await;
    let channel = Arc::<Bystander>::default();
    let lease = Duration::from_secs(3);
    let sender = Sender::new(
        house.database.store.clone(),
        channel.clone(),
        Settings {
            lease,
            ..settings()
        },
    )
    .unwrap();
    let began = Instant::now();
    let sending = tokio::spawn(async move { sender.drain().await.unwrap() });
    channel.arrived.notified().await;
    house.execute("UPDATE outbox SET locked_until = 0").await;
    sending.await.unwrap();
    assert!(began.elapsed() < lease);
    assert_eq!(house.outbox().await, [("sent".to_owned(), 2)]);
}

async fn what_waits_behind_a_slow_delivery_is_claimed_anew_in_time(database: TestDatabase) {
    let (house, gate) = (one_change(database).await, Gate::new());
    for customer in ["ben", "cleo"] {
        let profile = registration(customer, &json!({}));
        house
            .receive(&[profile, change(customer, "Bronze", "Silver")])
            .await;
    }
    let lease = Duration::from_secs(3);
    let slow = Settings {
        lease,
        ..settings()
    };
    let sending = begin(&house, &gate, slow).await;
    let first = locked_until(&house).await;
    // The first one is still under way when the leases of those behind it have ended.
    while locked_until(&house).await < first + i64::try_from(lease.as_micros()).unwrap() {
        tokio::task::yield_now().await;
    }
    gate.open.add_permits(3);
    sending.await.unwrap();
    let sent = ("sent".to_owned(), 1);
    assert_eq!(house.outbox().await, [sent.clone(), sent.clone(), sent]);
}

/// A channel that waits until its first message is no longer held, and takes what comes then.
#[derive(Default)]
struct Bystander {
    arrived: Notify,
    calls: AtomicUsize,
}

#[async_trait]
impl Channel for Bystander {
    fn name(&self) -> &'static str {
        MAIL
    }

    async fn deliver(&self, _: &Message, hold: &Hold) -> Result<Delivery, Failure> {
        if self.calls.fetch_add(1, Ordering::SeqCst) > 0 {
            return Ok(receipt());
        }
        self.arrived.notify_one();
        while !hold.has_ended() {
            tokio::task::yield_now().await;
        }
        Err(Failure::Transient(refusal(451)))
    }
}

async fn locked_until(house: &House) -> i64 {
    house
        .query("SELECT max(locked_until) AS locked_until FROM outbox")
        .await[0]
        .try_get("", "locked_until")
        .unwrap()
}

async fn senders_side_by_side_send_each_message_once(database: TestDatabase) {
    let house = House::new(database, Duration::ZERO).await;
    let customers: Vec<_> = (0..20).map(|n| format!("c{n}")).collect();
    let bodies: Vec<_> = customers
        .iter()
        .flat_map(|customer| {
            [
                registration(customer, &json!({})),
                change(customer, "Bronze", "Silver"),
                change(customer, "Silver", "Gold"),
            ]
        })
        .collect();
    house.receive(&bodies).await;
    let mut senders = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let store = house.database.another_store().await;
        let sender = Sender::new(store, house.channel.clone(), settings()).unwrap();
        senders.spawn(async move { sender.drain().await.unwrap() });
    }
    senders.join_all().await;
    house.send().await;
    for customer in customers {
        let to_them: Vec<_> = house
            .channel
            .taken()
            .into_iter()
            .filter(|message| message.recipient.to_string() == format!("{customer}@example.com"))
            .map(|message| message.words.subject)
            .collect();
        assert_eq!(
            to_them,
            ["You are now Silver", "You are now Gold"],
            "{customer}"
        );
    }
}
