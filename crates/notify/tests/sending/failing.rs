//! What becomes of a message that the channel did not take.

use std::time::Duration;

use laurel_notify::{Failure, Settings};
use laurel_store::Clock;
use laurel_testkit::{TestDatabase, both_databases};

use crate::house::{House, ana, change, receipt, refusal, registration, settings};

both_databases![
    what_is_refused_for_now_is_tried_again_with_growing_waits,
    what_is_refused_for_four_days_is_given_up,
    what_is_refused_for_good_is_dead_at_once,
    a_relay_that_serves_nobody_costs_no_attempt_and_stops_everybody,
    a_worker_that_was_too_slow_costs_no_attempt,
    what_was_sent_and_could_not_be_recorded_is_not_sent_again,
    a_later_mail_waits_for_the_earlier_one,
    every_try_is_on_record,
    e10_an_address_that_does_not_exist_is_not_written_to_again,
    e11_what_is_refused_for_its_content_or_by_policy_suppresses_nobody,
    e20_a_relay_that_is_down_for_three_days_loses_nothing,
    a_clock_that_is_stepped_by_a_day_loses_and_repeats_nothing,
];

async fn one_change(database: TestDatabase) -> House {
    let house = House::new(database, Duration::ZERO).await;
    house
        .receive(&[ana(), change("ana", "Bronze", "Silver")])
        .await;
    house
}

async fn what_is_refused_for_now_is_tried_again_with_growing_waits(database: TestDatabase) {
    let house = one_change(database).await;
    house
        .channel
        .fail([451, 421, 450].map(|code| Failure::Transient(refusal(code))));
    for (attempts, minutes) in [(1, 1.0), (2, 2.0), (3, 4.0)] {
        house.send().await;
        assert_eq!(house.outbox().await, [("pending".to_owned(), attempts)]);
        // The jitter is a fifth: too early before it, due after it.
        house.advance(Duration::from_secs_f64(60.0 * minutes * 0.79));
        house.send().await;
        assert_eq!(house.outbox().await, [("pending".to_owned(), attempts)]);
        house.advance(Duration::from_secs_f64(60.0 * minutes * 0.42));
    }
    house.send().await;
    assert_eq!(house.outbox().await, [("sent".to_owned(), 4)]);
}

async fn what_is_refused_for_four_days_is_given_up(database: TestDatabase) {
    let house = one_change(database).await;
    house
        .channel
        .fail((0..200).map(|_| Failure::Transient(refusal(451))));
    let began = house.database.clock.now().micros();
    while house.states().await == ["pending"] {
        house.advance(Duration::from_hours(1));
        house.send().await;
    }
    let hours = (house.database.clock.now().micros() - began) / 3_600_000_000;
    assert!((96..=102).contains(&hours), "{hours}");
    let dead = "dead: not now: relay.test:587 at RCPT TO: 451 no";
    assert_eq!(house.states().await, [dead]);
}

async fn what_is_refused_for_good_is_dead_at_once(database: TestDatabase) {
    let house = one_change(database).await;
    house.channel.fail([Failure::Permanent(refusal(550))]);
    house.send().await;
    house.advance(Duration::from_hours(24));
    house.send().await;
    let dead = "dead: refused: relay.test:587 at RCPT TO: 550 no";
    assert_eq!(house.outbox().await, [(dead.to_owned(), 1)]);
}

async fn a_relay_that_serves_nobody_costs_no_attempt_and_stops_everybody(database: TestDatabase) {
    let house = one_change(database).await;
    house
        .receive(&[
            registration("eve", &serde_json::json!({})),
            change("eve", "Bronze", "Silver"),
        ])
        .await;
    house.channel.fail([Failure::Paused(refusal(535))]);
    house.send().await;
    house.send().await;
    assert_eq!(
        house.outbox().await,
        [("pending".to_owned(), 0), ("pending".to_owned(), 0)]
    );
    assert!(house.channel.taken().is_empty());
    // Another process, or this one after its pause, goes on where it was.
    let another = House::new(house.database, Duration::ZERO).await;
    another.send().await;
    assert_eq!(
        another.outbox().await,
        [("sent".to_owned(), 1), ("sent".to_owned(), 1)]
    );
}

async fn a_worker_that_was_too_slow_costs_no_attempt(database: TestDatabase) {
    let house = one_change(database).await;
    house
        .channel
        .fail([Failure::late("relay.test:587", "MAIL")]);
    house.send().await;
    assert_eq!(house.outbox().await, [("pending".to_owned(), 0)]);
    house.advance(Duration::from_secs(3));
    house.send().await;
    assert_eq!(house.outbox().await, [("sent".to_owned(), 1)]);
}

async fn what_was_sent_and_could_not_be_recorded_is_not_sent_again(database: TestDatabase) {
    let settings = Settings {
        poll: Duration::from_millis(20),
        ..settings()
    };
    let house = House::with(database, settings).await;
    house
        .receive(&[ana(), change("ana", "Bronze", "Silver")])
        .await;
    house.no_room_for_the_next_attempt().await;
    house.send().await;
    assert_eq!(house.outbox().await, [("sent".to_owned(), 1)]);
    assert_eq!(house.channel.taken().len(), 1);
}

async fn a_later_mail_waits_for_the_earlier_one(database: TestDatabase) {
    let house = one_change(database).await;
    house.channel.fail([Failure::Transient(refusal(451))]);
    house.send().await;
    house.receive(&[change("ana", "Silver", "Gold")]).await;
    house.send().await;
    assert!(house.channel.taken().is_empty());
    house.advance(Duration::from_mins(2));
    house.send().await;
    assert_eq!(
        house.channel.subjects(),
        ["You are now Silver", "You are now Gold"]
    );
}

async fn every_try_is_on_record(database: TestDatabase) {
    let house = one_change(database).await;
    house.channel.fail([Failure::Transient(refusal(451))]);
    house.send().await;
    house.advance(Duration::from_mins(2));
    house.send().await;
    let sql = "SELECT attempt, outcome, relay, code, reply FROM delivery_attempts ORDER BY attempt";
    let rows = house.query(sql).await;
    let read = |row: &sea_orm::QueryResult| {
        let number = |column| row.try_get::<i64>("", column).unwrap();
        let text = |column| row.try_get::<String>("", column).unwrap();
        assert_eq!(text("relay"), receipt().relay);
        (
            number("attempt"),
            text("outcome"),
            number("code"),
            text("reply"),
        )
    };
    let expected = [
        (1, "retry".to_owned(), 451, "RCPT TO: no".to_owned()),
        (2, "sent".to_owned(), 250, "queued".to_owned()),
    ];
    assert_eq!(rows.iter().map(read).collect::<Vec<_>>(), expected);
}

fn refused(text: &str) -> Failure {
    let mut refusal = refusal(550);
    text.clone_into(&mut refusal.text);
    Failure::Permanent(refusal)
}

async fn e10_an_address_that_does_not_exist_is_not_written_to_again(database: TestDatabase) {
    let house = one_change(database).await;
    house.channel.fail([refused("5.1.1 <address> unknown")]);
    house.send().await;
    house.receive(&[change("ana", "Silver", "Gold")]).await;
    house.send().await;
    let states = house.states().await;
    assert!(states[0].starts_with("dead: refused: "), "{states:?}");
    assert_eq!(states[1], "skipped: suppressed");
    assert_eq!(house.channel.taken().len(), 0);
}

async fn e11_what_is_refused_for_its_content_or_by_policy_suppresses_nobody(
    database: TestDatabase,
) {
    let house = one_change(database).await;
    for (text, from, to) in [
        ("5.7.1 looks like spam", "Silver", "Gold"),
        ("no such user here, or so it seems 5.1.1", "Gold", "Silver"),
        ("5.1.8 the sender's domain is unknown", "Gold", "Bronze"),
    ] {
        house.channel.fail([refused(text)]);
        house.send().await;
        house.receive(&[change("ana", from, to)]).await;
    }
    house.send().await;
    assert_eq!(house.states().await[3], "sent");
}

async fn e20_a_relay_that_is_down_for_three_days_loses_nothing(database: TestDatabase) {
    const CUSTOMERS: usize = 20;
    let house = House::new(database, Duration::ZERO).await;
    house.channel.fail_until_told();
    for hour in 0..72 {
        if hour < CUSTOMERS {
            let customer = format!("c{hour}");
            let profile = registration(&customer, &serde_json::json!({}));
            house
                .receive(&[profile, change(&customer, "Bronze", "Silver")])
                .await;
        }
        house.send().await;
        house.advance(Duration::from_hours(1));
    }
    assert!(house.states().await.iter().all(|state| state == "pending"));
    house.channel.recover();
    // The longest wait, with its jitter.
    house.advance(Duration::from_hours(5));
    house.send().await;
    assert!(house.states().await.iter().all(|state| state == "sent"));
    let ids: std::collections::HashSet<_> = house
        .channel
        .taken()
        .into_iter()
        .map(|message| message.message_id)
        .collect();
    assert_eq!(
        (ids.len(), house.channel.taken().len()),
        (CUSTOMERS, CUSTOMERS)
    );
}

async fn a_clock_that_is_stepped_by_a_day_loses_and_repeats_nothing(database: TestDatabase) {
    const DAY: Duration = Duration::from_hours(24);
    let house = House::new(database, Duration::ZERO).await;
    house.channel.fail([Failure::Transient(refusal(451))]);
    for (number, ahead) in [(0, true), (1, false), (2, true), (3, false)] {
        let customer = format!("c{number}");
        let profile = registration(&customer, &serde_json::json!({}));
        house
            .receive(&[profile, change(&customer, "Bronze", "Silver")])
            .await;
        house.send().await;
        if ahead {
            house.advance(DAY);
        } else {
            house.database.clock.set_back(DAY);
        }
        house.send().await;
    }
    // What was put off by the clock that was ahead is due a day later at the latest.
    house.advance(DAY + Duration::from_hours(5));
    house.send().await;
    assert!(house.states().await.iter().all(|state| state == "sent"));
    let taken = house.channel.taken();
    let ids: std::collections::HashSet<_> = taken.iter().map(|mail| &mail.message_id).collect();
    assert_eq!((ids.len(), taken.len()), (4, 4));
}
