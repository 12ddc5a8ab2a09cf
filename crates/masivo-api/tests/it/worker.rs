//! The worker that looks customers up: several of them, and one that is told to stop.

use std::time::Duration;

use laurel_masivo_api::Lookups;
use laurel_testkit::{TestDatabase, both_databases};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::house::{House, upgrade};
use crate::mock::Fault;

both_databases!(
    two_copies_ask_for_everybody_once,
    a_worker_that_is_told_to_stop_stops_and_what_it_held_is_taken_up_again,
);

const LIMIT: Duration = Duration::from_secs(20);

fn lookups(house: &House) -> Lookups {
    let clock = house.app.database.store.clock();
    Lookups::new(&house.settings, clock).expect("settings")
}

async fn two_copies_ask_for_everybody_once(database: TestDatabase) {
    let house = House::new(database).await;
    let customers: Vec<String> = (0..20).map(|number| format!("c-{number:02}")).collect();
    for customer in &customers {
        house.mock.add_customer(customer, "1");
    }
    let upgrades: Vec<String> = customers.iter().map(|customer| upgrade(customer)).collect();
    house.receive(&upgrades).await;
    house.app.database.clock.advance(Duration::from_mins(2));
    let there = house.app.database.another_store().await;
    let (one, other) = (lookups(&house), lookups(&house));
    let (one, other) = tokio::join!(one.drain(&house.app.database.store), other.drain(&there));
    assert_eq!(one.expect("answers") + other.expect("answers"), 20);
    let mut asked = house.mock.asked();
    asked.sort();
    let paths: Vec<String> = customers
        .iter()
        .map(|id| format!("/customers/{}", id.replace('-', "%2D")))
        .collect();
    assert_eq!(asked, paths);
    there.close().await.expect("a clean end");
    house.app.settle().await;
}

async fn a_worker_that_is_told_to_stop_stops_and_what_it_held_is_taken_up_again(
    database: TestDatabase,
) {
    let house = House::new(database).await;
    house.mock.add_customer("ana", "1");
    house.receive(&[upgrade("ana")]).await;
    house.app.database.clock.advance(Duration::from_mins(2));
    house.mock.fail((0..4).map(|_| Fault::Silence));
    let told = house.mock.state().told.clone();
    let stop = CancellationToken::new();
    let store = house.app.database.store.clone();
    let worker = tokio::spawn(lookups(&house).run(store, stop.clone()));
    timeout(LIMIT, told.notified()).await.expect("a question");
    stop.cancel();
    timeout(LIMIT, worker)
        .await
        .expect("an end")
        .expect("no panic");
    house.mock.state().faults.clear();
    assert_eq!(house.look_up().await.expect("an answer"), 1);
}
