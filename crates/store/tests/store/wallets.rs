//! Balances are the newest wallet's; what is reserved of them is what was neither redeemed nor released.

use laurel_payloads::EventKind;
use laurel_store::{BalanceRecord, NewLine};
use laurel_testkit::{TestDatabase, both_databases};

use crate::facts::{amount, at, line, wallet, write};
use crate::messages::id;

both_databases!(
    the_wallet_of_the_highest_seq_counts_in_any_order,
    a_reward_that_the_newest_wallet_does_not_list_is_gone,
    amounts_are_exact_up_to_their_ends,
    a_reservation_is_open_until_it_is_released_or_redeemed,
    reservations_are_told_apart_by_campaign_and_issue_time,
    a_reservation_without_an_issue_time_is_released_too,
    what_is_reserved_ends_by_itself_and_is_never_negative,
    a_long_history_of_reservations_is_summed_in_time,
);

use EventKind::{CustomerRedemption, RewardsReservation, RewardsReservationCancelled};

async fn balances(database: &TestDatabase) -> Vec<BalanceRecord> {
    let scope = database.store.scope(&database.source());
    scope
        .balances(&[id("ana"), id("bob")])
        .await
        .expect("balances")
}

async fn totals(database: &TestDatabase) -> Vec<(String, String)> {
    let balances = balances(database).await;
    let total = |of: &BalanceRecord| (of.reward_id.to_string(), of.total.to_string());
    balances.iter().map(total).collect()
}

async fn show(database: &TestDatabase, seq: i64, balances: &[(&str, &str)]) {
    let update = wallet(database, "ana", seq, balances);
    write(&database.store, async |tx| {
        tx.update_customers(vec![update]).await
    })
    .await;
}

async fn the_wallet_of_the_highest_seq_counts_in_any_order(database: TestDatabase) {
    for seq in [2, 1, 4, 4, 3] {
        show(&database, seq, &[("points", &seq.to_string())]).await;
    }
    assert_eq!(
        totals(&database).await,
        [("points".to_owned(), "4".to_owned())]
    );
    let scope = database.store.scope(&database.source());
    let customer = scope.customer(&id("ana")).await.expect("an answer");
    assert_eq!(customer.expect("a customer").wallet, Some((4, at(4))));
}

async fn a_reward_that_the_newest_wallet_does_not_list_is_gone(database: TestDatabase) {
    show(&database, 1, &[("coffee", "1"), ("points", "10")]).await;
    show(&database, 3, &[("points", "9")]).await;
    show(&database, 2, &[("coffee", "2"), ("points", "8")]).await;
    assert_eq!(
        totals(&database).await,
        [("points".to_owned(), "9".to_owned())]
    );
    show(&database, 4, &[]).await;
    assert_eq!(totals(&database).await, []);
}

async fn amounts_are_exact_up_to_their_ends(database: TestDatabase) {
    let exact = [
        ("a", "9007199254.740993"),
        ("b", "-9200000000000"),
        ("c", "9200000000000"),
        ("d", "0.000001"),
        ("e", "-0.1"),
    ];
    show(&database, 1, &exact).await;
    let written = exact.map(|(reward, total)| (reward.to_owned(), total.to_owned()));
    assert_eq!(totals(&database).await, written);
}

fn held(database: &TestDatabase, seq: i64, kind: EventKind, sum: &str) -> NewLine {
    NewLine {
        issued_at: Some(at(1)),
        campaign_id: "c".parse().ok(),
        ..line(&database.source(), "ana", kind, seq, sum)
    }
}

/// What is reserved of `points` after these lines, written in this and in the reverse order.
async fn reserved(database: &TestDatabase, lines: &[NewLine]) -> String {
    show(database, 1, &[("points", "100")]).await;
    let mut either = Vec::new();
    for reversed in [false, true] {
        write(&database.store, async |tx| {
            if reversed {
                for line in lines.iter().rev() {
                    tx.add_lines(std::slice::from_ref(line)).await?;
                }
                return Ok(());
            }
            tx.add_lines(lines).await
        })
        .await;
        either.push(balances(database).await[0].reserved);
        for table in ["reward_lines", "holds"] {
            crate::raw::run(&database.store, &format!("DELETE FROM {table}")).await;
        }
    }
    assert_eq!(either[0], either[1]);
    either[0].to_string()
}

async fn a_reservation_is_open_until_it_is_released_or_redeemed(database: TestDatabase) {
    let open = held(&database, 1, RewardsReservation, "50");
    assert_eq!(reserved(&database, &[]).await, "0");
    assert_eq!(reserved(&database, std::slice::from_ref(&open)).await, "50");
    let part = held(&database, 2, CustomerRedemption, "-20.5");
    assert_eq!(
        reserved(&database, &[open.clone(), part.clone()]).await,
        "29.5"
    );
    let rest = held(&database, 3, RewardsReservationCancelled, "-29.5");
    assert_eq!(reserved(&database, &[open, part, rest]).await, "0");
}

async fn reservations_are_told_apart_by_campaign_and_issue_time(database: TestDatabase) {
    let open = held(&database, 1, RewardsReservation, "50");
    let mut other = held(&database, 2, RewardsReservation, "7");
    other.issued_at = Some(at(2));
    let mut third = held(&database, 3, RewardsReservation, "1");
    third.campaign_id = None;
    let mut released = held(&database, 4, RewardsReservationCancelled, "-50");
    let all = [open, other, third, released.clone()];
    assert_eq!(reserved(&database, &all).await, "8");
    released.campaign_id = None;
    let [open, other, third, _] = all;
    let all = [open, other, third, released];
    assert_eq!(
        reserved(&database, &all).await,
        "57",
        "more than there was of the third"
    );
}

async fn a_reservation_without_an_issue_time_is_released_too(database: TestDatabase) {
    let mut open = held(&database, 1, RewardsReservation, "50");
    open.issued_at = None;
    let mut released = held(&database, 2, RewardsReservationCancelled, "-50");
    released.issued_at = None;
    assert_eq!(reserved(&database, &[open, released]).await, "0");
}

async fn what_is_reserved_ends_by_itself_and_is_never_negative(database: TestDatabase) {
    let now = database.store.clock().now();
    let mut ended = held(&database, 1, RewardsReservation, "50");
    ended.reservation_expires_at = Some(now);
    let mut open = ended.clone();
    open.line = 1;
    open.amount = amount("3");
    open.reservation_expires_at = Some(at(now.micros() + 1));
    assert_eq!(reserved(&database, &[ended, open]).await, "3");
    let twice = [2, 3].map(|seq| held(&database, seq, RewardsReservationCancelled, "-50"));
    let open = held(&database, 1, RewardsReservation, "50");
    let [once, again] = twice;
    assert_eq!(reserved(&database, &[open, once, again]).await, "0");
}

async fn a_long_history_of_reservations_is_summed_in_time(database: TestDatabase) {
    show(&database, 1, &[("points", "100")]).await;
    let source = database.source();
    let of = |kind, seq, sum, issued_at| NewLine {
        issued_at: Some(at(issued_at)),
        ..line(&source, "ana", kind, seq, sum)
    };
    let mut lines: Vec<_> = (1..=8_000)
        .map(|seq| of(EventKind::CustomerAccumulation, seq, "1", seq))
        .collect();
    lines.extend((1..=2_000).map(|hold| of(RewardsReservation, 10_000 + hold, "1", hold)));
    lines.extend((1..=1_990).map(|hold| of(CustomerRedemption, 20_000 + hold, "-1", hold)));
    write(&database.store, async |tx| tx.add_lines(&lines).await).await;
    // PostgreSQL ends a read after three seconds, which a walk through all lines for each of them would take.
    assert_eq!(
        balances(&database).await[0].reserved,
        laurel_payloads::Sum::from(amount("10"))
    );
}
