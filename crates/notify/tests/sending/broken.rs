//! A channel whose own code is broken: its sender goes on.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use laurel_notify::mail::Message;
use laurel_notify::{Channel, Delivery, Failure, Hold, MAIL, Sender, Settings};
use laurel_testkit::{TestDatabase, both_databases};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::house::{House, ana, change, receipt, settings};

both_databases![
    a_channel_that_panics_or_hangs_is_tried_again_and_its_fault_is_on_record,
    a_channel_that_panics_when_it_is_to_rest_goes_on_carrying,
];

const LONG: Duration = Duration::from_secs(30);

enum Broken {
    Panics,
    Hangs,
}

#[async_trait]
impl Channel for Broken {
    fn name(&self) -> &'static str {
        MAIL
    }

    async fn deliver(&self, _: &Message, _: &Hold) -> Result<Delivery, Failure> {
        match self {
            Self::Panics => panic!("a bug"),
            Self::Hangs => std::future::pending().await,
        }
    }
}

async fn a_channel_that_panics_or_hangs_is_tried_again_and_its_fault_is_on_record(
    database: TestDatabase,
) {
    let house = House::new(database, Duration::ZERO).await;
    house
        .receive(&[ana(), change("ana", "Bronze", "Silver")])
        .await;
    let impatient = Settings {
        deadline: Duration::from_millis(20),
        ..settings()
    };
    for channel in [Broken::Panics, Broken::Hangs] {
        let store = house.database.store.clone();
        let sender = Sender::new(store, Arc::new(channel), impatient.clone()).unwrap();
        sender.drain().await.unwrap();
        house.advance(Duration::from_hours(1));
    }
    assert_eq!(house.outbox().await, [("pending".to_owned(), 2)]);
    let tries = house
        .query("SELECT reply FROM delivery_attempts ORDER BY attempt")
        .await;
    let replies: Vec<String> = tries
        .iter()
        .map(|row| row.try_get("", "reply").unwrap())
        .collect();
    assert_eq!(
        replies,
        [
            "deliver: it panicked: a bug",
            "deliver: it took longer than its deadline"
        ]
    );
    house.send().await;
    assert_eq!(house.outbox().await, [("sent".to_owned(), 3)]);
}

/// Tells when it rests and when it carries something.
struct Restless(UnboundedSender<&'static str>);

#[async_trait]
impl Channel for Restless {
    fn name(&self) -> &'static str {
        MAIL
    }

    async fn deliver(&self, _: &Message, _: &Hold) -> Result<Delivery, Failure> {
        self.0.send("carried").unwrap();
        Ok(receipt())
    }

    async fn rest(&self) {
        self.0.send("rests").unwrap();
        panic!("a bug");
    }
}

async fn a_channel_that_panics_when_it_is_to_rest_goes_on_carrying(database: TestDatabase) {
    let house = House::new(database, Duration::ZERO).await;
    let (tell, mut told) = unbounded_channel();
    let channel = Arc::new(Restless(tell));
    let alone = Settings {
        workers: 1,
        ..settings()
    };
    let sender = Sender::new(house.database.store.clone(), channel, alone).unwrap();
    let stop = CancellationToken::new();
    let running = tokio::spawn({
        let stop = stop.clone();
        async move { sender.run(stop).await }
    });
    assert_eq!(timeout(LONG, told.recv()).await.unwrap(), Some("rests"));
    house
        .receive(&[ana(), change("ana", "Bronze", "Silver")])
        .await;
    let carried = async { while told.recv().await != Some("carried") {} };
    timeout(LONG, carried).await.unwrap();
    stop.cancel();
    timeout(LONG, running).await.unwrap().unwrap();
}
