//! What is told, and what is not.

use super::*;

const POINTS: &str = "points";
const COFFEE: &str = "coffee";

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(seconds * 1_000_000)
}

fn sums(of: &[(&str, i64)]) -> BTreeMap<RewardId, Sum> {
    let sum = |(reward, units): &(&str, i64)| {
        let millionths = i128::from(*units) * 1_000_000;
        (
            reward.parse().expect("an id"),
            Sum::from_millionths(millionths),
        )
    };
    of.iter().map(sum).collect()
}

/// An event that moves points, and the points that are held after it, beside one coffee.
fn seen(seconds: i64, moved: i64, held: i64) -> Seen {
    Seen {
        at: at(seconds),
        totals: Some(sums(&[(POINTS, held), (COFFEE, 1)])),
        moved: if moved == 0 {
            BTreeMap::new()
        } else {
            sums(&[(POINTS, moved)])
        },
    }
}

/// An event that moves points and shows no wallet.
fn unseen(seconds: i64, moved: i64) -> Seen {
    Seen {
        totals: None,
        ..seen(seconds, moved, 0)
    }
}

fn found(seen: &[Seen]) -> Vec<(i64, i64, String)> {
    found_despite(seen, &Doubts::default())
}

fn found_despite(seen: &[Seen], doubts: &Doubts) -> Vec<(i64, i64, String)> {
    let seconds = |time: Timestamp| time.micros() / 1_000_000;
    let differences = differences(seen, doubts).into_iter();
    let told = differences.map(|one| (seconds(one.from), seconds(one.to), one.amount.to_string()));
    told.collect()
}

const NOTHING: [(i64, i64, String); 0] = [];

#[test]
fn what_no_movement_accounts_for_is_told_with_its_sign() {
    let lost = [seen(0, 10, 10), seen(3600, 5, 12)];
    assert_eq!(found(&lost), [(0, 3600, "-3".to_owned())]);
    let gained = [seen(0, 10, 10), seen(3600, -5, 9)];
    assert_eq!(found(&gained), [(0, 3600, "4".to_owned())]);
}

#[test]
fn what_moved_accounts_for_itself_with_or_without_a_snapshot() {
    assert_eq!(
        found(&[seen(0, 10, 10), seen(3600, 5, 15), seen(7200, -3, 12)]),
        NOTHING
    );
    assert_eq!(
        found(&[seen(0, 10, 10), unseen(3600, -4), seen(7200, 5, 11)]),
        NOTHING
    );
    assert_eq!(
        found(&[unseen(0, 10), seen(3600, 5, 15)]),
        NOTHING,
        "nothing to compare with"
    );
}

#[test]
fn what_a_minute_holds_is_never_compared() {
    assert_eq!(found(&[seen(0, 10, 10), seen(60, 5, 12)]), NOTHING);
    assert_eq!(found(&[seen(0, 10, 10), seen(61, 5, 12)]).len(), 1);
}

#[test]
fn events_of_one_minute_may_have_come_in_any_order() {
    // The second was first: its snapshot does not count the other's points.
    let turned = [
        seen(0, 1, 1),
        seen(3600, 10, 16),
        seen(3601, 5, 6),
        seen(7200, 1, 17),
    ];
    assert_eq!(found(&turned), NOTHING);
    // What is lost around such a minute is told of the whole stretch.
    let lost = [
        seen(0, 1, 1),
        seen(3600, 10, 16),
        seen(3601, 5, 6),
        seen(7200, 1, 10),
    ];
    assert_eq!(found(&lost), [(0, 7200, "-7".to_owned())]);
    // A movement without a snapshot may or may not be counted by its neighbour.
    let beside = [
        seen(0, 1, 1),
        unseen(3600, 10),
        seen(3601, 5, 6),
        seen(7200, 1, 17),
    ];
    assert_eq!(found(&beside), NOTHING);
}

#[test]
fn a_minute_whose_events_follow_from_one_another_is_compared() {
    let clear = [
        seen(0, 1, 1),
        seen(3600, 10, 11),
        seen(3601, 5, 16),
        seen(7200, 1, 15),
    ];
    assert_eq!(found(&clear), [(3601, 7200, "-2".to_owned())]);
}

#[test]
fn an_event_that_was_received_out_of_its_order_is_no_difference() {
    // The redemption happened first, tells no time, and was received last: each of its neighbours seems wrong.
    let late = [
        seen(0, 10, 10),
        seen(3600, 5, 11),
        seen(7200, -4, 6),
        seen(10_800, 1, 12),
    ];
    assert_eq!(found(&late), NOTHING);
}

#[test]
fn a_reservation_that_is_open_makes_it_doubtful() {
    let lost = [seen(0, 10, 10), seen(3600, 5, 12)];
    let reserved = |from, to| Doubts {
        reserved: vec![Interval {
            from: at(from),
            to: at(to),
        }],
        unsettled: None,
    };
    for (from, to) in [(100, 200), (-5, 100), (-5, 9_000), (3600, 4_000)] {
        assert_eq!(
            found_despite(&lost, &reserved(from, to)),
            NOTHING,
            "{from} to {to}"
        );
    }
    for (from, to) in [(-500, -200), (-5, 0), (4_000, 5_000)] {
        assert_eq!(
            found_despite(&lost, &reserved(from, to)).len(),
            1,
            "{from} to {to}"
        );
    }
}

#[test]
fn an_event_that_is_not_in_the_history_yet_makes_what_came_before_it_doubtful() {
    let lost = [seen(0, 10, 10), seen(3600, 5, 12)];
    let waiting = |received| Doubts {
        reserved: Vec::new(),
        unsettled: Some(at(received)),
    };
    assert_eq!(found_despite(&lost, &waiting(5_000)), NOTHING);
    assert_eq!(found_despite(&lost, &waiting(-1)).len(), 1);
}

#[test]
fn a_reward_that_is_not_listed_is_zero_only_where_the_wallet_is_all_listed() {
    let gone = Seen {
        totals: Some(sums(&[(COFFEE, 1)])),
        ..seen(3600, 0, 0)
    };
    assert_eq!(
        found(&[seen(0, 10, 10), gone]),
        [(0, 3600, "-10".to_owned())]
    );
    let partial = Seen {
        at: at(3600),
        totals: Some(sums(&[(COFFEE, 2)])),
        moved: sums(&[(COFFEE, 1)]),
    };
    assert_eq!(found(&[seen(0, 10, 10), partial]), NOTHING);
}
