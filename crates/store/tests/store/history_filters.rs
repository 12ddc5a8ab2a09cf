//! Parts of a history: by kind, time, reward and brand; the count and the pages agree on every one.

use laurel_payloads::EventKind;
use laurel_store::{HistoryFilter, NewLine, PageRequest, Scope};
use laurel_testkit::{TestDatabase, both_databases};

use crate::facts::{at, entry, line, write};
use crate::messages::id;

both_databases!(
    filters_by_kind_and_time,
    filters_by_reward_and_brand_of_one_line,
    filters_combine_and_page,
    a_value_with_quotes_is_only_a_value,
);

use EventKind::{CouponRedemption, CustomerAccumulation, CustomerRedemption, Unrecognized};

/// Six entries at the times 1 to 6; the movements have lines.
async fn story(database: &TestDatabase) -> Scope {
    let source = database.source();
    let kinds = [
        CustomerAccumulation,
        CustomerAccumulation,
        CustomerRedemption,
        CouponRedemption,
        Unrecognized,
        CustomerAccumulation,
    ];
    let entries: Vec<_> = (1..)
        .zip(kinds)
        .map(|(seq, kind)| entry(&source, "ana", kind, seq, seq))
        .collect();
    let lines = [
        line(&source, "ana", CustomerAccumulation, 1, "1"),
        with(
            line(&source, "ana", CustomerAccumulation, 2, "1"),
            0,
            "coffee",
            "cafe",
        ),
        with(
            line(&source, "ana", CustomerAccumulation, 2, "1"),
            1,
            "points",
            "kiosk",
        ),
        with(
            line(&source, "ana", CustomerRedemption, 3, "-1"),
            0,
            "coffee",
            "kiosk",
        ),
        with(
            line(&source, "ana", CustomerAccumulation, 6, "1"),
            0,
            "it's \"one\" $1 ?",
            "cafe",
        ),
        // Another customer's and another source's, of the same events.
        with(
            line(&source, "bob", CouponRedemption, 4, "1"),
            0,
            "coffee",
            "cafe",
        ),
    ];
    write(&database.store, async |tx| {
        tx.add_entries(&entries).await?;
        tx.add_lines(&lines).await?;
        tx.add_lines(&lines).await
    })
    .await;
    database.store.scope(&source)
}

fn with(line: NewLine, number: i64, reward: &str, brand: &str) -> NewLine {
    NewLine {
        line: number,
        reward_id: reward.parse().expect("an id"),
        brand_id: brand.parse().ok(),
        ..line
    }
}

async fn matching(scope: &Scope, filter: &HistoryFilter) -> Vec<i64> {
    let customer = id("ana");
    let page = scope
        .history(&customer, filter, &PageRequest::first(100))
        .await;
    let seqs: Vec<i64> = page
        .expect("a page")
        .items
        .iter()
        .map(|entry| entry.event_seq)
        .collect();
    let count = scope
        .count_history(&customer, filter)
        .await
        .expect("a count");
    assert_eq!(usize::try_from(count).expect("a count"), seqs.len());
    seqs
}

fn lines_of(reward: Option<&str>, brand: Option<&str>) -> HistoryFilter {
    HistoryFilter {
        reward_id: reward.map(|id| id.parse().expect("an id")),
        brand_id: brand.map(|id| id.parse().expect("an id")),
        ..HistoryFilter::default()
    }
}

async fn filters_by_kind_and_time(database: TestDatabase) {
    let scope = story(&database).await;
    let all = HistoryFilter::default();
    assert_eq!(matching(&scope, &all).await, [6, 5, 4, 3, 2, 1]);
    let kinds = |kinds: &[EventKind]| HistoryFilter {
        kinds: Some(kinds.to_vec()),
        ..HistoryFilter::default()
    };
    assert_eq!(matching(&scope, &kinds(&[CouponRedemption])).await, [4]);
    assert_eq!(matching(&scope, &kinds(&[])).await, [0_i64; 0]);
    let two = kinds(&[CustomerAccumulation, Unrecognized]);
    assert_eq!(matching(&scope, &two).await, [6, 5, 2, 1]);
    let time = |from, to| HistoryFilter {
        from: Some(at(from)),
        to: Some(at(to)),
        ..HistoryFilter::default()
    };
    assert_eq!(
        matching(&scope, &time(2, 4)).await,
        [3, 2],
        "the end is excluded"
    );
    assert_eq!(matching(&scope, &time(4, 2)).await, [0_i64; 0]);
}

async fn filters_by_reward_and_brand_of_one_line(database: TestDatabase) {
    let scope = story(&database).await;
    assert_eq!(
        matching(&scope, &lines_of(Some("points"), None)).await,
        [2, 1]
    );
    assert_eq!(
        matching(&scope, &lines_of(Some("coffee"), None)).await,
        [3, 2]
    );
    assert_eq!(
        matching(&scope, &lines_of(None, Some("cafe"))).await,
        [6, 2, 1]
    );
    assert_eq!(
        matching(&scope, &lines_of(None, Some("kiosk"))).await,
        [3, 2]
    );
    let both = lines_of(Some("coffee"), Some("kiosk"));
    assert_eq!(matching(&scope, &both).await, [3], "both of one line");
    assert_eq!(
        matching(&scope, &lines_of(Some("tea"), None)).await,
        [0_i64; 0]
    );
}

async fn filters_combine_and_page(database: TestDatabase) {
    let scope = story(&database).await;
    let filter = HistoryFilter {
        kinds: Some(vec![CustomerAccumulation, CustomerRedemption]),
        from: Some(at(2)),
        to: Some(at(6)),
        ..lines_of(None, Some("kiosk"))
    };
    assert_eq!(matching(&scope, &filter).await, [3, 2]);
    let first = scope
        .history(&id("ana"), &filter, &PageRequest::first(1))
        .await;
    let first = first.expect("a page");
    assert!(first.has_next);
    let cursor = laurel_store::HistoryCursor {
        occurred_at: first.items[0].occurred_at,
        event_seq: first.items[0].event_seq,
    };
    for from_end in [false, true] {
        let rest = PageRequest {
            after: Some(cursor),
            from_end,
            ..PageRequest::first(5)
        };
        let rest = scope
            .history(&id("ana"), &filter, &rest)
            .await
            .expect("a page");
        assert_eq!(rest.items.len(), 1);
        assert_eq!(rest.items[0].event_seq, 2);
    }
}

async fn a_value_with_quotes_is_only_a_value(database: TestDatabase) {
    let scope = story(&database).await;
    let odd = lines_of(Some("it's \"one\" $1 ?"), None);
    assert_eq!(matching(&scope, &odd).await, [6]);
    let nobody = id("' OR 1=1 --");
    let page = scope.history(&nobody, &odd, &PageRequest::first(5)).await;
    assert_eq!(page.expect("a page").items, []);
}
