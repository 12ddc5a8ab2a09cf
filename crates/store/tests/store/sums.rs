//! Sums of movements are exact, on both databases alike.

use std::time::Duration;

use laurel_payloads::{EventKind, Sum};
use laurel_store::{Interval, NewLine, Scope};
use laurel_testkit::{TestDatabase, both_databases};
use tokio::time::timeout;

use crate::facts::{amount, at, line, write};
use crate::messages::id;

both_databases!(
    a_tenth_and_two_tenths_are_three_tenths,
    a_redemption_is_a_positive_sum_and_a_reservation_none,
    an_interval_ends_before_its_end,
    a_hundred_intervals_of_a_long_history_are_summed_in_time,
);

use EventKind::{CustomerAccumulation, CustomerRedemption, RewardsReservation};

async fn add(database: &TestDatabase, lines: &[NewLine]) -> Scope {
    write(&database.store, async |tx| tx.add_lines(lines).await).await;
    database.store.scope(&database.source())
}

async fn a_tenth_and_two_tenths_are_three_tenths(database: TestDatabase) {
    let source = database.source();
    let sums = [
        "0.1",
        "0.2",
        "9007199254.740993",
        "-0.000001",
        "9000000000000",
    ];
    let lines: Vec<_> = (0..)
        .zip(sums)
        .map(|(number, sum)| NewLine {
            line: number,
            ..line(&source, "ana", CustomerAccumulation, 5, sum)
        })
        .collect();
    let scope = add(&database, &lines[..2]).await;
    let all = [Interval {
        from: at(0),
        to: at(10),
    }];
    let moved = scope.movements(&id("ana"), &all).await.expect("sums");
    assert_eq!(moved[0].earned.to_string(), "0.3");
    assert_eq!(moved[0].entries, 1, "one event");
    add(&database, &lines[2..]).await;
    let moved = scope.movements(&id("ana"), &all).await.expect("sums");
    assert_eq!(moved[0].earned.to_string(), "9009007199255.040992");
}

async fn a_redemption_is_a_positive_sum_and_a_reservation_none(database: TestDatabase) {
    let source = database.source();
    let lines = [
        line(&source, "ana", CustomerAccumulation, 1, "10"),
        line(&source, "ana", CustomerRedemption, 2, "-4"),
        line(&source, "ana", CustomerRedemption, 3, "-0.5"),
        line(&source, "ana", RewardsReservation, 4, "3"),
        line(&source, "bob", CustomerAccumulation, 5, "100"),
    ];
    let scope = add(&database, &lines).await;
    let all = [Interval {
        from: at(0),
        to: at(10),
    }];
    let moved = scope.movements(&id("ana"), &all).await.expect("sums");
    assert_eq!(moved.len(), 1);
    assert_eq!(moved[0].earned, Sum::from(amount("10")));
    assert_eq!(moved[0].redeemed, Sum::from(amount("4.5")));
    assert_eq!(moved[0].entries, 3);
}

async fn an_interval_ends_before_its_end(database: TestDatabase) {
    let source = database.source();
    let lines: Vec<_> = (1..=6)
        .map(|seq| line(&source, "ana", CustomerAccumulation, seq, "1"))
        .collect();
    let scope = add(&database, &lines).await;
    let intervals = [(0, 1), (1, 3), (3, 4), (7, 9)].map(|(from, to)| Interval {
        from: at(from),
        to: at(to),
    });
    let moved = scope.movements(&id("ana"), &intervals).await.expect("sums");
    let sums: Vec<_> = moved
        .iter()
        .map(|sum| (sum.interval, sum.earned.to_string()))
        .collect();
    assert_eq!(
        sums,
        [
            (intervals[1], "2".to_owned()),
            (intervals[2], "1".to_owned())
        ]
    );
}

async fn a_hundred_intervals_of_a_long_history_are_summed_in_time(database: TestDatabase) {
    let source = database.source();
    let lines: Vec<_> = (0..10_000)
        .map(|seq| line(&source, "ana", CustomerAccumulation, seq, "0.1"))
        .collect();
    let scope = add(&database, &lines).await;
    let intervals: Vec<_> = (0..100)
        .map(|hundred| Interval {
            from: at(hundred * 100),
            to: at(hundred * 100 + 100),
        })
        .collect();
    // What PostgreSQL would end the read after.
    let limit = Duration::from_secs(3);
    let ana = id("ana");
    let moved = timeout(limit, scope.movements(&ana, &intervals)).await;
    let moved = moved.expect("an answer in time").expect("sums");
    assert_eq!(moved.len(), 100);
    assert!(
        moved
            .iter()
            .all(|sum| sum.earned == Sum::from(amount("10")) && sum.entries == 100)
    );
}
