//! Messages whose customers have no address yet: claims do not walk past them, and none is forgotten.

use std::time::Duration;

use laurel_store::{CustomerUpdate, Profile};
use laurel_testkit::{TestDatabase, both_databases};
use sea_orm::DbBackend;

use crate::messages::{CLAIM, address, claim, enqueue, id, know, message, seen, send, seqs};
use crate::raw;

both_databases!(
    those_who_wait_stand_aside_until_their_profile_comes,
    an_address_that_is_about_to_be_known_is_not_missed,
    those_who_have_waited_for_too_long_come_back_to_be_skipped,
);

/// How many messages stand aside.
async fn aside(database: &TestDatabase) -> i64 {
    raw::value(
        &database.store,
        "SELECT count(*) AS n FROM outbox WHERE waiting",
    )
    .await
}

async fn fill(database: &TestDatabase, customers: i64) {
    let message = |seq| message(database, &format!("imported{seq}"), seq);
    let messages: Vec<_> = (1..=customers).map(message).collect();
    enqueue(&database.store, &messages).await;
    database.clock.advance(Duration::from_mins(1));
}

async fn those_who_wait_stand_aside_until_their_profile_comes(database: TestDatabase) {
    let store = &database.store;
    fill(&database, 500).await;
    address(&database, "ana").await;
    enqueue(store, &[message(&database, "ana", 1_000)]).await;
    let groups = claim(store, &CLAIM).await;
    assert_eq!(
        seqs(&groups[0]),
        [1_000],
        "found behind five hundred who wait"
    );
    assert!(send(store, &groups[0]).await);
    assert_eq!(aside(&database).await, 500);
    assert_eq!(store.outbox_pending("mail").await.expect("a count"), 500);
    assert_eq!(
        store.next_outbox_due("mail").await.expect("an answer"),
        None
    );
    let nameless = Profile {
        seq: 1,
        name: Some("Ana".to_owned()),
        ..Profile::default()
    };
    know(&database, "imported7", nameless).await;
    assert_eq!(
        aside(&database).await,
        499,
        "looked at again, whatever the profile says"
    );
    assert_eq!(claim(store, &CLAIM).await.len(), 0);
    assert_eq!(aside(&database).await, 500);
    address(&database, "imported8").await;
    let groups = claim(store, &CLAIM).await;
    assert_eq!((groups.len(), seqs(&groups[0])), (1, vec![8]));
}

async fn an_address_that_is_about_to_be_known_is_not_missed(database: TestDatabase) {
    let store = &database.store;
    fill(&database, 3).await;
    let tx = store.begin().await.expect("a transaction");
    if raw::backend(&tx) == DbBackend::Sqlite {
        // There is one writer: nobody sets anything aside while another transaction is open.
        tx.rollback().await.expect("a rollback");
        return address_after_the_claim(&database).await;
    }
    let update = CustomerUpdate {
        profile: Some(Profile {
            seq: 1,
            email: Some("ana@example.com".to_owned()),
            ..Profile::default()
        }),
        ..seen(&database, "imported2")
    };
    tx.update_customers(vec![update]).await.expect("an update");
    let other = database.another_store().await;
    assert_eq!(claim(&other, &CLAIM).await.len(), 0, "not committed yet");
    assert_eq!(
        aside(&database).await,
        2,
        "the one that is being told of is left alone"
    );
    tx.commit().await.expect("a commit");
    assert_eq!(seqs(&claim(&other, &CLAIM).await[0]), [2]);
}

async fn address_after_the_claim(database: &TestDatabase) {
    assert_eq!(claim(&database.store, &CLAIM).await.len(), 0);
    assert_eq!(aside(database).await, 3);
    address(database, "imported2").await;
    let groups = claim(&database.store, &CLAIM).await;
    assert_eq!(groups[0].messages[0].customer_id, id("imported2"));
}

async fn those_who_have_waited_for_too_long_come_back_to_be_skipped(database: TestDatabase) {
    let store = &database.store;
    fill(&database, 3).await;
    assert_eq!(claim(store, &CLAIM).await.len(), 0);
    assert_eq!(aside(&database).await, 3);
    database.clock.advance(CLAIM.stale_after);
    assert_eq!(claim(store, &CLAIM).await.len(), 3);
}
