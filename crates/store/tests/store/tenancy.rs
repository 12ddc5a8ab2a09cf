//! A tenant sees its own rows and no others, although every id is the same.

use laurel_payloads::EventKind;
use laurel_store::{
    CustomerFilter, EventFilter, HistoryFilter, Interval, LearntReward, LearntTier, PageRequest,
    Scope, Source,
};
use laurel_testkit::{TestDatabase, both_databases};

use crate::bodies::{coupon, event_of, source};
use crate::facts::{amount, at, change, entry, line, wallet, write};
use crate::messages::id;

both_databases!(
    two_tenants_share_ids_and_nothing_else,
    a_tenant_without_rows_finds_nothing,
);

/// The same customer, rewards and tiers for a source, told apart by `seq` and `total`.
async fn tell(database: &TestDatabase, source: &Source, seq: i64, total: &str) {
    let mut customer = wallet(database, "ana", seq, &[("points", total)]);
    customer.source = source.clone();
    let kind = EventKind::CustomerAccumulation;
    let reward = LearntReward {
        source: source.clone(),
        reward_id: "points".parse().expect("an id"),
        seq,
        brand_id: None,
        name: Some(source.to_string()),
        kind: None,
        conversion_factor: None,
    };
    let tier = LearntTier {
        source: source.clone(),
        tier_id: "gold".parse().expect("an id"),
        seq,
        name: Some(source.to_string()),
        level: None,
    };
    write(&database.store, async |tx| {
        tx.update_customers(vec![customer]).await?;
        tx.add_entries(&[entry(source, "ana", kind, seq, seq)])
            .await?;
        tx.add_lines(&[line(source, "ana", kind, seq, total)])
            .await?;
        tx.add_tier_changes(&[change(source, "ana", seq, "silver", "gold")])
            .await?;
        tx.learn_rewards(vec![reward]).await?;
        tx.learn_tiers(vec![tier]).await
    })
    .await;
}

async fn two_tenants_share_ids_and_nothing_else(database: TestDatabase) {
    let sources = [source("one"), source("two")];
    let now = database.store.clock().now();
    let batch: Vec<_> = sources
        .iter()
        .map(|of| event_of(of, &coupon("ana", 1), now))
        .collect();
    let ids: Vec<_> = database
        .store
        .append(&batch)
        .await
        .expect("an append")
        .iter()
        .map(|a| a.id)
        .collect();
    for ((of, seq), total) in sources.iter().zip([1, 2]).zip(["10", "20"]) {
        tell(&database, of, seq, total).await;
    }
    for ((of, seq), total) in sources.iter().zip([1, 2]).zip(["10", "20"]) {
        let scope = database.store.scope(of);
        sees_only(&scope, seq, total).await;
        let events = scope.events_by_id(&ids).await.expect("events");
        assert_eq!(events.len(), 1);
        assert_eq!(&events[0].source, of);
        assert_eq!(scope.events_by_seq(&[1, 2]).await.expect("events"), events);
        let listed = scope
            .events(&EventFilter::default(), &PageRequest::first(9))
            .await;
        assert_eq!(listed.expect("a page").items, events);
        let entries = scope.entries_by_event(&ids).await.expect("entries");
        assert_eq!(entries.len(), 1);
        assert_eq!(entries[0].event_seq, seq);
    }
}

async fn sees_only(scope: &Scope, seq: i64, total: &str) {
    let ana = id("ana");
    let name = Some(scope.source().to_string());
    let customers = scope
        .customers(&CustomerFilter::default(), &PageRequest::first(9))
        .await;
    assert_eq!(customers.expect("a page").items.len(), 1);
    let customer = scope
        .customer(&ana)
        .await
        .expect("an answer")
        .expect("a customer");
    assert_eq!(customer.wallet, Some((seq, at(seq))));
    assert_eq!(customer.tier.expect("a tier").since, at(seq));
    let balances = scope
        .balances(std::slice::from_ref(&ana))
        .await
        .expect("balances");
    assert_eq!(balances.len(), 1);
    assert_eq!(balances[0].total, amount(total));
    let history = scope
        .history(&ana, &HistoryFilter::default(), &PageRequest::first(9))
        .await;
    assert_eq!(history.expect("a page").items.len(), 1);
    let changes = scope.tier_changes(&ana, &PageRequest::first(9)).await;
    assert_eq!(changes.expect("a page").items.len(), 1);
    let interval = Interval {
        from: at(0),
        to: at(9),
    };
    let moved = scope.movements(&ana, &[interval]).await.expect("sums");
    assert_eq!(moved.len(), 1);
    assert_eq!(moved[0].earned, laurel_payloads::Sum::from(amount(total)));
    assert_eq!(scope.rewards().await.expect("rewards")[0].name, name);
    assert_eq!(scope.tiers().await.expect("tiers")[0].name, name);
    assert_eq!(scope.rewards().await.expect("rewards").len(), 1);
    let by_id = scope.tiers_by_id(&["gold".parse().expect("an id")]).await;
    assert_eq!(by_id.expect("tiers").len(), 1);
}

async fn a_tenant_without_rows_finds_nothing(database: TestDatabase) {
    tell(&database, &source("one"), 1, "10").await;
    let scope = database.store.scope(&source("nobody"));
    let ana = id("ana");
    assert_eq!(scope.customer(&ana).await.expect("an answer"), None);
    assert!(
        scope
            .customers_by_id(&[])
            .await
            .expect("customers")
            .is_empty()
    );
    assert_eq!(scope.balances(&[]).await.expect("balances"), []);
    assert_eq!(
        scope
            .balances(std::slice::from_ref(&ana))
            .await
            .expect("balances"),
        []
    );
    assert_eq!(scope.events_by_id(&[]).await.expect("events"), []);
    assert_eq!(scope.events_by_seq(&[]).await.expect("events"), []);
    assert_eq!(scope.entries_by_event(&[]).await.expect("entries"), []);
    assert_eq!(scope.deliveries(&[]).await.expect("deliveries"), []);
    assert_eq!(scope.movements(&ana, &[]).await.expect("sums"), []);
    assert_eq!(scope.rewards_by_id(&[]).await.expect("rewards"), []);
    assert_eq!(scope.tiers_by_id(&[]).await.expect("tiers"), []);
    let recipient = scope.recipient(&ana, "mail").await;
    assert_eq!(recipient.expect("an answer"), None);
}
