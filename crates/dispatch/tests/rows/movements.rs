//! Amounts that are odd: exact, signed by what moved them, and never added to another reward.

use laurel_store::Outcome;
use laurel_testkit::{TestDatabase, both_databases};

use crate::house::{House, ana, moved};

both_databases!(
    b18_b20_b22_amounts_are_exact_in_wallets_and_in_sums,
    b19_what_does_not_fit_is_not_projected,
    c12_c15_c17_amounts_stand_and_are_signed_by_what_moved_them,
    c13_a_reward_is_learnt_from_what_mentions_it,
    c15_the_sources_figure_is_shown_whatever_it_is,
    c16_the_newest_wallet_counts_whatever_came_late,
    lines_that_say_nothing_move_nothing,
);

const EARN: &str = "CUSTOMER_ACCUMULATION";
const SPEND: &str = "CUSTOMER_REDEMPTION";

async fn b18_b20_b22_amounts_are_exact_in_wallets_and_in_sums(database: TestDatabase) {
    let house = House::new(database).await;
    for (reward, amounts, total) in [
        ("a", vec!["0.1", "0.2"], "0.3"),
        ("b", vec!["9007199.254741", "0.000001"], "9007199.254742"),
        ("c", vec!["9007199254.740993"], "9007199254.740993"),
        (
            "d",
            vec!["1E+2", "0.1e1", "1.0", "\"100\"", "100e-2", "1.5E-5"],
            "203.000015",
        ),
        ("e", vec!["-0", "-0.0", "0e9", "\"-0\"", "0.000000"], "0"),
        ("f", vec!["-5", "\"-0.5\"", "2"], "-3.5"),
        (
            "g",
            vec!["4500000000000", "4500000000000.000001"],
            "9000000000000.000001",
        ),
        ("h", vec!["0.1"; 10], "1"),
    ] {
        let lines: Vec<_> = amounts
            .iter()
            .map(|amount| format!(r#"{{"amount":{amount},"reward_id":"{reward}"}}"#))
            .collect();
        let totals: Vec<_> = amounts
            .iter()
            .map(|amount| format!(r#"{{"total":{amount},"reward_id":"{reward}"}}"#))
            .collect();
        let rest = format!(
            r#""lines":[{}],"wallet":{{"totals":[{}]}}"#,
            lines.join(","),
            totals.join(",")
        );
        house.take(&[ana(EARN, &rest)]).await;
        assert_eq!(house.wallet("ana").await, [format!("{reward} {total} (0)")]);
        let sums = house.sums("ana").await;
        assert!(sums.contains(&format!("{reward} +{total} -0")), "{sums:?}");
    }
}

async fn b19_what_does_not_fit_is_not_projected(database: TestDatabase) {
    let house = House::new(database).await;
    house.take(&[moved(EARN, "points", "1", "1")]).await;
    let before = house.database.read_models().await;
    for number in [
        "9007199254740993",
        "9223372036854775807",
        "9223372036854775808",
        "18446744073709551616",
        "-9223372036854775809",
        "1e400",
        "1E309",
        "-1e400",
        "0.0000001",
        "2e-7",
        "1e15",
        "1e99999999999999999999",
    ] {
        for body in [
            moved(EARN, "points", number, "1"),
            moved(EARN, "points", "1", number),
            moved(
                EARN,
                "points",
                &format!("\"{number}\"").replace(['e', 'E'], "0"),
                number,
            ),
        ] {
            let appended = house.receive(&[body.as_str()]).await;
            assert_eq!(appended[0].outcome, Outcome::Quarantined, "{body}");
        }
    }
    assert_eq!(house.database.read_models().await, before);
}

async fn c12_c15_c17_amounts_stand_and_are_signed_by_what_moved_them(database: TestDatabase) {
    let house = House::new(database).await;
    house
        .take(&[
            moved(EARN, "points", "10", "10"),
            moved(EARN, "points", "0", "10"),
            moved(EARN, "points", "-3", "7"),
            moved(SPEND, "points", "2", "5"),
            moved(SPEND, "points", "-1.5", "3.5"),
            moved(SPEND, "points", "0", "3.5"),
            moved(SPEND, "points", "1000", "-996.5"),
        ])
        .await;
    assert_eq!(house.sums("ana").await, ["points +7 -1003.5"]);
    assert_eq!(house.wallet("ana").await, ["points -996.5 (0)"]);
    assert_eq!(house.kinds("ana").await.len(), 7);
}

async fn c13_a_reward_is_learnt_from_what_mentions_it(database: TestDatabase) {
    let house = House::new(database).await;
    let described = r#""lines":[{"amount":1,"reward_id":"points"},{"amount":2,"reward_id":"POINTS"},{"amount":4,"reward_id":"points "},{"amount":8,"reward_id":"poi\u0301nts"},{"amount":16,"reward_id":"po\u00ednts"}],
        "wallet":{"totals":[{"total":1,"reward_id":"points","reward":{"id":"points","name":"Points","type":"SOMETHING_NEW","brand_id":null,"attributes":{"conversion_factor":0.05}}},{"total":2,"reward_id":"POINTS"}]}"#;
    house.take(&[ana(EARN, described)]).await;
    assert_eq!(
        house.sums("ana").await,
        [
            "POINTS +2 -0",
            "points +1 -0",
            "points  +4 -0",
            "poi\u{301}nts +8 -0",
            "poínts +16 -0"
        ]
    );
    assert_eq!(house.wallet("ana").await, ["POINTS 2 (0)", "points 1 (0)"]);
    let rewards = house.scope.rewards().await.expect("rewards");
    assert_eq!(rewards.len(), 5);
    let points = rewards
        .iter()
        .find(|reward| reward.reward_id.as_str() == "points")
        .expect("points");
    assert_eq!(
        (points.name.as_deref(), points.kind.as_deref()),
        (Some("Points"), Some("SOMETHING_NEW"))
    );
    assert_eq!(
        points.conversion_factor.expect("a factor").to_string(),
        "0.05"
    );
}

async fn c15_the_sources_figure_is_shown_whatever_it_is(database: TestDatabase) {
    let house = House::new(database).await;
    for (total, shown) in [
        ("-0.000001", vec!["points -0.000001 (0)"]),
        ("-9.2e12", vec!["points -9200000000000 (0)"]),
        ("0", vec!["points 0 (0)"]),
        ("null", vec!["points 0 (0)"]),
    ] {
        house.take(&[moved(SPEND, "points", "1", total)]).await;
        assert_eq!(house.wallet("ana").await, shown);
    }
    house.take(&[ana(EARN, r#""wallet":{"totals":[]}"#)]).await;
    assert_eq!(
        house.wallet("ana").await,
        Vec::<String>::new(),
        "what is not listed is zero"
    );
    house
        .take(&[
            moved(EARN, "points", "1", "5"),
            ana(EARN, r#""wallet":null"#),
            ana(SPEND, r#""lines":[]"#),
        ])
        .await;
    assert_eq!(
        house.wallet("ana").await,
        ["points 5 (0)"],
        "no wallet says nothing of it"
    );
}

async fn c16_the_newest_wallet_counts_whatever_came_late(database: TestDatabase) {
    let house = House::new(database).await;
    let at = |event, day: u8, total: &str| {
        let lines = format!(
            r#""lines":[{{"amount":5,"reward_id":"points","issued_at":"2026-01-{day:02}T00:00:00Z"}}]"#
        );
        ana(
            event,
            &format!(r#"{lines},"wallet":{{"totals":[{{"total":{total},"reward_id":"points"}}]}}"#),
        )
    };
    house.take(&[at(SPEND, 9, "15"), at(EARN, 8, "20")]).await;
    assert_eq!(
        house.kinds("ana").await,
        [SPEND, EARN],
        "listed by when they happened"
    );
    assert_eq!(
        house.wallet("ana").await,
        ["points 20 (0)"],
        "the last one received counts"
    );
    assert_eq!(house.sums("ana").await, ["points +5 -5"]);
}

async fn lines_that_say_nothing_move_nothing(database: TestDatabase) {
    let house = House::new(database).await;
    let rest = r#""lines":[{},{"amount":5},{"reward_id":"points"},{"amount":null,"reward_id":null},{"amount":7,"reward_id":""}],"wallet":{"totals":[{},{"total":5},{"total":5,"reward_id":""}],"lines":[{"amount":9,"reward_id":"points"}]}"#;
    house.take(&[ana(EARN, rest)]).await;
    assert_eq!(house.sums("ana").await, Vec::<String>::new());
    assert_eq!(house.wallet("ana").await, Vec::<String>::new());
    assert_eq!(house.kinds("ana").await, [EARN]);
}
