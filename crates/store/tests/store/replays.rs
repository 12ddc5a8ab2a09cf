//! A subscriber starts over while workers are in the middle of its batches.

use laurel_store::{Class, Kinds, Store};
use laurel_testkit::{TestDatabase, both_databases};

use crate::bodies::coupon;
use crate::deliveries::{LEASE, subscribe};
use crate::messages::address;

both_databases!(
    workers_and_a_restart_never_deadlock,
    workers_that_write_and_a_replay_never_deadlock,
);

async fn fill(database: &TestDatabase) {
    subscribe(&database.store, "all", &Kinds::All).await;
    let bodies: Vec<Vec<u8>> = (0..200).map(|number| coupon("ana", number)).collect();
    let bodies: Vec<&[u8]> = bodies.iter().map(Vec::as_slice).collect();
    database.append(&bodies).await;
}

/// Claims and settles batches until nothing is owed; `write` is what the handler does in the same transaction.
async fn work(store: Store, write: impl AsyncFn(&laurel_store::Tx)) {
    for _ in 0..200 {
        while store.backfill("all").await.expect("a step") {}
        let batch = store
            .claim_deliveries("all", 16, LEASE)
            .await
            .expect("a claim");
        if batch.is_empty() {
            tokio::task::yield_now().await;
            continue;
        }
        let tx = store.begin().await.expect("a transaction");
        write(&tx).await;
        match tx.settle("all", &batch).await {
            Ok(()) => tx.commit().await.expect("a commit"),
            Err(error) => {
                assert_eq!(error.class(), Class::Conflict);
                assert!(matches!(error, laurel_store::Error::LeaseLost), "{error}");
                tx.rollback().await.expect("a rollback");
            }
        }
    }
}

async fn workers_and_a_restart_never_deadlock(database: TestDatabase) {
    fill(&database).await;
    let mut workers = Vec::new();
    for _ in 0..3 {
        let store = database.another_store().await;
        workers.push(tokio::spawn(work(store, async |_: &laurel_store::Tx| {})));
    }
    for _ in 0..40 {
        assert!(database.store.restart("all").await.expect("no deadlock"));
    }
    for worker in workers {
        worker.await.expect("a worker that ends");
    }
}

async fn workers_that_write_and_a_replay_never_deadlock(database: TestDatabase) {
    fill(&database).await;
    address(&database, "ana").await;
    let mut workers = Vec::new();
    for _ in 0..3 {
        let store = database.another_store().await;
        let update = crate::messages::seen(&database, "ana");
        workers.push(tokio::spawn(work(
            store,
            async move |tx: &laurel_store::Tx| {
                tx.update_customers(vec![update.clone()])
                    .await
                    .expect("an update");
            },
        )));
    }
    for _ in 0..40 {
        let tx = database.store.begin().await.expect("a transaction");
        tx.clear_history().await.expect("no deadlock");
        assert!(tx.restart("all").await.expect("no deadlock"));
        tx.commit().await.expect("a commit");
    }
    for worker in workers {
        worker.await.expect("a worker that ends");
    }
}
