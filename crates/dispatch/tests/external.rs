//! What extensions append: once, in the history, in the sums, and again after a replay.

use std::sync::Arc;

use laurel_dispatch::{
    AppendError, Dispatcher, Drained, History, Outcome, Settings, Store, append, replay,
};
use laurel_payloads::{Amount, Customer, CustomerId, EventKind, External, Line, Timestamp, Wallet};
use laurel_store::{HistoryFilter, Interval, PageRequest, Scope};
use laurel_testkit::{TestDatabase, both_databases};
use serde_json::value::RawValue;

both_databases!(
    a_movement_is_an_entry_with_its_own_time_and_signed_sums,
    what_has_a_key_that_is_known_is_the_same_fact_for_ever,
    two_copies_that_append_the_same_fact_at_once_append_it_once,
    a_profile_and_a_wallet_are_learnt_without_an_entry,
    what_could_not_be_read_again_is_not_appended,
);

const EVER: Interval = Interval {
    from: Timestamp::from_micros(0),
    to: Timestamp::from_micros(i64::MAX),
};

fn ana() -> CustomerId {
    "ana-0042".parse().expect("an id")
}

fn fact(key: &str, name: &str) -> External {
    External::new(ana(), key.parse().expect("a key"), name)
}

fn movement(key: &str, name: &str, amount: &str) -> External {
    let mut fact = fact(key, name);
    fact.occurred_at = Timestamp::parse_rfc3339("2025-12-31T23:59:59Z");
    fact.lines.push(Line {
        reward_id: Some("points".parse().expect("an id")),
        amount: Some(amount.parse().expect("an amount")),
        ..Line::default()
    });
    fact
}

async fn dispatcher(store: &Store) -> Dispatcher {
    let dispatcher = Dispatcher::new(store.clone(), Settings::default());
    let dispatcher = dispatcher.subscriber(Arc::new(History));
    dispatcher.register().await.expect("a subscriber");
    dispatcher
}

async fn project(dispatcher: &Dispatcher) {
    let nothing = Drained {
        pending: 0,
        dead: 0,
    };
    assert_eq!(dispatcher.drain().await.expect("a drain"), nothing);
}

async fn kinds(scope: &Scope) -> Vec<EventKind> {
    let filter = HistoryFilter::default();
    let page = PageRequest::first(100);
    let page = scope.history(&ana(), &filter, &page).await;
    let entries = page.expect("a page").items;
    entries.iter().map(|entry| entry.kind).collect()
}

async fn a_movement_is_an_entry_with_its_own_time_and_signed_sums(database: TestDatabase) {
    let dispatcher = dispatcher(&database.store).await;
    let facts = [
        movement("test:1", "MIGRATION", "100.1"),
        movement("test:2", "EXPIRATION", "-0.3"),
        movement("test:3", "TRANSFER", "-50"),
    ];
    append(&database.store, &database.source(), &facts)
        .await
        .expect("an append");
    project(&dispatcher).await;
    let scope = database.store.scope(&database.source());
    assert_eq!(kinds(&scope).await, [EventKind::External; 3]);
    let sums = scope.movements(&ana(), &[EVER]).await.expect("sums");
    let [points] = sums.as_slice() else {
        panic!("one reward: {sums:?}");
    };
    assert_eq!(
        (points.earned.to_string(), points.redeemed.to_string()),
        ("100.1".into(), "50.3".into())
    );
    let before = Interval {
        to: Timestamp::parse_rfc3339("2026-01-01T00:00:00Z").expect("a time"),
        ..EVER
    };
    let last_year = scope.movements(&ana(), &[before]).await.expect("sums");
    assert_eq!(last_year[0].entries, 3, "at their own time");
    assert!(
        scope.balances(&[ana()]).await.expect("balances").is_empty(),
        "a balance is Masivo's, never a sum"
    );

    let rows = database.read_models().await;
    replay(&dispatcher, "history").await.expect("a replay");
    project(&dispatcher).await;
    assert_eq!(database.read_models().await, rows);
}

async fn what_has_a_key_that_is_known_is_the_same_fact_for_ever(database: TestDatabase) {
    let (store, source) = (&database.store, database.source());
    let expiry = [movement("test:1", "EXPIRATION", "-5")];
    let first = append(store, &source, &expiry).await.expect("an append")[0];
    assert_eq!(first.outcome, Outcome::Accepted);
    // Far beyond the duplicate window, and with other words.
    database
        .clock
        .advance(std::time::Duration::from_hours(24 * 400));
    store.forget_expired().await.expect("an end of the window");
    let again = [
        movement("test:1", "EXPIRY", "-7"),
        movement("test:2", "EXPIRY", "-7"),
        movement("test:2", "EXPIRY", "-8"),
    ];
    let again = append(store, &source, &again).await.expect("an append");
    let outcomes: Vec<_> = again.iter().map(|appended| appended.outcome).collect();
    assert_eq!(
        outcomes,
        [Outcome::Duplicate, Outcome::Accepted, Outcome::Duplicate]
    );
    assert_eq!(again[0].id, first.id);
    let other = laurel_dispatch::Source::new("other").expect("a name");
    let elsewhere = append(store, &other, &expiry).await.expect("an append")[0];
    assert_eq!(elsewhere.outcome, Outcome::Accepted, "a key of each source");
}

async fn two_copies_that_append_the_same_fact_at_once_append_it_once(database: TestDatabase) {
    let dispatcher = dispatcher(&database.store).await;
    let (here, there) = (&database.store, &database.another_store().await);
    let source = database.source();
    for round in 0..10 {
        let facts = [movement(&format!("test:{round}"), "MIGRATION", "1")];
        let (one, other) = tokio::join!(
            append(here, &source, &facts),
            append(there, &source, &facts)
        );
        let (one, other) = (one.expect("an append")[0], other.expect("an append")[0]);
        assert_eq!(one.id, other.id);
        assert_ne!(one.outcome, other.outcome, "one of them was first");
    }
    project(&dispatcher).await;
    let scope = database.store.scope(&source);
    assert_eq!(kinds(&scope).await.len(), 10);
    there.close().await.expect("a clean end");
}

async fn a_profile_and_a_wallet_are_learnt_without_an_entry(database: TestDatabase) {
    let dispatcher = dispatcher(&database.store).await;
    let mut profile = fact("test:profile", "PROFILE");
    profile.customer = Some(Customer {
        name: Some("Ana".to_owned()),
        email: Some("ana@example.com".to_owned()),
        ..Customer::default()
    });
    let mut wallet = Wallet::default();
    wallet.totals.push(laurel_payloads::Total {
        reward_id: Some("points".parse().expect("an id")),
        total: Some(Amount::from_millionths(7_500_000)),
        ..Default::default()
    });
    profile.wallet = Some(wallet);
    append(&database.store, &database.source(), &[profile])
        .await
        .expect("an append");
    project(&dispatcher).await;
    let scope = database.store.scope(&database.source());
    let customer = scope.customer(&ana()).await.expect("an answer");
    let customer = customer.expect("Ana");
    assert_eq!(customer.email.as_deref(), Some("ana@example.com"));
    let balances = scope.balances(&[ana()]).await.expect("balances");
    assert_eq!(balances[0].total.to_string(), "7.5");
    assert_eq!(kinds(&scope).await, [], "nothing has happened to Ana");
}

async fn what_could_not_be_read_again_is_not_appended(database: TestDatabase) {
    let (store, source) = (&database.store, database.source());
    let mut deep = fact("test:deep", "PROFILE");
    let nested = format!("{}{}", "[".repeat(200), "]".repeat(200));
    deep.customer = Some(Customer {
        tags: Some(RawValue::from_string(nested).expect("JSON")),
        ..Customer::default()
    });
    for wrong in [fact("test:name", ""), deep] {
        let facts = [movement("test:fine", "MIGRATION", "1"), wrong];
        let refused = append(store, &source, &facts).await.expect_err("a refusal");
        assert!(
            matches!(&refused, AppendError::Unreadable { key, .. } if *key == facts[1].key),
            "{refused}"
        );
    }
    let scope = store.scope(&source);
    let all = laurel_store::EventFilter::default();
    assert_eq!(scope.count_events(&all).await.expect("a count"), 0);
}
