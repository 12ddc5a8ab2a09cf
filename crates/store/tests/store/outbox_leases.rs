//! A message is sent by whoever holds its lease, and its end is written once.

use laurel_store::{AttemptRecord, OutboxGroup, OutboxOutcome, Settlement, Store};
use laurel_testkit::{TestDatabase, both_databases};

use crate::messages::{CLAIM, DAY, address, claim, enqueue, message, send};
use crate::raw;

both_databases!(
    a_lease_that_passed_on_settles_nothing,
    a_lease_is_extended_only_while_it_is_held,
    every_outcome_is_written_with_its_reason,
    what_is_settled_together_is_answered_one_by_one,
    what_is_released_was_not_tried_and_keeps_its_first_attempt,
    a_worker_hears_of_what_was_enqueued,
);

async fn one_group(database: &TestDatabase) -> OutboxGroup {
    address(database, "ana").await;
    enqueue(&database.store, &[message(database, "ana", 1)]).await;
    claim(&database.store, &CLAIM).await.remove(0)
}

fn attempt(database: &TestDatabase, outcome: &str) -> AttemptRecord {
    AttemptRecord {
        attempted_at: database.store.clock().now(),
        outcome: outcome.to_owned(),
        relay: Some("relay:587".to_owned()),
        code: Some(450),
        reply: Some("try\0 later".to_owned()),
    }
}

async fn settle(
    store: &Store,
    group: &OutboxGroup,
    outcome: OutboxOutcome,
    attempt: &AttemptRecord,
) {
    let outcomes = [(group.messages[0].id, outcome)];
    let settled = store
        .settle_outbox(&group.lease, &outcomes, Some(attempt))
        .await;
    assert!(settled.expect("an answer"));
}

async fn a_lease_that_passed_on_settles_nothing(database: TestDatabase) {
    let store = &database.store;
    let stale = one_group(&database).await;
    assert_eq!(claim(store, &CLAIM).await.len(), 0);
    raw::expire_leases(store, "outbox").await;
    let held = claim(store, &CLAIM).await.remove(0);
    assert_eq!(held.messages[0].attempts, 2);
    assert!(!send(store, &stale).await);
    let attempts: i64 = raw::value(store, "SELECT count(*) FROM delivery_attempts").await;
    assert_eq!(attempts, 0);
    assert!(send(store, &held).await);
    assert!(!send(store, &held).await, "its end is written once");
}

async fn a_lease_is_extended_only_while_it_is_held(database: TestDatabase) {
    let store = &database.store;
    let held = one_group(&database).await;
    let mut lease = held.lease.clone();
    assert!(
        store
            .extend_outbox(&mut lease, DAY)
            .await
            .expect("an answer")
    );
    assert_ne!(lease, held.lease);
    assert!(!send(store, &held).await, "the lease of before is another");
    raw::expire_leases(store, "outbox").await;
    assert!(
        !store
            .extend_outbox(&mut lease, DAY)
            .await
            .expect("an answer")
    );
}

async fn every_outcome_is_written_with_its_reason(database: TestDatabase) {
    let store = &database.store;
    address(&database, "ana").await;
    let messages: Vec<_> = (1..=4).map(|seq| message(&database, "ana", seq)).collect();
    enqueue(store, &messages).await;
    let settle = laurel_store::OutboxClaim {
        settle: DAY,
        ..CLAIM
    };
    let group = claim(store, &settle).await.remove(0);
    let ids: Vec<_> = group.messages.iter().map(|message| message.id).collect();
    let outcomes = [
        (ids[0], OutboxOutcome::Merged { into: ids[1] }),
        (ids[1], OutboxOutcome::Sent),
        (
            ids[2],
            OutboxOutcome::Skipped {
                reason: "no_consent".to_owned(),
            },
        ),
        (
            ids[3],
            OutboxOutcome::Dead {
                reason: "550 no\0 such user".to_owned(),
            },
        ),
    ];
    let attempt = attempt(&database, "sent");
    let settled = store
        .settle_outbox(&group.lease, &outcomes, Some(&attempt))
        .await;
    assert!(settled.expect("an answer"));
    for (seq, state, reason) in [
        (1, "merged", None),
        (2, "sent", None),
        (3, "skipped", Some("no_consent")),
        (4, "dead", Some("550 no such user")),
    ] {
        let of = |column: &str| format!("SELECT {column} FROM outbox WHERE event_seq = {seq}");
        assert_eq!(raw::value::<String>(store, &of("state")).await, state);
        let written: Option<String> = raw::value(store, &of("reason")).await;
        assert_eq!(written.as_deref(), reason);
        let finished: Option<i64> = raw::value(store, &of("finished_at")).await;
        assert_eq!(finished, Some(store.clock().now().micros()));
    }
    let into = "SELECT merged_into FROM outbox WHERE event_seq = 1";
    assert_eq!(
        raw::value::<Option<uuid::Uuid>>(store, into).await,
        Some(ids[1])
    );
    assert_eq!(store.outbox_pending("mail").await.expect("a count"), 0);
}

async fn what_is_released_was_not_tried_and_keeps_its_first_attempt(database: TestDatabase) {
    let store = &database.store;
    let first = one_group(&database).await;
    let began = store.clock().now();
    let due_at = began.saturating_add(DAY);
    let error = "450 busy".to_owned();
    let retry = OutboxOutcome::Retry { due_at, error };
    settle(store, &first, retry, &attempt(&database, "retry")).await;
    assert_eq!(claim(store, &CLAIM).await.len(), 0);
    database.clock.advance(DAY);
    for _ in 0..2 {
        let second = claim(store, &CLAIM).await.remove(0);
        assert_eq!(second.messages[0].attempts, 2);
        assert_eq!(second.messages[0].first_attempted_at, Some(began));
        let due_at = store.clock().now();
        let released = OutboxOutcome::Released { due_at };
        settle(store, &second, released, &attempt(&database, "paused")).await;
    }
}

async fn a_worker_hears_of_what_was_enqueued(database: TestDatabase) {
    let store = &database.store;
    let mut enqueues = store.enqueues();
    enqueues.mark_unchanged();
    let tx = store.begin().await.expect("a transaction");
    tx.enqueue(&[message(&database, "ana", 1)])
        .await
        .expect("an insert");
    assert!(
        !enqueues.has_changed().expect("a store"),
        "not before it is there"
    );
    tx.commit().await.expect("a commit");
    assert!(enqueues.has_changed().expect("a store"));
    enqueues.mark_unchanged();
    let tx = store.begin().await.expect("a transaction");
    tx.enqueue(&[message(&database, "ana", 2)])
        .await
        .expect("an insert");
    tx.rollback().await.expect("a rollback");
    assert!(
        !enqueues.has_changed().expect("a store"),
        "nothing was enqueued"
    );
}

async fn what_is_settled_together_is_answered_one_by_one(database: TestDatabase) {
    let store = &database.store;
    let customers = ["ana", "ben", "cleo", "dan"];
    for (seq, customer) in (1..).zip(customers) {
        address(&database, customer).await;
        enqueue(store, &[message(&database, customer, seq)]).await;
    }
    let claim_all = laurel_store::OutboxClaim { limit: 4, ..CLAIM };
    let groups = claim(store, &claim_all).await;
    let [ana, ben, ..] = groups.as_slice() else {
        panic!("four groups");
    };
    // Somebody else has Ana's by now, and Ben is not to be written to.
    assert!(send(store, ana).await);
    let settlement = |group: &OutboxGroup| Settlement {
        lease: group.lease.clone(),
        outcomes: vec![(group.messages[0].id, OutboxOutcome::Sent)],
        attempt: Some(attempt(&database, "sent")),
    };
    let mut settlements: Vec<_> = groups.iter().map(settlement).collect();
    let reason = "suppressed".to_owned();
    settlements[1].outcomes = vec![(ben.messages[0].id, OutboxOutcome::Skipped { reason })];
    settlements[1].attempt = None;
    let settled = store.settle_outbox_groups(&settlements).await;
    assert_eq!(settled.expect("an answer"), [false, true, true, true]);
    for (seq, state, tries) in [
        (1, "sent", 0),
        (2, "skipped", 0),
        (3, "sent", 1),
        (4, "sent", 1),
    ] {
        let of = format!("FROM outbox WHERE event_seq = {seq}");
        assert_eq!(
            raw::value::<String>(store, &format!("SELECT state {of}")).await,
            state
        );
        let counted =
            format!("SELECT count(*) FROM delivery_attempts WHERE outbox_id = (SELECT id {of})");
        assert_eq!(raw::value::<i64>(store, &counted).await, tries, "{seq}");
    }
}
