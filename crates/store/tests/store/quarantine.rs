//! What could not be read is read again after an upgrade, and takes its old place.

use std::time::Duration;

use laurel_payloads::{EventKind, Timestamp};
use laurel_store::{EventFilter, EventState, Kinds};
use laurel_testkit::{TestDatabase, both_databases, fixture};
use sea_orm::{ConnectionTrait, DbBackend};

use crate::bodies::{coupon, source};
use crate::deliveries::{claim, subscribe};
use crate::raw;

both_databases!(
    what_can_be_read_by_now_takes_its_old_place,
    what_still_cannot_be_read_stays,
    the_quarantine_is_read_page_by_page,
    two_copies_accept_an_event_once,
    a_second_reading_a_registration_and_a_repeat_never_deadlock,
);

/// What an older binary, which could read none of it, would have left behind.
async fn quarantine_everything(database: &TestDatabase) {
    let sql = "UPDATE events SET state = 'quarantined', quarantine_reason = 'shape', quarantine_place = 'data', \
               kind = NULL, customer_id = NULL, occurred_at = received_at";
    raw::run(&database.store, sql).await;
    raw::run(&database.store, "DELETE FROM deliveries").await;
}

async fn what_can_be_read_by_now_takes_its_old_place(database: TestDatabase) {
    let store = &database.store;
    subscribe(store, "all", &Kinds::All).await;
    subscribe(store, "tiers", &Kinds::of([EventKind::TierUpgrade])).await;
    let body = fixture("02_customer_accumulation");
    let answer = database.append(&[body]).await[0];
    let received_at = store.clock().now();
    quarantine_everything(&database).await;
    database.clock.advance(Duration::from_hours(100));
    database.append(&[&coupon("ana", 1)]).await;
    let appends = {
        let mut appends = store.appends();
        appends.mark_unchanged();
        appends
    };
    let read = store.reread_quarantine(&database.source(), 0).await;
    let (last, accepted) = read.expect("a step").expect("a page");
    assert_eq!(accepted, 1);
    assert!(
        appends.has_changed().expect("a store"),
        "the workers hear of it"
    );
    let scope = store.scope(&database.source());
    let event = scope
        .event(answer.id)
        .await
        .expect("an answer")
        .expect("an event");
    assert_eq!(event.state, EventState::Accepted);
    assert_eq!(event.seq, last);
    assert_eq!(event.received_at, received_at);
    assert_eq!(
        event.occurred_at,
        Timestamp::parse_rfc3339("2026-01-06T15:10:02.331Z").expect("a time")
    );
    assert_eq!(event.kind.as_deref(), Some("CUSTOMER_ACCUMULATION"));
    assert_eq!(event.body, body);
    let claimed = claim(store, "all", 10).await;
    assert_eq!(claimed.len(), 2);
    assert_eq!(claimed[0].event.id, answer.id);
    assert_eq!(claim(store, "tiers", 10).await, []);
    let end = store.reread_quarantine(&database.source(), 0).await;
    assert_eq!(end.expect("a step"), None);
}

async fn what_still_cannot_be_read_stays(database: TestDatabase) {
    let store = &database.store;
    subscribe(store, "all", &Kinds::All).await;
    database
        .append(&[
            br#"{"event":"TIER_UPGRADE","data":{}}"#,
            br#"{"event":"X","data":{"customer_id":"ana","a":1,"a":2}}"#,
        ])
        .await;
    let step = store.reread_quarantine(&database.source(), 0).await;
    let (last, accepted) = step.expect("a step").expect("a page");
    assert_eq!(accepted, 0);
    let step = store.reread_quarantine(&database.source(), last).await;
    assert_eq!(step.expect("a step"), None);
    assert_eq!(claim(store, "all", 10).await, []);
    let filter = EventFilter {
        quarantined: Some(true),
        ..EventFilter::default()
    };
    let scope = store.scope(&database.source());
    assert_eq!(scope.count_events(&filter).await.expect("a count"), 2);
    let other = store.reread_quarantine(&source("other"), 0).await;
    assert_eq!(other.expect("a step"), None);
}

async fn the_quarantine_is_read_page_by_page(database: TestDatabase) {
    let store = &database.store;
    subscribe(store, "all", &Kinds::All).await;
    let bodies: Vec<Vec<u8>> = (0..230).map(|number| coupon("ana", number)).collect();
    let bodies: Vec<&[u8]> = bodies.iter().map(Vec::as_slice).collect();
    database.append(&bodies).await;
    quarantine_everything(&database).await;
    let (mut after, mut pages) = (0, Vec::new());
    while let Some((last, accepted)) = store
        .reread_quarantine(&database.source(), after)
        .await
        .expect("a step")
    {
        assert!(last > after);
        after = last;
        pages.push(accepted);
    }
    assert_eq!(pages, [100, 100, 30]);
    assert_eq!(claim(store, "all", 500).await.len(), 230);
}

async fn two_copies_accept_an_event_once(database: TestDatabase) {
    let store = &database.store;
    subscribe(store, "all", &Kinds::All).await;
    let bodies: Vec<Vec<u8>> = (0..40).map(|number| coupon("ana", number)).collect();
    let bodies: Vec<&[u8]> = bodies.iter().map(Vec::as_slice).collect();
    database.append(&bodies).await;
    quarantine_everything(&database).await;
    let (one, two) = (
        database.another_store().await,
        database.another_store().await,
    );
    let source = database.source();
    let read = tokio::join!(
        one.reread_quarantine(&source, 0),
        two.reread_quarantine(&source, 0)
    );
    let accepted = [read.0, read.1].map(|step| step.expect("a step").map_or(0, |step| step.1));
    assert_eq!(accepted.iter().sum::<usize>(), 40);
    assert_eq!(claim(store, "all", 500).await.len(), 40);
}

async fn a_second_reading_a_registration_and_a_repeat_never_deadlock(database: TestDatabase) {
    database.append(&[&coupon("ana", 1)]).await;
    quarantine_everything(&database).await;
    let (one, two) = (
        database.another_store().await,
        database.another_store().await,
    );
    // What an append does that has read the routes, and has yet to count a repeat on the event.
    let append = database.store.begin().await.expect("a transaction");
    raw::first::<i64>(&append, "SELECT count(*) FROM subscribers").await;
    let observed = raw::backend(&append) == DbBackend::Postgres;
    let registering = tokio::spawn(async move { one.register("all", &Kinds::All).await });
    if observed {
        raw::until_blocked(&database.store, 1, &registering).await;
    }
    let source = database.source();
    let reading = tokio::spawn(async move { two.reread_quarantine(&source, 0).await });
    if observed {
        raw::until_blocked(&database.store, 2, &reading).await;
    }
    let repeat = "UPDATE events SET delivery_count = delivery_count + 1";
    let counted = append.connection().execute_unprepared(repeat).await;
    counted.expect("no deadlock");
    append.commit().await.expect("a commit");
    let registered = registering.await.expect("a task that ends");
    registered.expect("no deadlock");
    let read = reading.await.expect("a task that ends");
    assert_eq!(
        read.expect("no deadlock").map(|(_, accepted)| accepted),
        Some(1)
    );
}
