//! What is reserved is what a fold over all lines says, in whatever order they came, at whatever moment it is asked for.

use std::collections::{BTreeMap, HashMap};

use laurel_payloads::{Amount, CampaignId, EventKind, RewardId, Sum, Timestamp};
use laurel_store::{Moment, NewLine, OldestHold};
use laurel_testkit::{TestDatabase, run};
use proptest::prelude::*;

use crate::facts::{at, wallet, write};
use crate::messages::id;

const KINDS: [EventKind; 4] = [
    EventKind::RewardsReservation,
    EventKind::RewardsReservationCancelled,
    EventKind::CustomerRedemption,
    EventKind::CustomerAccumulation,
];
const CUSTOMERS: usize = 4;
/// How far from now anything happens, in microseconds.
const SPAN: i64 = 20;

/// One line, its times counted from now.
#[derive(Debug, Clone)]
struct Drawn {
    customer: usize,
    seq: i64,
    kind: usize,
    reward: usize,
    campaign: Option<usize>,
    issued: Option<i64>,
    sum: i64,
    occurred: i64,
    ends: Option<i64>,
    /// Decides when it is written.
    turn: u32,
}

/// Small sums, and those whose sum has no room where they have.
fn sums() -> impl Strategy<Value = i64> {
    let most = 9_200_000_000_000_000_000;
    prop_oneof![8 => -3_i64..6, 1 => Just(most), 1 => Just(-most)]
}

fn drawn() -> impl Strategy<Value = Drawn> {
    let which = (0..CUSTOMERS, 1_i64..40, 0..KINDS.len(), 0..2_usize);
    let hold = (prop::option::of(0..2_usize), prop::option::of(0_i64..3));
    let times = (-SPAN..SPAN, prop::option::of(-SPAN..SPAN), any::<u32>());
    (which, hold, sums(), times).prop_map(
        |((customer, seq, kind, reward), (campaign, issued), sum, (occurred, ends, turn))| Drawn {
            customer,
            seq,
            kind,
            reward,
            campaign,
            issued,
            sum,
            occurred,
            ends,
            turn,
        },
    )
}

fn customer(number: usize) -> String {
    format!("c{number}")
}

fn lines(database: &TestDatabase, drawn: &[Drawn]) -> Vec<NewLine> {
    let now = database.store.clock().now().micros();
    let line = |(number, drawn): (i64, &Drawn)| NewLine {
        source: database.source(),
        customer_id: id(&customer(drawn.customer)),
        event_seq: drawn.seq,
        line: number,
        kind: KINDS[drawn.kind],
        occurred_at: at(now + drawn.occurred),
        reward_id: format!("r{}", drawn.reward).parse().expect("an id"),
        brand_id: None,
        campaign_id: drawn
            .campaign
            .map(|it| format!("c{it}").parse().expect("an id")),
        amount: Amount::from_millionths(drawn.sum),
        issued_at: drawn.issued.map(at),
        expires_at: None,
        reservation_expires_at: drawn.ends.map(|ends| at(now + ends)),
    };
    (0..).zip(drawn).map(line).collect()
}

/// What is open of each hold of a customer's after an event, at a time.
fn open<'a>(
    lines: &'a [NewLine],
    customer: &str,
    seq: i64,
    time: Timestamp,
) -> BTreeMap<(&'a str, Option<&'a str>, Option<Timestamp>), Sum> {
    let mut holds = BTreeMap::<_, Sum>::new();
    for line in lines {
        let counts = match line.kind {
            EventKind::RewardsReservation => {
                line.reservation_expires_at.is_none_or(|ends| ends > time)
            }
            EventKind::CustomerAccumulation => false,
            _ => line.amount < Amount::ZERO,
        };
        if counts && line.customer_id.as_str() == customer && line.event_seq <= seq {
            let campaign = line.campaign_id.as_ref().map(CampaignId::as_str);
            let hold = (line.reward_id.as_str(), campaign, line.issued_at);
            let sum = holds.entry(hold).or_default();
            *sum = *sum + line.amount.into();
        }
    }
    holds.retain(|_, held| *held > Sum::ZERO);
    holds
}

fn by_reward(
    lines: &[NewLine],
    customer: &str,
    seq: i64,
    time: Timestamp,
) -> HashMap<RewardId, Sum> {
    let mut sums = HashMap::new();
    for ((reward, ..), held) in open(lines, customer, seq, time) {
        let sum = sums
            .entry(reward.parse().expect("an id"))
            .or_insert(Sum::ZERO);
        *sum = *sum + held;
    }
    sums
}

fn oldest(lines: &[NewLine], now: Timestamp) -> Option<Timestamp> {
    let holds = (0..CUSTOMERS).map(customer).flat_map(|customer| {
        let held = open(lines, &customer, i64::MAX, now).into_keys();
        let keys: Vec<_> = held.collect();
        let of_hold = |line: &&NewLine| {
            let campaign = line.campaign_id.as_ref().map(CampaignId::as_str);
            line.kind == EventKind::RewardsReservation
                && line.customer_id.as_str() == customer
                && keys.contains(&(line.reward_id.as_str(), campaign, line.issued_at))
        };
        let times = lines.iter().filter(of_hold).map(|line| line.occurred_at);
        times.collect::<Vec<_>>()
    });
    holds.min()
}

async fn write_in_turns(database: &TestDatabase, drawn: &[Drawn], lines: &[NewLine], batch: usize) {
    for number in 0..CUSTOMERS {
        let seen = wallet(database, &customer(number), 1, &[("r0", "1"), ("r1", "1")]);
        write(&database.store, async |tx| {
            tx.update_customers(vec![seen]).await
        })
        .await;
    }
    let mut turns: Vec<_> = drawn.iter().zip(lines).collect();
    turns.sort_by_key(|(drawn, _)| drawn.turn);
    let turns: Vec<NewLine> = turns.into_iter().map(|(_, line)| line.clone()).collect();
    for part in turns.chunks(batch) {
        write(&database.store, async |tx| tx.add_lines(part).await).await;
    }
    // And once more, which changes nothing.
    write(&database.store, async |tx| {
        tx.add_lines(&turns[..turns.len() / 2]).await
    })
    .await;
}

/// Moments in the histories of all customers, around now.
fn moments(now: Timestamp) -> Vec<Moment> {
    let moment = |number, event_seq, offset| Moment {
        customer_id: id(&customer(number)),
        event_seq,
        occurred_at: at(now.micros() + offset),
    };
    let seqs = [1, 7, 20, 33, 40];
    (0..CUSTOMERS)
        .flat_map(|number| seqs.map(|seq| [-9, 0, 9].map(|offset| moment(number, seq, offset))))
        .flatten()
        .collect()
}

async fn is_what_the_fold_says(database: TestDatabase, drawn: Vec<Drawn>, batch: usize) {
    let lines = lines(&database, &drawn);
    write_in_turns(&database, &drawn, &lines, batch).await;
    let scope = database.store.scope(&database.source());
    let now = database.store.clock().now();

    let moments = moments(now);
    let together = scope.reserved_after(&moments).await.expect("an answer");
    for moment in &moments {
        let customer = moment.customer_id.as_str();
        let expected = by_reward(&lines, customer, moment.event_seq, moment.occurred_at);
        assert_eq!(together[moment], expected, "{moment:?}");
        let alone = scope.reserved_after(std::slice::from_ref(moment)).await;
        assert_eq!(alone.expect("an answer")[moment], expected, "{moment:?}");
    }
    for name in (0..CUSTOMERS).map(customer) {
        let expected = by_reward(&lines, &name, i64::MAX, now);
        for balance in scope.balances(&[id(&name)]).await.expect("balances") {
            let expected = expected.get(&balance.reward_id).copied();
            assert_eq!(balance.reserved, expected.unwrap_or_default(), "{name}");
        }
    }
    let expected = oldest(&lines, now).map(|since| OldestHold {
        source: database.source(),
        since,
    });
    let found = database.store.oldest_holds().await.expect("an answer");
    assert_eq!(found, Vec::from_iter(expected));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10, max_shrink_iters: 64, ..ProptestConfig::default() })]

    #[test]
    fn what_is_reserved_is_what_a_fold_over_all_lines_says_on_sqlite(
        drawn in prop::collection::vec(drawn(), 1..120), batch in 1..9_usize,
    ) {
        run(async move { is_what_the_fold_says(TestDatabase::sqlite().await, drawn, batch).await });
    }

    #[test]
    fn what_is_reserved_is_what_a_fold_over_all_lines_says_on_postgres(
        drawn in prop::collection::vec(drawn(), 1..120), batch in 1..9_usize,
    ) {
        run(async move { is_what_the_fold_says(TestDatabase::postgres().await, drawn, batch).await });
    }
}
