//! Pages of a history: every entry once, in either direction, however many happened at the same time.

use laurel_payloads::EventKind;
use laurel_store::{
    HistoryCursor, HistoryEntryRecord, HistoryFilter, NewEntry, Page, PageRequest, Scope,
};
use laurel_testkit::{TestDatabase, both_databases};

use crate::facts::{at, entry, write};
use crate::messages::id;

both_databases!(
    pages_walk_every_entry_exactly_once_in_both_directions,
    a_page_says_whether_there_is_more,
    a_page_between_two_cursors_ends_at_both,
    a_cursor_whose_entry_is_gone_goes_on_behind_it,
    an_entry_is_added_once,
    tier_changes_page_in_the_order_of_the_history,
);

/// 23 entries, five at a time at the same moment, written in no order.
async fn story(database: &TestDatabase) -> Scope {
    let source = database.source();
    let mut entries: Vec<NewEntry> = (1..=23)
        .map(|seq| entry(&source, "ana", EventKind::CouponRedemption, seq, seq / 5))
        .collect();
    entries.sort_by_key(|entry| (entry.event_seq * 7) % 23);
    let other = entry(&source, "bob", EventKind::CouponRedemption, 99, 3);
    write(&database.store, async |tx| {
        tx.add_entries(&entries).await?;
        tx.add_entries(&[other]).await
    })
    .await;
    database.store.scope(&source)
}

async fn page(scope: &Scope, request: &PageRequest<HistoryCursor>) -> Page<HistoryEntryRecord> {
    let page = scope
        .history(&id("ana"), &HistoryFilter::default(), request)
        .await;
    page.expect("a page")
}

fn cursor(entry: &HistoryEntryRecord) -> HistoryCursor {
    HistoryCursor {
        occurred_at: entry.occurred_at,
        event_seq: entry.event_seq,
    }
}

fn seqs(page: &Page<HistoryEntryRecord>) -> Vec<i64> {
    page.items.iter().map(|entry| entry.event_seq).collect()
}

async fn pages_walk_every_entry_exactly_once_in_both_directions(database: TestDatabase) {
    let scope = story(&database).await;
    let newest_first: Vec<i64> = (1..=23).rev().collect();
    for limit in [1, 2, 3, 5, 22, 23, 24] {
        let mut forward = Vec::new();
        let mut request = PageRequest::first(limit);
        loop {
            let page = page(&scope, &request).await;
            forward.extend(seqs(&page));
            request.after = page.items.last().map(cursor);
            if !page.has_next {
                break;
            }
        }
        assert_eq!(forward, newest_first, "forward by {limit}");
        let mut backward = Vec::new();
        let mut request = PageRequest {
            from_end: true,
            ..PageRequest::first(limit)
        };
        loop {
            let page = page(&scope, &request).await;
            backward.splice(0..0, seqs(&page));
            request.before = page.items.first().map(cursor);
            if !page.has_previous {
                break;
            }
        }
        assert_eq!(backward, newest_first, "backward by {limit}");
    }
}

async fn a_page_says_whether_there_is_more(database: TestDatabase) {
    let scope = story(&database).await;
    let first = page(&scope, &PageRequest::first(23)).await;
    assert_eq!((first.has_previous, first.has_next), (false, false));
    let first = page(&scope, &PageRequest::first(22)).await;
    assert_eq!((first.has_previous, first.has_next), (false, true));
    let request = PageRequest {
        after: first.items.last().map(cursor),
        ..PageRequest::first(5)
    };
    let last = page(&scope, &request).await;
    assert_eq!((last.has_previous, last.has_next), (true, false));
    assert_eq!(seqs(&last), [1]);
    let nothing = page(&scope, &PageRequest::first(0)).await;
    assert_eq!((nothing.items.len(), nothing.has_next), (0, true));
}

async fn a_page_between_two_cursors_ends_at_both(database: TestDatabase) {
    let scope = story(&database).await;
    let all = page(&scope, &PageRequest::first(23)).await.items;
    let between = PageRequest {
        limit: 10,
        after: Some(cursor(&all[3])),
        before: Some(cursor(&all[8])),
        from_end: false,
    };
    assert_eq!(seqs(&page(&scope, &between).await), [19, 18, 17, 16]);
    let from_end = PageRequest {
        limit: 2,
        from_end: true,
        ..between
    };
    assert_eq!(seqs(&page(&scope, &from_end).await), [17, 16]);
}

async fn a_cursor_whose_entry_is_gone_goes_on_behind_it(database: TestDatabase) {
    let scope = story(&database).await;
    let gone = HistoryCursor {
        occurred_at: at(3),
        event_seq: 1_000,
    };
    let request = PageRequest {
        after: Some(gone),
        ..PageRequest::first(2)
    };
    assert_eq!(seqs(&page(&scope, &request).await), [19, 18]);
    let request = PageRequest {
        before: Some(gone),
        from_end: true,
        ..PageRequest::first(2)
    };
    assert_eq!(seqs(&page(&scope, &request).await), [21, 20]);
}

async fn an_entry_is_added_once(database: TestDatabase) {
    let scope = story(&database).await;
    story(&database).await;
    let count = scope
        .count_history(&id("ana"), &HistoryFilter::default())
        .await;
    assert_eq!(count.expect("a count"), 23);
}

async fn tier_changes_page_in_the_order_of_the_history(database: TestDatabase) {
    let source = database.source();
    let mut changes: Vec<_> = (1..=7)
        .map(|seq| crate::facts::change(&source, "ana", seq, "a", "b"))
        .collect();
    for change in &mut changes {
        change.occurred_at = at(100 - change.event_seq / 2);
    }
    write(&database.store, async |tx| {
        tx.update_customers(vec![crate::messages::seen(&database, "ana")])
            .await?;
        tx.add_tier_changes(&changes).await
    })
    .await;
    let scope = database.store.scope(&source);
    let mut request = PageRequest::first(2);
    let mut walked = Vec::new();
    loop {
        let page = scope
            .tier_changes(&id("ana"), &request)
            .await
            .expect("a page");
        request.after = page
            .items
            .last()
            .map(laurel_store::TierChangeRecord::cursor);
        walked.extend(page.items);
        if !page.has_next {
            break;
        }
    }
    changes.sort_by_key(|change| std::cmp::Reverse((change.occurred_at, change.event_seq)));
    assert_eq!(walked, changes);
    assert_eq!(
        scope.count_tier_changes(&id("ana")).await.expect("a count"),
        7
    );
}
