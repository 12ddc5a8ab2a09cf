//! What the read models say after the sample story, and after a make-believe programme's.

use std::collections::BTreeMap;
use std::sync::Arc;

use laurel_dispatch::{Dispatcher, Drained, History, Settings};
use laurel_payloads::{EventKind, Timestamp};
use laurel_store::{
    HistoryCursor, HistoryEntryRecord, HistoryFilter, Interval, Outcome, PageRequest, Scope,
};
use laurel_testkit::{FIXTURES, Story, TestDatabase, both_databases};

async fn handle(database: &TestDatabase, bodies: &[&[u8]]) -> Scope {
    let dispatcher = Dispatcher::new(database.store.clone(), Settings::default());
    let dispatcher = dispatcher.subscriber(Arc::new(History));
    dispatcher.register().await.expect("a subscriber");
    for body in bodies {
        database.append(&[*body]).await;
    }
    assert_eq!(
        dispatcher.drain().await.expect("a drain"),
        Drained {
            pending: 0,
            dead: 0
        }
    );
    database.store.scope(&database.source())
}

const EVER: Interval = Interval {
    from: Timestamp::from_micros(0),
    to: Timestamp::from_micros(i64::MAX),
};

async fn the_sample_story_adds_up(database: TestDatabase) {
    let bodies: Vec<&[u8]> = FIXTURES.iter().map(|(_, body)| *body).collect();
    let scope = handle(&database, &bodies).await;
    let ana = "ana-0042".parse().expect("an id");

    let everything = HistoryFilter::default();
    assert_eq!(
        scope
            .count_history(&ana, &everything)
            .await
            .expect("a count"),
        14
    );
    let known = HistoryFilter {
        kinds: Some(
            EventKind::ALL
                .iter()
                .copied()
                .filter(|kind| *kind != EventKind::Unrecognized)
                .collect(),
        ),
        ..HistoryFilter::default()
    };
    assert_eq!(
        scope.count_history(&ana, &known).await.expect("a count"),
        13
    );

    let balances = scope
        .balances(std::slice::from_ref(&ana))
        .await
        .expect("balances");
    let [points] = balances.as_slice() else {
        panic!(
            "one reward, for a reward that the newest wallet does not list is zero: {balances:?}"
        );
    };
    assert_eq!(
        (points.total.to_string(), points.reserved.to_string()),
        ("100".into(), "0".into())
    );

    let movements = scope.movements(&ana, &[EVER]).await.expect("movements");
    let of = |reward: &str| {
        movements
            .iter()
            .find(|sum| sum.reward_id.as_str() == reward)
            .expect(reward)
    };
    let points = of("8f26a2be-f922-4693-a273-9d7ab317024c");
    assert_eq!(
        (points.earned.to_string(), points.redeemed.to_string()),
        ("127.9".into(), "27.9".into())
    );

    let customer = scope.customer(&ana).await.expect("an answer").expect("Ana");
    let tier = customer.tier.expect("a tier").tier_id.expect("an id");
    let tiers = scope.tiers_by_id(&[tier]).await.expect("tiers");
    assert_eq!(tiers[0].name.as_deref(), Some("Bronze"));
    let names: Vec<_> = scope
        .tiers()
        .await
        .expect("tiers")
        .into_iter()
        .filter_map(|tier| tier.name)
        .collect();
    assert_eq!(names, ["Bronze", "Silver", "Gold"]);
    assert_eq!(customer.email.as_deref(), Some("ana.gomez@example.com"));
    assert_eq!(customer.consents_to_email, Some(true));
}

async fn posted_again_the_sample_story_is_fourteen_duplicates(database: TestDatabase) {
    let bodies: Vec<&[u8]> = FIXTURES.iter().map(|(_, body)| *body).collect();
    let first = database.append(&bodies).await;
    assert!(
        first
            .iter()
            .all(|appended| appended.outcome == Outcome::Accepted)
    );
    let again = database.append(&bodies).await;
    assert!(
        again
            .iter()
            .all(|appended| appended.outcome == Outcome::Duplicate)
    );
    let id = |appended: &laurel_store::Appended| appended.id;
    assert_eq!(
        first.iter().map(id).collect::<Vec<_>>(),
        again.iter().map(id).collect::<Vec<_>>()
    );
}

async fn a_programme_ends_where_its_ledger_does(database: TestDatabase) {
    let story = Story::new(42, 12, 400);
    let bodies: Vec<&[u8]> = story.bodies.iter().map(Vec::as_slice).collect();
    let scope = handle(&database, &bodies).await;
    let mut seen = 0;
    for (id, standing) in story.ledger.customers() {
        seen += 1;
        let customer = scope
            .customer(id)
            .await
            .expect("an answer")
            .expect("a customer");
        let tier = customer.tier.and_then(|tier| tier.tier_id);
        assert_eq!(tier.as_ref(), standing.tier(), "{id}");

        let balances = scope
            .balances(std::slice::from_ref(id))
            .await
            .expect("balances");
        let balances: BTreeMap<_, _> = balances
            .into_iter()
            .map(|balance| (balance.reward_id, balance.total))
            .collect();
        assert_eq!(balances, standing.balances, "{id}");

        let mut entries = BTreeMap::new();
        for entry in every_entry(&scope, id).await {
            *entries.entry(entry.kind).or_insert(0) += 1;
        }
        assert_eq!(entries, standing.entries, "{id}");

        for sum in scope.movements(id, &[EVER]).await.expect("movements") {
            let (earned, redeemed) = (
                standing.earned.get(&sum.reward_id),
                standing.redeemed.get(&sum.reward_id),
            );
            assert_eq!(
                sum.earned,
                earned.copied().unwrap_or_default().into(),
                "{id}"
            );
            assert_eq!(
                sum.redeemed,
                redeemed.copied().unwrap_or_default().into(),
                "{id}"
            );
        }
    }
    assert!(
        seen > 5,
        "a programme of twelve customers has more than five of them act"
    );
}

async fn every_entry(scope: &Scope, id: &laurel_payloads::CustomerId) -> Vec<HistoryEntryRecord> {
    let mut request = PageRequest::<HistoryCursor>::first(7);
    let mut entries = Vec::new();
    loop {
        let page = scope
            .history(id, &HistoryFilter::default(), &request)
            .await
            .expect("a page");
        entries.extend(page.items);
        if !page.has_next {
            return entries;
        }
        let last = entries.last().expect("a page that has a next is not empty");
        request.after = Some(HistoryCursor {
            occurred_at: last.occurred_at,
            event_seq: last.event_seq,
        });
    }
}

both_databases!(
    the_sample_story_adds_up,
    posted_again_the_sample_story_is_fourteen_duplicates,
    a_programme_ends_where_its_ledger_does,
);
