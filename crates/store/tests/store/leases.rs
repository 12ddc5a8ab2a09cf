//! A lease that is lost is lost: whoever held it writes nothing, and what it held is handled by somebody else.

use laurel_store::{Class, Delivery, Error, Kinds, MOST_CRASHES};
use laurel_testkit::{TestDatabase, both_databases};

use crate::bodies::coupon;
use crate::deliveries::{LEASE, claim, settle, subscribe};
use crate::raw;

both_databases!(
    a_lease_that_passed_to_another_worker_settles_nothing,
    one_lost_lease_undoes_the_whole_batch,
    a_lease_that_ran_out_and_was_not_taken_still_settles,
    a_lease_that_holds_is_no_orphan,
    orphans_are_claimed_one_by_one,
    an_orphan_goes_to_one_of_two_copies,
    the_third_crash_alone_is_the_last,
    what_is_released_was_not_tried,
    a_stale_worker_can_neither_postpone_nor_bury_nor_release,
);

/// One event that `all` holds under a lease.
async fn claimed(database: &TestDatabase) -> Delivery {
    subscribe(&database.store, "all", &Kinds::All).await;
    database.append(&[&coupon("ana", 1)]).await;
    claim(&database.store, "all", 1).await.remove(0)
}

async fn orphan(database: &TestDatabase) -> Option<Delivery> {
    let orphan = database.store.claim_orphan("all", LEASE).await;
    orphan.expect("a claim")
}

async fn a_lease_that_passed_to_another_worker_settles_nothing(database: TestDatabase) {
    let store = &database.store;
    let stale = claimed(&database).await;
    raw::expire_leases(store, "deliveries").await;
    let held = orphan(&database).await.expect("an orphan");
    assert_eq!(held.attempt, 2);
    let tx = store.begin().await.expect("a transaction");
    let lost = tx.settle("all", &[stale]).await.expect_err("a lost lease");
    assert!(matches!(lost, Error::LeaseLost));
    assert_eq!(lost.class(), Class::Conflict);
    tx.rollback().await.expect("a rollback");
    settle(store, "all", &[held]).await;
}

async fn one_lost_lease_undoes_the_whole_batch(database: TestDatabase) {
    let store = &database.store;
    subscribe(store, "all", &Kinds::All).await;
    let bodies: Vec<Vec<u8>> = (0..9).map(|number| coupon("ana", number)).collect();
    let bodies: Vec<&[u8]> = bodies.iter().map(Vec::as_slice).collect();
    database.append(&bodies).await;
    let batch = claim(store, "all", 9).await;
    let lost = batch[8].event.seq;
    let sql = format!("UPDATE deliveries SET locked_until = 1 WHERE event_seq = {lost}");
    raw::run(store, &sql).await;
    assert_eq!(orphan(&database).await.expect("an orphan").event.seq, lost);
    let tx = store.begin().await.expect("a transaction");
    assert!(tx.settle("all", &batch).await.is_err());
    tx.rollback().await.expect("a rollback");
    let left: i64 = raw::value(store, "SELECT count(*) FROM deliveries").await;
    assert_eq!(left, 9);
}

async fn a_lease_that_ran_out_and_was_not_taken_still_settles(database: TestDatabase) {
    let late = claimed(&database).await;
    raw::expire_leases(&database.store, "deliveries").await;
    settle(&database.store, "all", &[late]).await;
    assert_eq!(orphan(&database).await, None);
}

async fn a_lease_that_holds_is_no_orphan(database: TestDatabase) {
    claimed(&database).await;
    assert_eq!(orphan(&database).await, None);
}

async fn orphans_are_claimed_one_by_one(database: TestDatabase) {
    let store = &database.store;
    subscribe(store, "all", &Kinds::All).await;
    database
        .append(&[&coupon("ana", 1), &coupon("ana", 2)])
        .await;
    assert_eq!(claim(store, "all", 2).await.len(), 2);
    raw::expire_leases(store, "deliveries").await;
    assert_eq!(claim(store, "all", 2).await, [], "leased, if by nobody");
    let first = orphan(&database).await.expect("an orphan");
    let second = orphan(&database).await.expect("another");
    assert_ne!(first.event.seq, second.event.seq);
    assert_eq!(orphan(&database).await, None);
}

async fn an_orphan_goes_to_one_of_two_copies(database: TestDatabase) {
    let other = database.another_store().await;
    claimed(&database).await;
    for _ in 0..20 {
        raw::run(&database.store, "UPDATE deliveries SET crashes = 0").await;
        raw::expire_leases(&database.store, "deliveries").await;
        let claims = tokio::join!(
            database.store.claim_orphan("all", LEASE),
            other.claim_orphan("all", LEASE)
        );
        let claims = [claims.0, claims.1].map(|claim| claim.expect("a claim"));
        assert_eq!(claims.iter().flatten().count(), 1);
    }
}

async fn the_third_crash_alone_is_the_last(database: TestDatabase) {
    let store = &database.store;
    let seq = claimed(&database).await.event.seq;
    // The first crash is the batch's.
    for _ in 0..MOST_CRASHES {
        raw::expire_leases(store, "deliveries").await;
        assert!(orphan(&database).await.is_some());
    }
    raw::expire_leases(store, "deliveries").await;
    assert_eq!(orphan(&database).await, None);
    let dead = store.dead_letters(0, 10).await.expect("dead letters");
    assert_eq!(dead.len(), 1);
    assert_eq!(dead[0].event_seq, seq);
    assert_eq!(dead[0].dead_at, store.clock().now());
    let error = dead[0].last_error.as_deref();
    assert_eq!(error, Some("the process died while handling it"));
    assert_eq!(claim(store, "all", 1).await, []);
    assert_eq!(orphan(&database).await, None);
}

async fn what_is_released_was_not_tried(database: TestDatabase) {
    let store = &database.store;
    let held = claimed(&database).await;
    store.release("all", &[held]).await.expect("a release");
    assert_eq!(claim(store, "all", 1).await[0].attempt, 1);
}

async fn a_stale_worker_can_neither_postpone_nor_bury_nor_release(database: TestDatabase) {
    let store = &database.store;
    let stale = claimed(&database).await;
    raw::expire_leases(store, "deliveries").await;
    let held = orphan(&database).await.expect("an orphan");
    let now = store.clock().now();
    let postponed = store.postpone("all", &stale, now, "late").await;
    assert!(matches!(postponed, Err(Error::LeaseLost)));
    let buried = store.bury("all", &stale, "late").await;
    assert!(matches!(buried, Err(Error::LeaseLost)));
    store.release("all", &[stale]).await.expect("a release");
    assert_eq!(claim(store, "all", 1).await, []);
    settle(store, "all", &[held]).await;
}
