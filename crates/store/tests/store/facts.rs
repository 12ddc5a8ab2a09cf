//! What a projection writes: entries, lines and wallets, made with few words.

use laurel_payloads::{Amount, EventKind, Timestamp};
use laurel_store::{
    BalanceLine, CustomerUpdate, NewEntry, NewLine, Source, Store, TierChangeRecord, TierStep, Tx,
    WalletSnapshot,
};
use laurel_testkit::TestDatabase;
use uuid::Uuid;

use crate::messages::{id, seen};

/// Writes in a transaction of its own.
pub(crate) async fn write(store: &Store, write: impl AsyncFnOnce(&Tx) -> laurel_store::Result<()>) {
    let tx = store.begin().await.expect("a transaction");
    write(&tx).await.expect("a write");
    tx.commit().await.expect("a commit");
}

pub(crate) fn at(micros: i64) -> Timestamp {
    Timestamp::from_micros(micros)
}

pub(crate) fn amount(text: &str) -> Amount {
    text.parse().expect("an amount")
}

pub(crate) fn entry(
    source: &Source,
    customer: &str,
    kind: EventKind,
    seq: i64,
    time: i64,
) -> NewEntry {
    NewEntry {
        source: source.clone(),
        customer_id: id(customer),
        event_id: event_id(seq),
        event_seq: seq,
        kind,
        occurred_at: at(time),
        received_at: at(time + 1),
        behavior_event_id: None,
    }
}

/// An event's id, made of its place in the log.
pub(crate) fn event_id(seq: i64) -> Uuid {
    Uuid::from_u128(u128::try_from(seq).expect("a seq"))
}

/// A line of reward `points` and brand `cafe`, issued when it occurred.
pub(crate) fn line(
    source: &Source,
    customer: &str,
    kind: EventKind,
    seq: i64,
    sum: &str,
) -> NewLine {
    NewLine {
        source: source.clone(),
        customer_id: id(customer),
        event_seq: seq,
        line: 0,
        kind,
        occurred_at: at(seq),
        reward_id: "points".parse().expect("an id"),
        brand_id: "cafe".parse().ok(),
        campaign_id: None,
        amount: amount(sum),
        issued_at: Some(at(seq)),
        expires_at: None,
        reservation_expires_at: None,
    }
}

/// What a wallet held when the event at `seq` happened.
pub(crate) fn wallet(
    database: &TestDatabase,
    customer: &str,
    seq: i64,
    balances: &[(&str, &str)],
) -> CustomerUpdate {
    let balances = balances.iter().map(|(reward, total)| BalanceLine {
        reward_id: reward.parse().expect("an id"),
        total: amount(total),
        expires_at: Some(at(seq)),
    });
    CustomerUpdate {
        wallet: Some(WalletSnapshot {
            seq,
            as_of: at(seq),
            balances: balances.collect(),
        }),
        ..seen(database, customer)
    }
}

/// A change of tier, at the time of its place in the log.
pub(crate) fn change(
    source: &Source,
    customer: &str,
    seq: i64,
    from: &str,
    to: &str,
) -> TierChangeRecord {
    let step = |tier: &str| TierStep {
        tier_id: tier.parse().ok(),
        name: Some(tier.to_uppercase()),
        level: Some(1.5),
    };
    TierChangeRecord {
        source: source.clone(),
        customer_id: id(customer),
        event_seq: seq,
        event_id: event_id(seq),
        kind: EventKind::TierUpgrade,
        occurred_at: at(seq),
        received_at: at(seq),
        from: step(from),
        to: step(to),
        triggered_by: Some("EVENT".to_owned()),
        trigger_event_id: "e1".parse().ok(),
        trigger_event_type: Some("PURCHASE".to_owned()),
    }
}
