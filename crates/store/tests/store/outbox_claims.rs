//! What goes out next: one customer's messages at a time, in their order, once their address is known.

use std::time::Duration;

use laurel_store::{NewMessage, OutboxClaim, Profile};
use laurel_testkit::{TestDatabase, both_databases};

use crate::messages::{CLAIM, DAY, address, claim, enqueue, id, know, message, send, seqs};

both_databases!(
    an_event_has_one_message_a_channel,
    a_message_comes_back_as_it_was_written,
    messages_within_the_settle_window_go_out_together,
    without_a_settle_window_each_message_goes_out_alone,
    a_customers_messages_go_out_in_their_order,
    a_message_that_arrives_late_waits_for_the_one_that_is_under_way,
    a_message_waits_until_it_is_due,
    a_message_waits_for_an_address_until_it_is_stale,
    whoever_is_not_to_be_written_to_does_not_wait,
    a_claim_takes_no_more_customers_than_asked_for,
    channels_do_not_wait_for_each_other,
);

fn on_sms(message: &NewMessage) -> NewMessage {
    NewMessage {
        channel: "sms".to_owned(),
        ..message.clone()
    }
}

async fn an_event_has_one_message_a_channel(database: TestDatabase) {
    let store = &database.store;
    let first = message(&database, "ana", 1);
    let other = on_sms(&first);
    assert_eq!(
        enqueue(store, &[first.clone(), first.clone(), other]).await,
        2
    );
    assert_eq!(enqueue(store, std::slice::from_ref(&first)).await, 0);
    address(&database, "ana").await;
    let groups = claim(store, &CLAIM).await;
    assert!(send(store, &groups[0]).await);
    assert_eq!(enqueue(store, &[first]).await, 0, "whatever became of it");
    assert_eq!(store.outbox_pending("mail").await.expect("a count"), 0);
    assert_eq!(store.outbox_pending("sms").await.expect("a count"), 1);
}

async fn a_message_comes_back_as_it_was_written(database: TestDatabase) {
    let written = message(&database, "ana", 7);
    enqueue(&database.store, std::slice::from_ref(&written)).await;
    address(&database, "ana").await;
    let groups = claim(&database.store, &CLAIM).await;
    let read = &groups[0].messages[0];
    assert_eq!(read.source, written.source);
    assert_eq!(read.customer_id, written.customer_id);
    assert_eq!(read.event_id, written.event_id);
    assert_eq!(read.kind, written.kind);
    assert_eq!(read.from.tier_id, written.from.tier_id);
    assert_eq!(read.to.level, written.to.level);
    assert!(
        read.to
            .name
            .as_deref()
            .is_some_and(|name| !name.contains('\0'))
    );
    assert_eq!(read.triggered_by, written.triggered_by);
    assert_eq!(read.received_at, written.received_at);
    assert_eq!(read.attempts, 1);
    assert_eq!(read.first_attempted_at, None);
}

async fn messages_within_the_settle_window_go_out_together(database: TestDatabase) {
    let store = &database.store;
    address(&database, "ana").await;
    for (seq, wait) in [(1, 30), (2, 29), (3, 1), (4, 0)] {
        enqueue(store, &[message(&database, "ana", seq)]).await;
        database.clock.advance(Duration::from_secs(wait));
    }
    let settle = Duration::from_mins(1);
    let groups = claim(store, &OutboxClaim { settle, ..CLAIM }).await;
    assert_eq!(groups.len(), 1);
    assert_eq!(
        seqs(&groups[0]),
        [1, 2, 3],
        "the fourth came as the window ended"
    );
    assert_eq!(claim(store, &CLAIM).await.len(), 0);
    assert!(send(store, &groups[0]).await);
    let rest = claim(store, &CLAIM).await;
    assert_eq!(seqs(&rest[0]), [4]);
}

/// Posts that come at once may enter the log in another order than they were received in.
async fn without_a_settle_window_each_message_goes_out_alone(database: TestDatabase) {
    let store = &database.store;
    address(&database, "ana").await;
    let first = message(&database, "ana", 1);
    let mut second = message(&database, "ana", 2);
    second.received_at = first.received_at.saturating_sub(Duration::from_millis(1));
    enqueue(store, &[first, second]).await;
    for seq in [1, 2] {
        let groups = claim(store, &CLAIM).await;
        assert_eq!(seqs(&groups[0]), [seq]);
        assert!(send(store, &groups[0]).await);
    }
}

async fn a_customers_messages_go_out_in_their_order(database: TestDatabase) {
    let store = &database.store;
    address(&database, "ana").await;
    address(&database, "bob").await;
    let mut first = message(&database, "ana", 1);
    first.due_at = first.due_at.saturating_add(DAY);
    let rest = [message(&database, "ana", 2), message(&database, "bob", 3)];
    enqueue(store, &rest).await;
    enqueue(store, &[first]).await;
    let groups = claim(store, &CLAIM).await;
    assert_eq!(groups.len(), 1, "a later message does not overtake");
    assert_eq!(groups[0].messages[0].customer_id, id("bob"));
    database.clock.advance(DAY);
    for seq in [1, 2] {
        let groups = claim(store, &CLAIM).await;
        assert_eq!(groups.len(), 1);
        assert_eq!(seqs(&groups[0]), [seq]);
        assert!(send(store, &groups[0]).await);
    }
}

async fn a_message_that_arrives_late_waits_for_the_one_that_is_under_way(database: TestDatabase) {
    let store = &database.store;
    address(&database, "ana").await;
    enqueue(store, &[message(&database, "ana", 5)]).await;
    let under_way = claim(store, &CLAIM).await;
    enqueue(store, &[message(&database, "ana", 4)]).await;
    assert_eq!(claim(store, &CLAIM).await.len(), 0);
    assert!(send(store, &under_way[0]).await);
    assert_eq!(seqs(&claim(store, &CLAIM).await[0]), [4]);
}

async fn a_message_waits_until_it_is_due(database: TestDatabase) {
    let store = &database.store;
    address(&database, "ana").await;
    let mut later = message(&database, "ana", 1);
    later.due_at = later.due_at.saturating_add(DAY);
    let due_at = later.due_at;
    enqueue(store, &[later]).await;
    assert_eq!(claim(store, &CLAIM).await.len(), 0);
    let due = store.next_outbox_due("mail").await.expect("an answer");
    assert_eq!(due, Some(due_at));
    assert_eq!(store.next_outbox_due("sms").await.expect("an answer"), None);
    database.clock.advance(DAY);
    assert_eq!(claim(store, &CLAIM).await.len(), 1);
}

async fn a_message_waits_for_an_address_until_it_is_stale(database: TestDatabase) {
    let store = &database.store;
    let no_address = Profile {
        seq: 1,
        name: Some("Ana".to_owned()),
        status: Some("ACTIVE".to_owned()),
        is_anonymous: Some(false),
        ..Profile::default()
    };
    know(&database, "ana", no_address).await;
    let waiting = ["ana", "unknown"];
    for (seq, customer) in (1..).zip(waiting) {
        enqueue(store, &[message(&database, customer, seq)]).await;
    }
    assert_eq!(claim(store, &CLAIM).await.len(), 0);
    assert_eq!(store.outbox_pending("mail").await.expect("a count"), 2);
    database
        .clock
        .advance(CLAIM.stale_after.saturating_sub(Duration::from_secs(1)));
    assert_eq!(claim(store, &CLAIM).await.len(), 0);
    let found = Profile {
        seq: 2,
        email: Some("ana@example.com".to_owned()),
        ..Profile::default()
    };
    know(&database, "ana", found).await;
    let groups = claim(store, &CLAIM).await;
    assert_eq!(seqs(&groups[0]), [1]);
    database.clock.advance(Duration::from_secs(1));
    let groups = claim(store, &CLAIM).await;
    assert_eq!(seqs(&groups[0]), [2], "stale: to be skipped");
}

async fn whoever_is_not_to_be_written_to_does_not_wait(database: TestDatabase) {
    let store = &database.store;
    let anonymous = Profile {
        seq: 1,
        is_anonymous: Some(true),
        ..Profile::default()
    };
    know(&database, "guest", anonymous).await;
    let inactive = Profile {
        seq: 1,
        status: Some("INACTIVE".to_owned()),
        ..Profile::default()
    };
    know(&database, "gone", inactive).await;
    let messages = [
        message(&database, "guest", 1),
        message(&database, "gone", 2),
    ];
    enqueue(store, &messages).await;
    assert_eq!(claim(store, &CLAIM).await.len(), 2);
}

async fn a_claim_takes_no_more_customers_than_asked_for(database: TestDatabase) {
    let store = &database.store;
    for (seq, customer) in (1..).zip(["ana", "bob", "eve"]) {
        address(&database, customer).await;
        enqueue(store, &[message(&database, customer, seq)]).await;
    }
    assert_eq!(
        claim(store, &OutboxClaim { limit: 2, ..CLAIM }).await.len(),
        2
    );
    assert_eq!(claim(store, &CLAIM).await.len(), 1);
}

async fn channels_do_not_wait_for_each_other(database: TestDatabase) {
    let store = &database.store;
    address(&database, "ana").await;
    let mail = message(&database, "ana", 1);
    let sms = on_sms(&mail);
    enqueue(store, &[mail, sms]).await;
    assert_eq!(claim(store, &CLAIM).await.len(), 1);
    let sms = OutboxClaim {
        channel: "sms",
        ..CLAIM
    };
    assert_eq!(claim(store, &sms).await.len(), 1);
}
