//! Delivery ids that a sender has signed: one content each, for ever.

use std::time::Duration;

use laurel_payloads::read;
use laurel_store::{Appended, EventState, NewEvent, Outcome, Source};
use laurel_testkit::{TestDatabase, both_databases};

use crate::bodies::{WINDOW, coupon};

both_databases!(
    c1_the_same_id_with_the_same_content_is_the_same_event_even_after_the_window,
    the_same_id_with_other_content_is_kept_aside_and_stays_there,
    within_a_batch_the_first_has_the_id,
    c5_the_same_id_of_two_sources_is_two_events,
    equal_content_under_another_id_is_a_duplicate_and_the_id_is_taken,
    two_copies_agree_on_who_has_an_id,
    an_id_of_any_length_can_be_kept,
);

fn signed(database: &TestDatabase, id: &str, body: &[u8]) -> NewEvent {
    of(&database.source(), database, id, body)
}

fn of(source: &Source, database: &TestDatabase, id: &str, body: &[u8]) -> NewEvent {
    let reading = read(body).expect("an object");
    let now = database.store.clock().now();
    NewEvent::new(source.clone(), body.to_vec(), reading, now, WINDOW)
        .with_delivery_id(Some(id.to_owned()))
}

async fn append(database: &TestDatabase, id: &str, body: &[u8]) -> Appended {
    let batch = [signed(database, id, body)];
    database.store.append(&batch).await.expect("an append")[0]
}

async fn reason(database: &TestDatabase, appended: Appended) -> Option<String> {
    let scope = database.store.scope(&database.source());
    let event = scope.event(appended.id).await.expect("an answer");
    match event.expect("an event").state {
        EventState::Accepted => None,
        EventState::Quarantined(quarantine) => Some(quarantine.reason),
    }
}

async fn c1_the_same_id_with_the_same_content_is_the_same_event_even_after_the_window(
    database: TestDatabase,
) {
    let body = coupon("ana", 1);
    let first = append(&database, "msg_1", &body).await;
    assert_eq!(first.outcome, Outcome::Accepted);
    for days in [0, 2, 400] {
        database.clock.advance(Duration::from_hours(24 * days));
        let again = append(&database, "msg_1", &body).await;
        assert_eq!((again.id, again.outcome), (first.id, Outcome::Duplicate));
    }
    let scope = database.store.scope(&database.source());
    let event = scope.event(first.id).await.expect("an answer");
    assert_eq!(event.expect("an event").delivery_count, 4);
    let new_id = append(&database, "msg_2", &body).await;
    assert_eq!(new_id.outcome, Outcome::Accepted, "the window is over");
    let old_id = append(&database, "msg_1", &body).await;
    assert_eq!((old_id.id, old_id.outcome), (first.id, Outcome::Duplicate));
}

async fn the_same_id_with_other_content_is_kept_aside_and_stays_there(database: TestDatabase) {
    let first = append(&database, "msg_1", &coupon("ana", 1)).await;
    let other = append(&database, "msg_1", &coupon("ana", 2)).await;
    assert_eq!(other.outcome, Outcome::Quarantined);
    assert_eq!(
        reason(&database, other).await.as_deref(),
        Some("id_conflict")
    );
    assert_eq!(reason(&database, first).await, None);
    let again = append(&database, "msg_1", &coupon("ana", 2)).await;
    assert_eq!((again.id, again.outcome), (other.id, Outcome::Duplicate));
    let store = &database.store;
    let reread = store.reread_quarantine(&database.source(), 0).await;
    assert_eq!(
        reread.expect("a reading"),
        None,
        "it can be read, and is no event"
    );
    assert!(reason(&database, other).await.is_some());
}

async fn within_a_batch_the_first_has_the_id(database: TestDatabase) {
    let batch = [
        signed(&database, "msg_9", &coupon("ana", 1)),
        signed(&database, "msg_1", &coupon("ana", 3)),
        signed(&database, "msg_1", &coupon("ana", 2)),
        signed(&database, "msg_1", &coupon("ana", 3)),
    ];
    let answers = database.store.append(&batch).await.expect("an append");
    let outcomes: Vec<Outcome> = answers.iter().map(|answer| answer.outcome).collect();
    let expected = [
        Outcome::Accepted,
        Outcome::Accepted,
        Outcome::Quarantined,
        Outcome::Duplicate,
    ];
    assert_eq!(outcomes, expected);
    assert_eq!(answers[3].id, answers[1].id);
}

async fn c5_the_same_id_of_two_sources_is_two_events(database: TestDatabase) {
    let other = Source::new("other").expect("a name");
    let batch = [
        signed(&database, "msg_1", &coupon("ana", 1)),
        of(&other, &database, "msg_1", &coupon("ana", 2)),
    ];
    let answers = database.store.append(&batch).await.expect("an append");
    assert!(
        answers
            .iter()
            .all(|answer| answer.outcome == Outcome::Accepted)
    );
}

async fn equal_content_under_another_id_is_a_duplicate_and_the_id_is_taken(database: TestDatabase) {
    let body = coupon("ana", 1);
    let first = append(&database, "msg_1", &body).await;
    let second = append(&database, "msg_2", &body).await;
    assert_eq!((second.id, second.outcome), (first.id, Outcome::Duplicate));
    database.clock.advance(2 * WINDOW);
    let again = append(&database, "msg_2", &body).await;
    assert_eq!((again.id, again.outcome), (first.id, Outcome::Duplicate));
    let other = append(&database, "msg_2", &coupon("ana", 2)).await;
    assert_eq!(other.outcome, Outcome::Quarantined);
}

async fn two_copies_agree_on_who_has_an_id(database: TestDatabase) {
    let copy = database.another_store().await;
    for round in 0..10 {
        let id = format!("msg_{round}");
        let one = [signed(&database, &id, &coupon("ana", round))];
        let other = [signed(&database, &id, &coupon("ben", round))];
        let (one, other) = tokio::join!(database.store.append(&one), copy.append(&other));
        let mut outcomes = [one, other].map(|answers| answers.expect("an append")[0].outcome);
        outcomes.sort_by_key(|outcome| *outcome == Outcome::Quarantined);
        assert_eq!(outcomes, [Outcome::Accepted, Outcome::Quarantined]);
    }
}

async fn an_id_of_any_length_can_be_kept(database: TestDatabase) {
    let long = "m".repeat(20_000);
    let body = coupon("ana", 1);
    let first = append(&database, &long, &body).await;
    database.clock.advance(2 * WINDOW);
    let again = append(&database, &long, &body).await;
    assert_eq!((again.id, again.outcome), (first.id, Outcome::Duplicate));
    let longer = append(&database, &format!("{long}m"), &body).await;
    assert_eq!(longer.outcome, Outcome::Accepted);
    let odd = append(&database, "ñ\u{0}", &coupon("ana", 2)).await;
    assert_eq!(odd.outcome, Outcome::Accepted);
}
