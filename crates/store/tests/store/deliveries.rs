//! Who is told of which event, and that only one worker handles it at a time.

use std::collections::HashSet;
use std::time::Duration;

use laurel_payloads::EventKind;
use laurel_store::{Delivery, Kinds, Store};
use laurel_testkit::{TestDatabase, both_databases};

use crate::bodies::{coupon, upgrade};
use crate::raw;

both_databases!(
    an_event_is_delivered_to_those_who_take_its_kind,
    an_event_in_quarantine_is_delivered_to_nobody,
    deliveries_come_oldest_first_with_their_events,
    a_delivery_is_claimed_by_one_worker_only,
    workers_of_several_copies_share_the_deliveries_out,
    a_delivery_is_not_claimed_before_it_is_due,
    what_is_settled_is_gone,
);

pub(crate) const LEASE: Duration = Duration::from_mins(1);

pub(crate) async fn subscribe(store: &Store, name: &str, kinds: &Kinds) {
    store.register(name, kinds).await.expect("a registration");
}

pub(crate) async fn claim(store: &Store, subscriber: &str, limit: u32) -> Vec<Delivery> {
    let claimed = store.claim_deliveries(subscriber, limit, LEASE).await;
    claimed.expect("a claim")
}

/// Settles as a worker does that had nothing to write.
pub(crate) async fn settle(store: &Store, subscriber: &str, deliveries: &[Delivery]) {
    let tx = store.begin().await.expect("a transaction");
    tx.settle(subscriber, deliveries)
        .await
        .expect("leases that hold");
    tx.commit().await.expect("a commit");
}

fn seqs(deliveries: &[Delivery]) -> Vec<i64> {
    deliveries
        .iter()
        .map(|delivery| delivery.event.seq)
        .collect()
}

async fn an_event_is_delivered_to_those_who_take_its_kind(database: TestDatabase) {
    let store = &database.store;
    subscribe(store, "all", &Kinds::All).await;
    let tiers = Kinds::of([EventKind::TierUpgrade, EventKind::TierDowngrade]);
    subscribe(store, "tiers", &tiers).await;
    let none = Kinds::Named(vec!["NOT_YET_KNOWN".into(), "it's".into()]);
    subscribe(store, "o'brien", &none).await;
    let unknown = br#"{"event":"NOT_YET_KNOWN","data":{"customer_id":"ana"}}"#;
    database
        .append(&[&coupon("ana", 1), &upgrade("ana", 1), unknown])
        .await;
    assert_eq!(claim(store, "all", 10).await.len(), 3);
    let tiers = claim(store, "tiers", 10).await;
    assert_eq!(tiers.len(), 1);
    assert_eq!(tiers[0].event.kind.as_deref(), Some("TIER_UPGRADE"));
    let named = claim(store, "o'brien", 10).await;
    assert_eq!(named.len(), 1);
    settle(store, "o'brien", &named).await;
    assert_eq!(claim(store, "nobody", 10).await, []);
}

async fn an_event_in_quarantine_is_delivered_to_nobody(database: TestDatabase) {
    subscribe(&database.store, "all", &Kinds::All).await;
    database
        .append(&[br#"{"event":"TIER_UPGRADE","data":{}}"#])
        .await;
    assert_eq!(claim(&database.store, "all", 10).await, []);
}

async fn deliveries_come_oldest_first_with_their_events(database: TestDatabase) {
    subscribe(&database.store, "all", &Kinds::All).await;
    for number in 0..3 {
        database.append(&[&coupon("ana", number)]).await;
        database.clock.advance(Duration::from_secs(1));
    }
    let first = claim(&database.store, "all", 2).await;
    assert_eq!(first.len(), 2);
    assert_eq!(first[0].event.body, coupon("ana", 0));
    assert_eq!(first[1].event.body, coupon("ana", 1));
    assert!(first.iter().all(|delivery| delivery.attempt == 1));
    let second = claim(&database.store, "all", 2).await;
    assert_eq!(second.len(), 1);
    assert_eq!(second[0].event.body, coupon("ana", 2));
}

async fn a_delivery_is_claimed_by_one_worker_only(database: TestDatabase) {
    let other = database.another_store().await;
    subscribe(&database.store, "all", &Kinds::All).await;
    database.append(&[&coupon("ana", 1)]).await;
    assert_eq!(claim(&database.store, "all", 10).await.len(), 1);
    assert_eq!(claim(&other, "all", 10).await, []);
    assert_eq!(claim(&database.store, "all", 10).await, []);
}

async fn workers_of_several_copies_share_the_deliveries_out(database: TestDatabase) {
    subscribe(&database.store, "all", &Kinds::All).await;
    let bodies: Vec<Vec<u8>> = (0..120).map(|number| coupon("ana", number)).collect();
    let bodies: Vec<&[u8]> = bodies.iter().map(Vec::as_slice).collect();
    database.append(&bodies).await;
    let mut workers = Vec::new();
    for _ in 0..4 {
        let store = database.another_store().await;
        workers.push(tokio::spawn(async move {
            let mut handled = Vec::new();
            loop {
                let claimed = claim(&store, "all", 7).await;
                if claimed.is_empty() {
                    return handled;
                }
                handled.extend(seqs(&claimed));
                settle(&store, "all", &claimed).await;
            }
        }));
    }
    let mut handled = Vec::new();
    for worker in workers {
        handled.extend(worker.await.expect("a worker that ends"));
    }
    // On PostgreSQL a worker may find every row that is left being claimed by others, and stop early.
    let rest = claim(&database.store, "all", 200).await;
    handled.extend(seqs(&rest));
    assert_eq!(handled.len(), 120);
    assert_eq!(handled.into_iter().collect::<HashSet<_>>().len(), 120);
}

async fn a_delivery_is_not_claimed_before_it_is_due(database: TestDatabase) {
    let store = &database.store;
    subscribe(store, "all", &Kinds::All).await;
    database.append(&[&coupon("ana", 1)]).await;
    let claimed = claim(store, "all", 1).await;
    let due_at = store.clock().now().saturating_add(Duration::from_secs(5));
    store
        .postpone("all", &claimed[0], due_at, "not\0yet")
        .await
        .expect("a lease that holds");
    assert_eq!(claim(store, "all", 1).await, []);
    let scope = store.scope(&database.source());
    let seq = claimed[0].event.seq;
    let waiting = scope.deliveries(&[seq]).await.expect("deliveries");
    assert_eq!(waiting[0].due_at, due_at);
    assert_eq!(
        waiting[0].last_error.as_deref().map(str::len),
        Some("notyet".len())
    );
    database.clock.advance(Duration::from_secs(5));
    assert_eq!(claim(store, "all", 1).await[0].attempt, 2);
}

async fn what_is_settled_is_gone(database: TestDatabase) {
    let store = &database.store;
    subscribe(store, "all", &Kinds::All).await;
    subscribe(store, "others", &Kinds::All).await;
    let bodies: Vec<Vec<u8>> = (0..73).map(|number| coupon("ana", number)).collect();
    let bodies: Vec<&[u8]> = bodies.iter().map(Vec::as_slice).collect();
    database.append(&bodies).await;
    let claimed = claim(store, "all", 100).await;
    assert_eq!(claimed.len(), 73);
    let before = store.statements();
    settle(store, "all", &claimed).await;
    assert_eq!(store.statements() - before, 1);
    let sql = "SELECT count(*) FROM deliveries WHERE subscriber = ";
    let left: i64 = raw::value(store, &format!("{sql}'all'")).await;
    let untouched: i64 = raw::value(store, &format!("{sql}'others'")).await;
    assert_eq!((left, untouched), (0, 73));
    assert_eq!(store.backlog().await.expect("a backlog")[0].pending, 0);
}
