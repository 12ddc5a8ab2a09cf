//! The same events, handled in any order, any number of times, by any number of workers, end in the same read models.

use std::sync::Arc;
use std::time::Duration;

use laurel_dispatch::{Dispatcher, Drained, History, Replay, Settings, replay};
use laurel_testkit::{FIXTURES, Story, TestDatabase, both_databases, run};
use proptest::prelude::*;

/// How a run handles its events.
#[derive(Debug, Clone)]
struct Way {
    story: u64,
    order: u32,
    batch: u32,
    workers: usize,
    repeats: usize,
}

fn ways() -> impl Strategy<Value = Way> {
    (
        0..1_000_u64,
        1..10_000_u32,
        1..40_u32,
        1..4_usize,
        0..3_usize,
    )
        .prop_map(|(story, order, batch, workers, repeats)| Way {
            story,
            order,
            batch,
            workers,
            repeats,
        })
}

fn dispatcher(database: &TestDatabase, batch: u32) -> Dispatcher {
    let deadline = Duration::from_secs(20);
    let settings = Settings {
        batch,
        write_deadline: deadline,
        ..Settings::default()
    };
    Dispatcher::new(database.store.clone(), settings).subscriber(Arc::new(History))
}

/// Handles everything that is due, in an order that has nothing to do with that of receipt.
async fn handle(database: &TestDatabase, way: &Way) {
    let dispatcher = dispatcher(database, way.batch);
    while database
        .store
        .backfill("history")
        .await
        .expect("a backfill")
    {}
    let shuffle = format!(
        "UPDATE deliveries SET due_at = (event_seq * 7919 + {order}) * {order} % 10007",
        order = way.order
    );
    database.execute(&shuffle).await;
    let workers = (0..way.workers).map(|_| {
        let dispatcher = dispatcher.clone();
        tokio::spawn(async move { dispatcher.drain().await })
    });
    for worker in workers.collect::<Vec<_>>() {
        worker.await.expect("no panic").expect("a drain");
    }
    let left = dispatcher.drain().await.expect("a drain");
    assert_eq!(
        left,
        Drained {
            pending: 0,
            dead: 0
        }
    );
}

async fn every_way_ends_alike(database: TestDatabase, way: Way) {
    let bodies = Story::new(way.story, 5, 120).bodies;
    ends_alike(&database, &bodies, &way).await;
}

async fn the_sample_story_ends_alike_in_any_order(database: TestDatabase) {
    let bodies: Vec<Vec<u8>> = FIXTURES.iter().map(|(_, body)| body.to_vec()).collect();
    for order in [1, 17, 4_099] {
        let way = Way {
            story: 0,
            order,
            batch: 3,
            workers: 3,
            repeats: 1,
        };
        // Their window over, the bodies are new events, and the story is told again.
        database.clock.advance(Duration::from_hours(25));
        ends_alike(&database, &bodies, &way).await;
    }
}

both_databases!(the_sample_story_ends_alike_in_any_order);

/// Handles `bodies` in the order of their receipt, then the given way, and compares the read models.
async fn ends_alike(database: &TestDatabase, bodies: &[Vec<u8>], way: &Way) {
    let dispatcher = dispatcher(database, 128);
    dispatcher.register().await.expect("a subscriber");
    for chunk in bodies.chunks(50) {
        let bodies: Vec<&[u8]> = chunk.iter().map(Vec::as_slice).collect();
        database.append(&bodies).await;
        database.clock.advance(Duration::from_millis(1));
    }
    assert_eq!(
        dispatcher.drain().await.expect("a drain"),
        Drained {
            pending: 0,
            dead: 0
        }
    );
    let in_order = database.read_models().await;
    assert!(
        in_order.len() > bodies.len(),
        "a story leaves more rows than it has events"
    );

    assert_eq!(
        replay(&dispatcher, "history").await.expect("a replay"),
        Replay::Started
    );
    assert_eq!(database.read_models().await, Vec::<String>::new());
    handle(database, way).await;
    for _ in 0..way.repeats {
        // Owed again without having been cleared: every event is handled once more.
        assert!(database.store.restart("history").await.expect("a restart"));
        handle(database, way).await;
    }
    assert_eq!(database.read_models().await, in_order);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, max_shrink_iters: 16, ..ProptestConfig::default() })]

    #[test]
    fn any_order_any_repetition_any_number_of_workers_on_sqlite(way in ways()) {
        run(async move { every_way_ends_alike(TestDatabase::sqlite().await, way).await });
    }

    #[test]
    fn any_order_any_repetition_any_number_of_workers_on_postgres(way in ways()) {
        run(async move { every_way_ends_alike(TestDatabase::postgres().await, way).await });
    }
}
