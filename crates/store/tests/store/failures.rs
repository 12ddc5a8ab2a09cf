//! A behavior event that fails again and again is one entry, in whatever order its failures are handled.

use laurel_payloads::EventKind;
use laurel_store::{HistoryEntryRecord, HistoryFilter, NewEntry, PageRequest};
use laurel_testkit::{TestDatabase, both_databases};

use crate::facts::{at, entry, write};
use crate::messages::id;

both_databases!(
    failures_fold_into_one_entry_in_any_order,
    a_failure_that_is_handled_again_is_not_counted_again,
    failures_of_others_are_entries_of_their_own,
    a_failure_without_an_id_stands_alone,
);

fn failure(database: &TestDatabase, customer: &str, of: &str, seq: i64, time: i64) -> NewEntry {
    let kind = EventKind::BehaviorEventFailed;
    NewEntry {
        behavior_event_id: of.parse().ok(),
        ..entry(&database.source(), customer, kind, seq, time)
    }
}

async fn handle(database: &TestDatabase, entries: &[NewEntry]) {
    write(&database.store, async |tx| tx.add_entries(entries).await).await;
}

async fn history(database: &TestDatabase) -> Vec<HistoryEntryRecord> {
    let scope = database.store.scope(&database.source());
    let page = PageRequest::first(50);
    let page = scope
        .history(&id("ana"), &HistoryFilter::default(), &page)
        .await;
    page.expect("a page").items
}

async fn failures_fold_into_one_entry_in_any_order(database: TestDatabase) {
    // By place in the log; the time of the last is not the latest.
    let failures = [(1, 100), (2, 300), (3, 200)]
        .map(|(seq, time)| failure(&database, "ana", "e1", seq, time));
    for order in [
        [0, 1, 2],
        [0, 2, 1],
        [1, 0, 2],
        [1, 2, 0],
        [2, 0, 1],
        [2, 1, 0],
    ] {
        for index in order {
            handle(&database, std::slice::from_ref(&failures[index])).await;
        }
        let history = history(&database).await;
        assert_eq!(history.len(), 1, "{order:?}");
        let folded = &history[0];
        assert_eq!(folded.event_seq, 1, "{order:?}");
        assert_eq!(folded.event_id, failures[0].event_id);
        assert_eq!((folded.occurred_at, folded.received_at), (at(100), at(101)));
        assert_eq!((folded.attempts, folded.last_occurred_at), (3, at(300)));
        write(&database.store, async |tx| tx.clear_history().await).await;
    }
}

async fn a_failure_that_is_handled_again_is_not_counted_again(database: TestDatabase) {
    let failures = [1, 2].map(|seq| failure(&database, "ana", "e1", seq, seq));
    for _ in 0..3 {
        handle(&database, &failures).await;
        handle(&database, &failures[..1]).await;
    }
    assert_eq!(history(&database).await[0].attempts, 2);
}

async fn failures_of_others_are_entries_of_their_own(database: TestDatabase) {
    let kind = EventKind::BehaviorEventFulfilled;
    let fulfilled = NewEntry {
        behavior_event_id: "e1".parse().ok(),
        ..entry(&database.source(), "ana", kind, 4, 4)
    };
    let again = NewEntry {
        behavior_event_id: "e1".parse().ok(),
        ..entry(&database.source(), "ana", kind, 5, 5)
    };
    let entries = [
        failure(&database, "ana", "e1", 1, 1),
        failure(&database, "ana", "e2", 2, 2),
        failure(&database, "bob", "e1", 3, 3),
        fulfilled,
        again,
    ];
    handle(&database, &entries).await;
    let history = history(&database).await;
    let seqs: Vec<_> = history
        .iter()
        .map(|entry| (entry.event_seq, entry.attempts))
        .collect();
    assert_eq!(seqs, [(5, 1), (4, 1), (2, 1), (1, 1)]);
}

async fn a_failure_without_an_id_stands_alone(database: TestDatabase) {
    let mut failures = [1, 2].map(|seq| failure(&database, "ana", "e1", seq, seq));
    for failure in &mut failures {
        failure.behavior_event_id = None;
    }
    handle(&database, &failures).await;
    handle(&database, &failures).await;
    assert_eq!(history(&database).await.len(), 2);
}
