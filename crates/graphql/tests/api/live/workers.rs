//! Nothing is left out, though workers commit side by side and connections break at any moment.

use std::collections::BTreeMap;

use laurel_payloads::{CustomerId, EventKind};
use laurel_store::{CustomerUpdate, NewEntry, Store};
use laurel_testkit::{TestDatabase, both_databases};
use serde_json::{Value, json};
use uuid::Uuid;

use super::socket::Server;
use crate::client::Api;

both_databases!(
    d34_no_update_is_left_out_while_workers_commit_side_by_side_and_connections_are_killed,
);

const WORKERS: i64 = 4;
const EACH: i64 = 120;

/// What a worker of another copy does with an event: it enters it, and tells of it.
async fn enter(store: &Store, database: &TestDatabase, seq: i64) {
    let now = store.clock().now();
    let customer_id: CustomerId = format!("c{}", seq % 7).parse().unwrap();
    let entry = NewEntry {
        source: database.source(),
        customer_id: customer_id.clone(),
        event_id: Uuid::from_u128(u128::try_from(seq).unwrap()),
        event_seq: seq,
        kind: EventKind::CouponRedemption,
        occurred_at: now,
        received_at: now,
        behavior_event_id: None,
    };
    let customer = CustomerUpdate {
        source: database.source(),
        customer_id,
        first_seen_at: now,
        last_seen_at: now,
        profile: None,
        wallet: None,
    };
    let tx = store.begin().await.unwrap();
    tx.update_customers(vec![customer]).await.unwrap();
    tx.add_entries(std::slice::from_ref(&entry)).await.unwrap();
    if seq % 3 == 0 {
        tokio::task::yield_now().await;
    }
    tx.feed(&[entry]).await.unwrap();
    tx.commit().await.unwrap();
}

async fn d34_no_update_is_left_out_while_workers_commit_side_by_side_and_connections_are_killed(
    database: TestDatabase,
) {
    let api = Api::new(database).await;
    let database = &api.app.database;
    let server = Server::of(&api).await;
    let mut stores = Vec::new();
    for _ in 0..WORKERS {
        stores.push(database.another_store().await);
    }
    let work = stores.iter().zip(0..).map(|(store, worker)| async move {
        for number in 0..EACH {
            enter(store, database, number * WORKERS + worker + 1).await;
        }
    });
    let work = futures_util::future::join_all(work);

    let follow = async {
        let mut seen = BTreeMap::<String, usize>::new();
        let mut cursor = json!("ZjAlswNzh3MfD0");
        let query = "subscription($after: String) { historyEntryAdded(after: $after) { cursor node { id } } }";
        let all = usize::try_from(WORKERS * EACH).unwrap();
        for life in 1_usize.. {
            let mut socket = server.opened(&api.key).await;
            socket
                .subscribe("a", query, json!({ "after": cursor }))
                .await;
            // Each connection is killed after some more updates than the one before it.
            for _ in 0..life * 3 {
                let update = socket.update("historyEntryAdded").await;
                cursor = update["cursor"].clone();
                let id = Value::as_str(&update["node"]["id"]).unwrap().to_owned();
                *seen.entry(id).or_default() += 1;
                if seen.len() == all {
                    return seen;
                }
            }
        }
        seen
    };
    let ((), seen) = futures_util::future::join(async { drop(work.await) }, follow).await;
    assert_eq!(seen.len(), usize::try_from(WORKERS * EACH).unwrap());
    let repeats = seen.values().filter(|&&times| times > 1).count();
    assert_eq!(repeats, 0, "a cursor that was read is not told again");
}
