//! The feed tells of every entry, in an order that no later commit changes.

use std::collections::BTreeSet;

use laurel_payloads::EventKind;
use laurel_store::{FeedFilter, FeedPage, NewEntry, Source, Store};
use laurel_testkit::{TestDatabase, both_databases};

use crate::bodies::{coupon, source};
use crate::facts::{entry, write};
use crate::messages::id;

both_databases!(
    d34_whoever_follows_while_workers_commit_side_by_side_misses_nothing,
    a_position_is_not_seen_before_a_lower_one_that_is_still_to_be_committed,
    what_was_told_once_is_not_told_again_by_a_replay,
    what_a_replay_has_cleared_is_still_told,
    a_failure_is_told_as_the_entry_that_counts_it,
    a_customers_and_a_tiers_followers_are_told_of_nothing_else,
    another_sources_feed_is_not_ours,
    a_commit_wakes_those_who_follow_in_this_copy_and_in_others,
);

/// Enters and tells, in a transaction of its own.
async fn tell(store: &Store, entries: &[NewEntry]) {
    write(store, async |tx| {
        tx.add_entries(entries).await?;
        tx.feed(entries).await
    })
    .await;
}

async fn page(store: &Store, source: &Source, filter: &FeedFilter, after: i64) -> FeedPage {
    let page = store.scope(source).feed(filter, after, 100).await;
    page.expect("a page")
}

/// The places in the log of what a page tells of.
fn told(page: &FeedPage) -> Vec<i64> {
    page.items.iter().map(|told| told.entry.event_seq).collect()
}

async fn of(database: &TestDatabase, filter: &FeedFilter) -> Vec<i64> {
    told(&page(&database.store, &database.source(), filter, 0).await)
}

fn movement(database: &TestDatabase, customer: &str, seq: i64) -> NewEntry {
    let kind = EventKind::CustomerAccumulation;
    entry(&database.source(), customer, kind, seq, seq)
}

async fn d34_whoever_follows_while_workers_commit_side_by_side_misses_nothing(
    database: TestDatabase,
) {
    const WORKERS: i64 = 4;
    const EACH: i64 = 60;
    let mut workers = Vec::new();
    for worker in 0..WORKERS {
        let store = database.another_store().await;
        let entries: Vec<NewEntry> = (1..=EACH)
            .map(|number| movement(&database, &format!("c{worker}"), number * WORKERS + worker))
            .collect();
        workers.push(tokio::spawn(async move {
            // Batches of different sizes take different times.
            for batch in entries.chunks(1 + usize::try_from(worker).expect("a size")) {
                tell(&store, batch).await;
            }
        }));
    }
    let (everything, mut after) = (FeedFilter::default(), 0);
    let mut seen = Vec::new();
    while seen.len() < usize::try_from(WORKERS * EACH).expect("a number") {
        let page = page(&database.store, &database.source(), &everything, after).await;
        assert!(page.items.iter().all(|told| told.position > after));
        after = page.reached;
        seen.extend(told(&page));
        tokio::task::yield_now().await;
    }
    for worker in workers {
        worker.await.expect("a worker that ends");
    }
    let once: BTreeSet<i64> = seen.iter().copied().collect();
    assert_eq!(once.len(), seen.len(), "each is told of once");
    assert_eq!(of(&database, &everything).await.len(), 100);
}

async fn a_position_is_not_seen_before_a_lower_one_that_is_still_to_be_committed(
    database: TestDatabase,
) {
    let store = database.another_store().await;
    let [slow, quick] = [1, 2].map(|seq| movement(&database, "ana", seq));
    let first = store.begin().await.expect("a transaction");
    first
        .add_entries(std::slice::from_ref(&slow))
        .await
        .expect("an entry");
    first.feed(&[slow]).await.expect("a position");
    let other = database.another_store().await;
    let second = tokio::spawn(async move { tell(&other, &[quick]).await });
    for _ in 0..20 {
        assert!(of(&database, &FeedFilter::default()).await.is_empty());
    }
    assert!(!second.is_finished(), "it waits for its turn");
    first.commit().await.expect("a commit");
    second.await.expect("a commit");
    assert_eq!(of(&database, &FeedFilter::default()).await, [1, 2]);
}

async fn what_was_told_once_is_not_told_again_by_a_replay(database: TestDatabase) {
    let entries = [1, 2, 3].map(|seq| movement(&database, "ana", seq));
    tell(&database.store, &entries[..2]).await;
    write(&database.store, async |tx| tx.clear_history().await).await;
    tell(&database.store, &entries).await;
    assert_eq!(of(&database, &FeedFilter::default()).await, [1, 2, 3]);
}

async fn what_a_replay_has_cleared_is_still_told(database: TestDatabase) {
    let appended = database.append(&[&coupon("ana", 1)]).await;
    let kind = EventKind::CouponRedemption;
    let entry = NewEntry {
        event_id: appended[0].id,
        ..entry(&database.source(), "ana", kind, 1, 1)
    };
    tell(&database.store, std::slice::from_ref(&entry)).await;
    write(&database.store, async |tx| tx.clear_history().await).await;
    let page = page(
        &database.store,
        &database.source(),
        &FeedFilter::default(),
        0,
    )
    .await;
    let told = &page.items[0].entry;
    assert_eq!((told.event_id, told.kind), (entry.event_id, kind));
    assert_eq!(told.customer_id, id("ana"));
}

async fn a_failure_is_told_as_the_entry_that_counts_it(database: TestDatabase) {
    let kind = EventKind::BehaviorEventFailed;
    for seq in [5, 3, 8] {
        let failure = NewEntry {
            behavior_event_id: "e1".parse().ok(),
            ..entry(&database.source(), "ana", kind, seq, seq)
        };
        tell(&database.store, &[failure]).await;
    }
    let page = page(
        &database.store,
        &database.source(),
        &FeedFilter::default(),
        0,
    )
    .await;
    assert_eq!(told(&page), [3, 3, 3], "three times, as it is now");
    assert!(page.items.iter().all(|told| told.entry.attempts == 3));
}

async fn a_customers_and_a_tiers_followers_are_told_of_nothing_else(database: TestDatabase) {
    let up = |customer, seq| {
        entry(
            &database.source(),
            customer,
            EventKind::TierUpgrade,
            seq,
            seq,
        )
    };
    let entries = [movement(&database, "ana", 1), movement(&database, "bo", 2)];
    tell(&database.store, &entries).await;
    tell(&database.store, &[up("ana", 3), up("bo", 4)]).await;
    let filter = |customer: Option<&str>, tier_changes| FeedFilter {
        customer_id: customer.map(id),
        tier_changes,
    };
    assert_eq!(of(&database, &filter(Some("ana"), false)).await, [1, 3]);
    assert_eq!(of(&database, &filter(None, true)).await, [3, 4]);
    assert_eq!(of(&database, &filter(Some("bo"), true)).await, [4]);
    assert!(of(&database, &filter(Some("none"), false)).await.is_empty());
}

async fn another_sources_feed_is_not_ours(database: TestDatabase) {
    let theirs = source("theirs");
    tell(
        &database.store,
        &[entry(&theirs, "ana", EventKind::TierUpgrade, 1, 1)],
    )
    .await;
    tell(&database.store, &[movement(&database, "ana", 2)]).await;
    for tier_changes in [false, true] {
        for customer_id in [None, Some(id("ana"))] {
            let filter = FeedFilter {
                customer_id,
                tier_changes,
            };
            let ours = of(&database, &filter).await;
            assert_eq!(ours, if tier_changes { vec![] } else { vec![2] });
        }
    }
}

async fn a_commit_wakes_those_who_follow_in_this_copy_and_in_others(database: TestDatabase) {
    let here = database.store.clone();
    let mut feedings = here.feedings();
    tell(&here, &[movement(&database, "ana", 1)]).await;
    feedings.changed().await.expect("a store");
    if !database.url.starts_with("postgres") {
        return;
    }
    let elsewhere = database.another_store().await;
    let mut feedings = elsewhere.feedings();
    let listening = tokio::spawn(async move { elsewhere.listen().await });
    feedings.changed().await.expect("it listens");
    tell(&here, &[movement(&database, "ana", 2)]).await;
    feedings.changed().await.expect("it is told");
    // Its connection ends, and is made anew.
    database
        .execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE query LIKE 'LISTEN%' AND datname = current_database()",
        )
        .await;
    feedings
        .changed()
        .await
        .expect("something may have been missed");
    tell(&here, &[movement(&database, "ana", 3)]).await;
    feedings.changed().await.expect("it is told again");
    listening.abort();
}
