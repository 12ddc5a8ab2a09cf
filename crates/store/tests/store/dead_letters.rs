//! What was given up is kept, is seen, and can be given another life.

use laurel_store::{DeadLetter, Kinds, Store};
use laurel_testkit::{TestDatabase, both_databases};

use crate::bodies::{coupon, event_of, source};
use crate::deliveries::{claim, subscribe};

both_databases!(
    a_dead_letter_tells_what_it_was,
    pages_of_dead_letters_miss_none,
    the_dead_are_revived_by_subscriber_and_by_event,
    the_backlog_counts_the_pending_and_the_dead,
    a_tenant_sees_its_own_deliveries_only,
);

async fn bury_all(store: &Store, subscriber: &str) {
    for delivery in claim(store, subscriber, 100).await {
        let buried = store.bury(subscriber, &delivery, "it\0 is poison").await;
        buried.expect("a lease that holds");
    }
}

async fn dead(store: &Store) -> Vec<DeadLetter> {
    store.dead_letters(0, 100).await.expect("dead letters")
}

async fn a_dead_letter_tells_what_it_was(database: TestDatabase) {
    let store = &database.store;
    subscribe(store, "all", &Kinds::All).await;
    let answer = database.append(&[&coupon("ana", 1)]).await[0];
    bury_all(store, "all").await;
    let dead = dead(store).await;
    assert_eq!(dead.len(), 1);
    let letter = &dead[0];
    assert_eq!(letter.source, "masivo");
    assert_eq!(letter.subscriber, "all");
    assert_eq!(letter.event_id, answer.id);
    assert_eq!(letter.kind.as_deref(), Some("COUPON_REDEMPTION"));
    assert_eq!(letter.attempts, 1);
    assert_eq!(letter.dead_at, store.clock().now());
    assert!(
        letter
            .last_error
            .as_deref()
            .is_some_and(|error| error.ends_with(" is poison"))
    );
}

async fn pages_of_dead_letters_miss_none(database: TestDatabase) {
    let store = &database.store;
    for name in ["a", "b", "c"] {
        subscribe(store, name, &Kinds::All).await;
    }
    database
        .append(&[&coupon("ana", 1), &coupon("ana", 2), &coupon("ana", 3)])
        .await;
    for name in ["a", "b", "c"] {
        bury_all(store, name).await;
    }
    let all = dead(store).await;
    assert_eq!(all.len(), 9);
    for limit in 1..=4 {
        let (mut after, mut walked) = (0, Vec::new());
        loop {
            let page = store.dead_letters(after, limit).await.expect("a page");
            let Some(last) = page.last() else { break };
            after = last.event_seq;
            walked.extend(page);
        }
        assert_eq!(walked, all, "pages of {limit}");
    }
}

async fn the_dead_are_revived_by_subscriber_and_by_event(database: TestDatabase) {
    let store = &database.store;
    subscribe(store, "a", &Kinds::All).await;
    subscribe(store, "b", &Kinds::All).await;
    let answers = database
        .append(&[&coupon("ana", 1), &coupon("ana", 2)])
        .await;
    bury_all(store, "a").await;
    bury_all(store, "b").await;
    let one = Some(answers[0].id);
    let revive = async |subscriber, event| {
        let revived = store.revive(subscriber, event).await;
        revived.expect("a revival")
    };
    assert_eq!(revive(Some("nobody"), None).await, 0);
    assert_eq!(revive(None, Some(uuid::Uuid::nil())).await, 0);
    assert_eq!(revive(Some("a"), one).await, 1);
    assert_eq!(revive(None, one).await, 1);
    assert_eq!(revive(Some("a"), None).await, 1);
    assert_eq!(revive(None, None).await, 1);
    assert_eq!(revive(None, None).await, 0);
    let again = claim(store, "a", 10).await;
    assert_eq!(again.len(), 2);
    assert!(again.iter().all(|delivery| delivery.attempt == 1));
}

async fn the_backlog_counts_the_pending_and_the_dead(database: TestDatabase) {
    let store = &database.store;
    subscribe(store, "a", &Kinds::All).await;
    subscribe(store, "b", &Kinds::All).await;
    database.append(&[&coupon("ana", 1)]).await;
    bury_all(store, "b").await;
    database.append(&[&coupon("ana", 2)]).await;
    let backlog = store.backlog().await.expect("a backlog");
    let counts: Vec<_> = backlog
        .iter()
        .map(|of| (of.subscriber.as_str(), of.pending, of.dead))
        .collect();
    assert_eq!(counts, [("a", 2, 0), ("b", 1, 1)]);
}

async fn a_tenant_sees_its_own_deliveries_only(database: TestDatabase) {
    let store = &database.store;
    subscribe(store, "all", &Kinds::All).await;
    let now = store.clock().now();
    let batch: Vec<_> = ["one", "two"]
        .map(|name| event_of(&source(name), &coupon("ana", 1), now))
        .into();
    store.append(&batch).await.expect("an append");
    let seqs: Vec<i64> = claim(store, "all", 10)
        .await
        .iter()
        .map(|delivery| delivery.event.seq)
        .collect();
    for name in ["one", "two"] {
        let scope = store.scope(&source(name));
        let own = scope.deliveries(&seqs).await.expect("deliveries");
        assert_eq!(own.len(), 1);
        let event = scope.events_by_seq(&[own[0].event_seq]).await;
        assert_eq!(event.expect("an answer")[0].source, source(name));
    }
}
