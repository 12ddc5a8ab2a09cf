//! Messages to enqueue, customers to write to, and claims on them.

use std::time::Duration;

use laurel_payloads::{CustomerId, EventKind};
use laurel_store::{
    CustomerUpdate, NewMessage, OutboxClaim, OutboxGroup, OutboxOutcome, Profile, Store, TierStep,
};
use laurel_testkit::TestDatabase;
use uuid::Uuid;

pub(crate) const MAIL: &str = "mail";
pub(crate) const DAY: Duration = Duration::from_hours(24);

/// A claim of one worker: no settling, and a week until a message is stale.
pub(crate) const CLAIM: OutboxClaim<'static> = OutboxClaim {
    channel: MAIL,
    settle: Duration::ZERO,
    stale_after: Duration::from_hours(7 * 24),
    lease: Duration::from_mins(1),
    limit: 10,
    except: &[],
};

/// A message about the event at `seq`, due now.
pub(crate) fn message(database: &TestDatabase, customer: &str, seq: i64) -> NewMessage {
    let now = database.store.clock().now();
    let step = |level: i64| TierStep {
        tier_id: format!("t{level}").parse().ok(),
        name: Some(format!("Tier {level} \0")),
        #[expect(clippy::cast_precision_loss, reason = "a small number")]
        level: Some(level as f64 + 0.5),
    };
    NewMessage {
        source: database.source(),
        customer_id: id(customer),
        channel: MAIL.to_owned(),
        event_seq: seq,
        event_id: Uuid::from_u128(u128::try_from(seq).expect("a seq")),
        kind: EventKind::TierUpgrade,
        from: step(seq),
        to: step(seq + 1),
        triggered_by: Some("EVENT".to_owned()),
        received_at: now,
        due_at: now,
    }
}

pub(crate) fn id(customer: &str) -> CustomerId {
    customer.parse().expect("a customer's id")
}

/// Enqueues, and answers how many were new.
pub(crate) async fn enqueue(store: &Store, messages: &[NewMessage]) -> usize {
    let tx = store.begin().await.expect("a transaction");
    let new = tx.enqueue(messages).await.expect("an insert");
    tx.commit().await.expect("a commit");
    new
}

/// That an event about a customer was received now.
pub(crate) fn seen(database: &TestDatabase, customer: &str) -> CustomerUpdate {
    let now = database.store.clock().now();
    CustomerUpdate {
        source: database.source(),
        customer_id: id(customer),
        first_seen_at: now,
        last_seen_at: now,
        profile: None,
        wallet: None,
    }
}

/// Makes a customer known whose profile is the one given.
pub(crate) async fn know(database: &TestDatabase, customer: &str, profile: Profile) {
    let update = CustomerUpdate {
        profile: Some(profile),
        ..seen(database, customer)
    };
    let tx = database.store.begin().await.expect("a transaction");
    tx.update_customers(vec![update]).await.expect("an update");
    tx.commit().await.expect("a commit");
}

/// Makes a customer known who can be written to.
pub(crate) async fn address(database: &TestDatabase, customer: &str) {
    let profile = Profile {
        seq: 1,
        email: Some(format!("{customer}@example.com")),
        status: Some("ACTIVE".to_owned()),
        ..Profile::default()
    };
    know(database, customer, profile).await;
}

pub(crate) async fn claim(store: &Store, claim: &OutboxClaim<'_>) -> Vec<OutboxGroup> {
    store.claim_outbox(claim).await.expect("a claim")
}

/// The places in the log that a group's messages are about.
pub(crate) fn seqs(group: &OutboxGroup) -> Vec<i64> {
    group
        .messages
        .iter()
        .map(|message| message.event_seq)
        .collect()
}

/// Settles a group: all of its messages are sent. Answers whether the lease held.
pub(crate) async fn send(store: &Store, group: &OutboxGroup) -> bool {
    let outcomes: Vec<_> = group
        .messages
        .iter()
        .map(|message| (message.id, OutboxOutcome::Sent))
        .collect();
    let settled = store.settle_outbox(&group.lease, &outcomes, None).await;
    settled.expect("an answer")
}
