//! Workers: they find out by themselves what is due, and finish what they hold when told to stop.

use std::time::{Duration, Instant};

use laurel_notify::Settings;
use laurel_testkit::{TestDatabase, both_databases};
use tokio_util::sync::CancellationToken;

use crate::house::{House, ana, change, registration, settings};

both_databases![
    workers_send_what_becomes_due_until_they_are_stopped,
    e24_the_mail_of_a_source_goes_out_at_its_rate,
];

async fn workers_send_what_becomes_due_until_they_are_stopped(database: TestDatabase) {
    let house = House::with(
        database,
        Settings {
            poll: Duration::from_millis(20),
            ..settings()
        },
    )
    .await;
    let stop = CancellationToken::new();
    let running = {
        let (sender, stop) = (house.sender.clone(), stop.clone());
        tokio::spawn(async move { sender.run(stop).await })
    };
    house
        .receive(&[ana(), change("ana", "Bronze", "Silver")])
        .await;
    while house.states().await != ["sent"] {
        tokio::task::yield_now().await;
    }
    stop.cancel();
    running.await.unwrap();
    assert_eq!(house.channel.subjects(), ["You are now Silver"]);
    house.receive(&[change("ana", "Silver", "Gold")]).await;
    assert_eq!(house.states().await, ["sent", "pending"]);
}

async fn e24_the_mail_of_a_source_goes_out_at_its_rate(database: TestDatabase) {
    let settings = Settings {
        rate: "4/s".parse().ok(),
        workers: 3,
        ..settings()
    };
    let house = House::with(database, settings).await;
    for customer in ["a", "b", "c", "d", "e", "f"] {
        let profile = registration(customer, &serde_json::json!({}));
        house
            .receive(&[profile, change(customer, "Bronze", "Silver")])
            .await;
    }
    let began = Instant::now();
    house.send().await;
    assert!(house.channel.taken().len() >= 4, "a second's worth at once");
    while house.channel.taken().len() < 6 {
        house.advance(Duration::from_secs(1));
        house.send().await;
    }
    assert!(began.elapsed() >= Duration::from_millis(400));
    assert!(
        house
            .outbox()
            .await
            .iter()
            .all(|row| *row == ("sent".to_owned(), 1))
    );
}
