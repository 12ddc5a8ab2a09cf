//! Several workers look for messages at once, and no two of them ever write to one customer.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use laurel_store::{OutboxGroup, Store};
use laurel_testkit::{TestDatabase, both_databases};
use sea_orm::{ConnectionTrait, DbBackend};
use tokio::task::JoinHandle;

use crate::messages::{CLAIM, address, claim, enqueue, message, send};
use crate::raw;

both_databases!(
    workers_of_several_copies_never_share_a_customer,
    a_claim_that_was_made_to_wait_takes_no_customer_that_is_held_by_now,
);

const CUSTOMERS: [&str; 3] = ["ana", "bob", "eve"];

/// Sends one group after the other until everything that is to be written has been, and answers how many.
async fn work(store: Store, held: Arc<Mutex<HashSet<String>>>, written: Arc<AtomicBool>) -> usize {
    let mut sent = 0;
    loop {
        let all_there = written.load(Ordering::SeqCst);
        for group in claim(&store, &CLAIM).await {
            let customer = group.messages[0].customer_id.to_string();
            let alone = held.lock().expect("a lock").insert(customer.clone());
            assert!(alone, "two workers hold messages of {customer}");
            tokio::task::yield_now().await;
            held.lock().expect("a lock").remove(&customer);
            assert!(send(&store, &group).await);
            sent += 1;
        }
        if all_there && store.outbox_pending("mail").await.expect("a count") == 0 {
            return sent;
        }
    }
}

async fn workers_of_several_copies_never_share_a_customer(database: TestDatabase) {
    for customer in CUSTOMERS {
        address(&database, customer).await;
    }
    // Events are handled in any order: an earlier one may be enqueued while a later one is under way.
    let messages: Vec<_> = (1..=90)
        .rev()
        .zip(CUSTOMERS.iter().cycle())
        .map(|(seq, customer)| message(&database, customer, seq))
        .collect();
    let (held, written) = (Arc::default(), Arc::new(AtomicBool::new(false)));
    let mut workers = Vec::new();
    for _ in 0..4 {
        let store = database.another_store().await;
        workers.push(tokio::spawn(work(
            store,
            Arc::clone(&held),
            Arc::clone(&written),
        )));
    }
    for message in messages {
        enqueue(&database.store, &[message]).await;
    }
    written.store(true, Ordering::SeqCst);
    let mut sent = 0;
    for worker in workers {
        sent += worker.await.expect("a worker that ends");
    }
    assert_eq!(sent, 90);
}

fn claiming(store: Store) -> JoinHandle<Vec<OutboxGroup>> {
    tokio::spawn(async move { claim(&store, &CLAIM).await })
}

async fn a_claim_that_was_made_to_wait_takes_no_customer_that_is_held_by_now(
    database: TestDatabase,
) {
    let store = &database.store;
    let (one, two) = (
        database.another_store().await,
        database.another_store().await,
    );
    address(&database, "ana").await;
    enqueue(store, &[message(&database, "ana", 2)]).await;
    // Somebody is in the way, so that the first claim has looked and not yet taken.
    let blocker = store.begin().await.expect("a transaction");
    if raw::backend(&blocker) != DbBackend::Postgres {
        return; // SQLite has one writer: nobody waits half-way through a claim.
    }
    let lock = "SELECT id FROM outbox FOR UPDATE";
    blocker
        .connection()
        .execute_unprepared(lock)
        .await
        .expect("a lock");
    let first = claiming(one);
    raw::until_blocked(store, 1, &first).await;
    // An earlier event is handled meanwhile, and its message claimed.
    enqueue(store, &[message(&database, "ana", 1)]).await;
    let second = claiming(two);
    raw::until_blocked(store, 2, &second).await;
    blocker.rollback().await.expect("a rollback");
    let first = first.await.expect("a task that ends");
    let second = second.await.expect("a task that ends");
    assert_eq!(
        first.len() + second.len(),
        1,
        "one worker has all of a customer's messages"
    );
}
