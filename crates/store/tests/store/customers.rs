//! Customers: the newest profile counts, lists keep one order on both databases, names are learnt.

use std::time::Duration;

use laurel_payloads::EventKind;
use laurel_store::{
    CustomerCursor, CustomerFilter, CustomerRecord, CustomerUpdate, LearntReward, LearntTier,
    PageRequest, Profile, Scope,
};
use laurel_testkit::{TestDatabase, both_databases};

use crate::facts::{at, change, write};
use crate::messages::{id, seen};
use crate::raw;

both_databases!(
    the_profile_of_the_highest_seq_counts_in_any_order,
    the_first_and_the_last_sight_are_the_outermost,
    lists_of_customers_sort_alike_on_both_databases,
    customers_are_filtered_by_tier_status_and_first_sight,
    names_are_those_of_the_highest_seq,
    a_recipient_is_decided_on_by_what_is_known_now,
    recipients_are_told_apart,
    text_that_does_not_fit_a_column_is_cut,
);

fn profile(seq: i64, name: &str) -> Profile {
    Profile {
        seq,
        name: Some(name.to_owned()),
        email: Some("Ana@Example.com".to_owned()),
        status: Some("ACTIVE".to_owned()),
        is_anonymous: Some(false),
        country: Some("CO".to_owned()),
        registered_at: Some(at(seq)),
        consents_to_email: Some(seq % 2 == 0),
    }
}

async fn update(database: &TestDatabase, update: CustomerUpdate) {
    write(&database.store, async |tx| {
        tx.update_customers(vec![update]).await
    })
    .await;
}

fn scope(database: &TestDatabase) -> Scope {
    database.store.scope(&database.source())
}

async fn ana(database: &TestDatabase) -> CustomerRecord {
    let found = scope(database).customer(&id("ana")).await;
    found.expect("an answer").expect("a customer")
}

async fn the_profile_of_the_highest_seq_counts_in_any_order(database: TestDatabase) {
    update(&database, seen(&database, "ana")).await;
    assert_eq!(ana(&database).await.profile_seq, None);
    let empty = Profile {
        seq: 4,
        ..Profile::default()
    };
    for of in [
        profile(2, "two"),
        profile(1, "one"),
        profile(3, "three"),
        profile(3, "again"),
        empty,
    ] {
        let seq = of.seq;
        let told = CustomerUpdate {
            profile: Some(of),
            ..seen(&database, "ana")
        };
        update(&database, told).await;
        if seq == 3 {
            let ana = ana(&database).await;
            assert_eq!(ana.profile_seq, Some(3));
            assert_eq!(ana.name.as_deref(), Some("three"));
            assert_eq!(ana.consents_to_email, Some(false));
            assert_eq!(ana.registered_at, Some(at(3)));
        }
    }
    let ana = ana(&database).await;
    assert_eq!(
        (ana.profile_seq, ana.name, ana.email),
        (Some(4), None, None)
    );
}

async fn the_first_and_the_last_sight_are_the_outermost(database: TestDatabase) {
    for (first, last) in [(50, 60), (40, 55), (45, 70), (50, 50)] {
        let mut sight = seen(&database, "ana");
        sight.first_seen_at = at(first);
        sight.last_seen_at = at(last);
        update(&database, sight).await;
    }
    let ana = ana(&database).await;
    assert_eq!((ana.first_seen_at, ana.last_seen_at), (at(40), at(70)));
}

async fn lists_of_customers_sort_alike_on_both_databases(database: TestDatabase) {
    let names = [
        "Zoe", "ana", "Ana", "émile", "_x", "10", "9", "z", "A b", "😀",
    ];
    let updates = names.iter().map(|name| seen(&database, name)).collect();
    write(&database.store, async |tx| {
        tx.update_customers(updates).await
    })
    .await;
    let mut request = PageRequest::first(3);
    let mut walked = Vec::new();
    loop {
        let page = scope(&database)
            .customers(&CustomerFilter::default(), &request)
            .await;
        let page = page.expect("a page");
        request.after = page.items.last().map(|customer| CustomerCursor {
            first_seen_at: customer.first_seen_at,
            customer_id: customer.customer_id.clone(),
        });
        walked.extend(
            page.items
                .iter()
                .map(|customer| customer.customer_id.to_string()),
        );
        if !page.has_next {
            break;
        }
    }
    let mut by_bytes = names.map(str::to_owned);
    by_bytes.sort_by(|a, b| b.cmp(a));
    assert_eq!(walked, by_bytes);
}

async fn customers_are_filtered_by_tier_status_and_first_sight(database: TestDatabase) {
    for name in ["ana", "bob", "eve"] {
        let mut told = profile(1, name);
        told.status = Some(if name == "bob" { "INACTIVE" } else { "ACTIVE" }.to_owned());
        update(
            &database,
            CustomerUpdate {
                profile: Some(told),
                ..seen(&database, name)
            },
        )
        .await;
        database.clock.advance(Duration::from_secs(1));
    }
    let source = database.source();
    let changes = [
        change(&source, "ana", 1, "a", "gold"),
        change(&source, "bob", 2, "a", "gold"),
    ];
    write(&database.store, async |tx| {
        tx.add_tier_changes(&changes).await
    })
    .await;
    let second = ana(&database)
        .await
        .first_seen_at
        .saturating_add(Duration::from_secs(1));
    let all = CustomerFilter::default();
    let gold = CustomerFilter {
        tier_id: "gold".parse().ok(),
        ..all.clone()
    };
    let active = CustomerFilter {
        status: Some("ACTIVE".to_owned()),
        ..all.clone()
    };
    let both = CustomerFilter {
        tier_id: "gold".parse().ok(),
        ..active.clone()
    };
    let from = CustomerFilter {
        first_seen_from: Some(second),
        ..all.clone()
    };
    let to = CustomerFilter {
        first_seen_to: Some(second),
        ..all.clone()
    };
    for (filter, expected) in [
        (all, vec!["eve", "bob", "ana"]),
        (gold, vec!["bob", "ana"]),
        (active, vec!["eve", "ana"]),
        (both, vec!["ana"]),
        (from, vec!["eve", "bob"]),
        (to, vec!["ana"]),
    ] {
        let page = scope(&database)
            .customers(&filter, &PageRequest::first(9))
            .await;
        let page = page.expect("a page").items;
        let found: Vec<_> = page
            .iter()
            .map(|customer| customer.customer_id.as_str())
            .collect();
        assert_eq!(found, expected);
        let count = scope(&database)
            .count_customers(&filter)
            .await
            .expect("a count");
        assert_eq!(usize::try_from(count).expect("a count"), expected.len());
    }
}

async fn names_are_those_of_the_highest_seq(database: TestDatabase) {
    let reward = |seq, name: Option<&str>| LearntReward {
        source: database.source(),
        reward_id: "points".parse().expect("an id"),
        seq,
        brand_id: None,
        name: name.map(str::to_owned),
        kind: Some("POINTS".to_owned()),
        conversion_factor: "0.1".parse().ok(),
    };
    let tier = |seq, name: &str, level| LearntTier {
        source: database.source(),
        tier_id: name.to_lowercase().parse().expect("an id"),
        seq,
        name: Some(name.to_owned()),
        level: Some(level),
    };
    write(&database.store, async |tx| {
        tx.learn_rewards(vec![reward(0, None)]).await?;
        tx.learn_rewards(vec![reward(3, Some("three")), reward(2, Some("two"))])
            .await?;
        tx.learn_rewards(vec![reward(1, Some("one")), reward(0, None)])
            .await?;
        tx.learn_tiers(vec![tier(1, "Gold", 2.5), tier(1, "Silver", 1.0)])
            .await
    })
    .await;
    let rewards = scope(&database).rewards().await.expect("rewards");
    assert_eq!(rewards.len(), 1);
    assert_eq!(rewards[0].name.as_deref(), Some("three"));
    assert_eq!(rewards[0].conversion_factor, "0.1".parse().ok());
    let tiers = scope(&database).tiers().await.expect("tiers");
    let levels: Vec<_> = tiers
        .iter()
        .map(|tier| (tier.tier_id.as_str(), tier.level))
        .collect();
    assert_eq!(levels, [("silver", Some(1.0)), ("gold", Some(2.5))]);
}

async fn a_recipient_is_decided_on_by_what_is_known_now(database: TestDatabase) {
    let told = CustomerUpdate {
        profile: Some(profile(1, "Ana")),
        ..seen(&database, "ana")
    };
    update(&database, told).await;
    let upgrade = EventKind::TierUpgrade;
    let recipient = async || {
        let found = scope(&database).recipient(&id("ana"), "mail").await;
        found.expect("an answer").expect("a recipient")
    };
    let before = recipient().await;
    assert_eq!(before.email.as_deref(), Some("Ana@Example.com"));
    assert_eq!((before.suppressed, before.wanted(upgrade)), (false, None));
    assert_eq!(before.consents_to_email, Some(false));
    let suppress = "INSERT INTO suppressions VALUES ('masivo', 'ana@example.com', 'bounce', 1)";
    raw::run(&database.store, suppress).await;
    let sql = "INSERT INTO preferences (source, customer_id, channel, kind, wanted, updated_at) \
               SELECT 'masivo', 'ana', 'mail', 'TIER_UPGRADE', is_anonymous, 1 FROM customers";
    raw::run(&database.store, sql).await;
    let after = recipient().await;
    assert_eq!(
        (after.suppressed, after.wanted(upgrade)),
        (true, Some(false))
    );
}

async fn recipients_are_told_apart(database: TestDatabase) {
    let scope = scope(&database);
    for (name, email) in [
        ("ana", "ana@example.com"),
        ("ben", "BEN@example.com"),
        ("cleo", "c@example.com"),
    ] {
        let mut told = profile(1, name);
        told.email = Some(email.to_owned());
        let told = CustomerUpdate {
            profile: Some(told),
            ..seen(&database, name)
        };
        update(&database, told).await;
    }
    let suppress = "INSERT INTO suppressions VALUES ('masivo', 'ben@example.com', 'bounce', 1), ('other', 'ana@example.com', 'bounce', 1)";
    raw::run(&database.store, suppress).await;
    let stopped = scope.stop_messages(&id("cleo"), "mail").await;
    assert!(stopped.expect("an answer"));
    let asked = ["ana", "ben", "cleo", "nobody"].map(id);
    let found = scope.recipients(&asked, "mail").await.expect("recipients");
    assert_eq!(found.len(), 3);
    for (name, suppressed, stopped) in [
        ("ana", false, false),
        ("ben", true, false),
        ("cleo", false, true),
    ] {
        let recipient = &found[&id(name)];
        assert_eq!(recipient.name.as_deref(), Some(name));
        assert_eq!(
            (recipient.suppressed, recipient.preferences.stopped),
            (suppressed, stopped),
            "{name}"
        );
    }
}

async fn text_that_does_not_fit_a_column_is_cut(database: TestDatabase) {
    let mut told = profile(1, &"é".repeat(200_000));
    told.email = Some("a\0@b".to_owned());
    update(
        &database,
        CustomerUpdate {
            profile: Some(told),
            ..seen(&database, "ana")
        },
    )
    .await;
    let ana = ana(&database).await;
    let name = ana.name.expect("a name");
    let kept = name.strip_suffix('…').expect("a mark where it was cut");
    assert!(name.len() <= 1_024 && kept.chars().all(|letter| letter == 'é'));
    assert_eq!(
        ana.email.as_deref(),
        Some("a\u{fffd}@b"),
        "no other address"
    );
}
