//! A subscriber is owed everything: what comes after it is known, and what came before.

use std::collections::HashSet;

use laurel_payloads::EventKind;
use laurel_store::{Kinds, Store};
use laurel_testkit::{TestDatabase, both_databases};

use crate::bodies::{coupon, event, upgrade};
use crate::deliveries::{claim, settle, subscribe};
use crate::raw;

both_databases!(
    a_new_subscriber_is_given_what_came_before_it,
    a_long_log_is_handed_over_in_steps,
    nothing_is_owed_twice_and_nothing_missed_while_appends_go_on,
    registering_again_changes_nothing,
    changed_kinds_hold_from_then_on,
    a_subscriber_that_starts_over_is_owed_the_whole_log,
    an_unknown_subscriber_is_owed_nothing,
);

async fn backfill(store: &Store, name: &str) {
    while store.backfill(name).await.expect("a step") {}
}

async fn a_new_subscriber_is_given_what_came_before_it(database: TestDatabase) {
    let store = &database.store;
    let quarantined = br#"{"event":"TIER_UPGRADE","data":{}}"#;
    database
        .append(&[&coupon("ana", 1), &upgrade("ana", 1), quarantined])
        .await;
    subscribe(store, "all", &Kinds::All).await;
    subscribe(store, "tiers", &Kinds::of([EventKind::TierUpgrade])).await;
    assert_eq!(claim(store, "all", 10).await, [], "not before the backfill");
    backfill(store, "all").await;
    backfill(store, "tiers").await;
    assert_eq!(claim(store, "all", 10).await.len(), 2);
    assert_eq!(claim(store, "tiers", 10).await.len(), 1);
}

async fn a_long_log_is_handed_over_in_steps(database: TestDatabase) {
    let store = &database.store;
    for chunk in (0..2_100).collect::<Vec<_>>().chunks(700) {
        let bodies: Vec<Vec<u8>> = chunk.iter().map(|&n| coupon("ana", n)).collect();
        let bodies: Vec<&[u8]> = bodies.iter().map(Vec::as_slice).collect();
        database.append(&bodies).await;
    }
    subscribe(store, "all", &Kinds::All).await;
    let mut steps = 1;
    while store.backfill("all").await.expect("a step") {
        steps += 1;
    }
    assert_eq!(steps, 3);
    let owed: i64 = raw::value(store, "SELECT count(*) FROM deliveries").await;
    assert_eq!(owed, 2_100);
    assert!(!store.backfill("all").await.expect("an answer"));
}

async fn nothing_is_owed_twice_and_nothing_missed_while_appends_go_on(database: TestDatabase) {
    let mut writers = Vec::new();
    for writer in 0..3 {
        let store = database.another_store().await;
        let events: Vec<_> = (0..40)
            .map(|number| event(&database, &coupon(&format!("c{writer}"), number)))
            .collect();
        writers.push(tokio::spawn(async move {
            for batch in events.chunks(3) {
                store.append(batch).await.expect("an append");
            }
        }));
    }
    let mut subscribers = Vec::new();
    for name in ["a", "b", "c", "d"] {
        let store = database.another_store().await;
        subscribers.push(tokio::spawn(async move {
            subscribe(&store, name, &Kinds::All).await;
            let mut seen = HashSet::new();
            backfill(&store, name).await;
            for delivery in claim(&store, name, 30).await {
                assert!(seen.insert(delivery.event.seq));
                settle(&store, name, &[delivery]).await;
            }
            seen
        }));
    }
    for writer in writers {
        writer.await.expect("a writer that ends");
    }
    for (subscriber, name) in subscribers.into_iter().zip(["a", "b", "c", "d"]) {
        let mut seen = subscriber.await.expect("a subscriber that ends");
        backfill(&database.store, name).await;
        for delivery in claim(&database.store, name, 200).await {
            assert!(seen.insert(delivery.event.seq), "{name} is told twice");
        }
        assert_eq!(seen.len(), 120, "{name} is told of every event");
    }
}

async fn registering_again_changes_nothing(database: TestDatabase) {
    let store = &database.store;
    subscribe(store, "all", &Kinds::All).await;
    database.append(&[&coupon("ana", 1)]).await;
    let claimed = claim(store, "all", 1).await;
    settle(store, "all", &claimed).await;
    let copies = [
        database.another_store().await,
        database.another_store().await,
    ];
    for copy in &copies {
        subscribe(copy, "all", &Kinds::All).await;
        backfill(copy, "all").await;
    }
    assert_eq!(claim(store, "all", 1).await, []);
}

async fn changed_kinds_hold_from_then_on(database: TestDatabase) {
    let store = &database.store;
    subscribe(store, "s", &Kinds::of([EventKind::TierUpgrade])).await;
    database.append(&[&coupon("ana", 1)]).await;
    subscribe(store, "s", &Kinds::All).await;
    backfill(store, "s").await;
    assert_eq!(claim(store, "s", 10).await, []);
    database.append(&[&coupon("ana", 2)]).await;
    assert_eq!(claim(store, "s", 10).await.len(), 1);
    subscribe(store, "s", &Kinds::of([EventKind::TierUpgrade])).await;
    database.append(&[&coupon("ana", 3)]).await;
    assert_eq!(claim(store, "s", 10).await, []);
}

async fn a_subscriber_that_starts_over_is_owed_the_whole_log(database: TestDatabase) {
    let store = &database.store;
    subscribe(store, "all", &Kinds::All).await;
    subscribe(store, "other", &Kinds::All).await;
    database
        .append(&[&coupon("ana", 1), &coupon("ana", 2), &coupon("ana", 3)])
        .await;
    let batch = claim(store, "all", 3).await;
    settle(store, "all", &batch[..1]).await;
    let buried = store.bury("all", &batch[1], "poison").await;
    buried.expect("a lease that holds");
    assert!(store.restart("all").await.expect("a restart"));
    let tx = store.begin().await.expect("a transaction");
    let late = tx.settle("all", &batch[2..]).await;
    assert!(late.is_err(), "the worker of before has lost its lease");
    tx.rollback().await.expect("a rollback");
    backfill(store, "all").await;
    assert_eq!(claim(store, "all", 10).await.len(), 3);
    assert_eq!(claim(store, "other", 10).await.len(), 3);
}

async fn an_unknown_subscriber_is_owed_nothing(database: TestDatabase) {
    database.append(&[&coupon("ana", 1)]).await;
    assert!(!database.store.restart("nobody").await.expect("an answer"));
    assert!(!database.store.backfill("nobody").await.expect("an answer"));
}
