//! Workers: they find out by themselves what is due, and finish what they hold when told to stop.

use std::time::Duration;

use laurel_notify::Settings;
use laurel_testkit::{TestDatabase, both_databases};
use tokio_util::sync::CancellationToken;

use crate::house::{House, ana, change, settings};

both_databases![workers_send_what_becomes_due_until_they_are_stopped];

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
