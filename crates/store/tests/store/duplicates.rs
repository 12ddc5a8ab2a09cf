//! Equal content within the window is the same event delivered again; what is equal, and for how long.

use std::time::Duration;

use laurel_store::{EventRecord, Outcome};
use laurel_testkit::{TestDatabase, both_databases};
use uuid::Uuid;

use crate::bodies::{WINDOW, coupon, event_of, source};
use crate::raw;

both_databases!(
    a_repeat_is_counted_on_the_first_event,
    content_is_equal_however_it_is_spelled,
    other_content_is_another_event,
    the_window_does_not_slide,
    after_the_window_it_is_a_new_event_with_a_window_of_its_own,
    equal_content_of_two_sources_is_two_events,
    a_batch_is_folded_before_it_is_compared_with_the_log,
    a_repeat_brings_no_second_delivery,
);

async fn stored(database: &TestDatabase, id: Uuid) -> EventRecord {
    let scope = database.store.scope(&database.source());
    scope.event(id).await.expect("an answer").expect("an event")
}

async fn a_repeat_is_counted_on_the_first_event(database: TestDatabase) {
    let body = coupon("ana", 1);
    let first = database.append(&[&body]).await[0];
    let received_at = database.store.clock().now();
    database.clock.advance(Duration::from_secs(5));
    let repeats = database.append(&[&body, &body]).await;
    for repeat in repeats {
        assert_eq!((repeat.id, repeat.outcome), (first.id, Outcome::Duplicate));
    }
    let event = stored(&database, first.id).await;
    assert_eq!(event.delivery_count, 3);
    assert_eq!(event.received_at, received_at);
    assert_eq!(event.last_delivered_at, database.store.clock().now());
}

async fn content_is_equal_however_it_is_spelled(database: TestDatabase) {
    let first =
        br#"{"event":"X","data":{"customer_id":"\u00e9","n":[10,0.5,0],"o":{"a":1,"b":2}}}"#;
    let others: [&[u8]; 7] = [
        br#"{"data":{"o":{"b":2,"a":1},"n":[10,0.5,0],"customer_id":"\u00e9"},"event":"X"}"#,
        b" {\n\"event\" : \"X\",\t\"data\":{\"customer_id\":\"\\u00e9\",\"n\":[10,0.5,0],\"o\":{\"a\":1,\"b\":2}}} ",
        "{\"event\":\"X\",\"data\":{\"customer_id\":\"é\",\"n\":[10,0.5,0],\"o\":{\"a\":1,\"b\":2}}}".as_bytes(),
        br#"{"event":"\u0058","data":{"customer_id":"\u00E9","n":[10,0.5,0],"o":{"a":1,"b":2}}}"#,
        br#"{"event":"X","data":{"customer_id":"\u00e9","n":[1e1,5e-1,-0.0],"o":{"a":1.0,"b":20E-1}}}"#,
        b"\xef\xbb\xbf{\"event\":\"X\",\"data\":{\"customer_id\":\"\\u00e9\",\"n\":[10,0.5,0],\"o\":{\"a\":1,\"b\":2}}}",
        br#"{"event":"X","d\u0061ta":{"customer_id":"\u00e9","n":[10.00,0.50,0e9],"o":{"a":1,"b":2}}}"#,
    ];
    let original = database.append(&[first]).await[0];
    for other in others {
        let answer = database.append(&[other]).await[0];
        let shown = String::from_utf8_lossy(other);
        assert_eq!(answer.outcome, Outcome::Duplicate, "{shown}");
        assert_eq!(answer.id, original.id, "{shown}");
    }
}

async fn other_content_is_another_event(database: TestDatabase) {
    let bodies: [&[u8]; 9] = [
        br#"{"event":"X","data":{"n":1,"l":[1,2]}}"#,
        br#"{"event":"X","data":{"n":"1","l":[1,2]}}"#,
        br#"{"event":"X","data":{"n":1,"l":[2,1]}}"#,
        br#"{"event":"X","data":{"n":1,"l":[12]}}"#,
        br#"{"event":"X","data":{"n":1,"l":[1,2]},"extra":null}"#,
        br#"{"event":"x","data":{"n":1,"l":[1,2]}}"#,
        br#"{"event":"X","data":{"n":9007199254740993,"l":[1,2]}}"#,
        br#"{"event":"X","data":{"n":9007199254740992,"l":[1,2]}}"#,
        br#"{"event":"X","data":{"n":9007199254740992.000001,"l":[1,2]}}"#,
    ];
    let answers = database.append(&bodies).await;
    for (answer, body) in answers.iter().zip(bodies) {
        let shown = String::from_utf8_lossy(body);
        assert_eq!(answer.outcome, Outcome::Accepted, "{shown}");
    }
}

async fn the_window_does_not_slide(database: TestDatabase) {
    let body = coupon("ana", 1);
    database.append(&[&body]).await;
    for _ in 0..2 {
        database
            .clock
            .advance((WINDOW / 2).saturating_sub(Duration::from_micros(1)));
        let answer = database.append(&[&body]).await[0];
        assert_eq!(answer.outcome, Outcome::Duplicate);
    }
    database.clock.advance(Duration::from_micros(2));
    let answer = database.append(&[&body]).await[0];
    assert_eq!(answer.outcome, Outcome::Accepted);
}

async fn after_the_window_it_is_a_new_event_with_a_window_of_its_own(database: TestDatabase) {
    let body = coupon("ana", 1);
    let first = database.append(&[&body]).await[0];
    database.clock.advance(WINDOW);
    let second = database.append(&[&body, &body]).await;
    assert_eq!(second[0].outcome, Outcome::Accepted);
    assert_ne!(second[0].id, first.id);
    assert_eq!(second[1].outcome, Outcome::Duplicate);
    assert_eq!(second[1].id, second[0].id);
    assert_eq!(stored(&database, first.id).await.delivery_count, 1);
    assert_eq!(stored(&database, second[0].id).await.delivery_count, 2);
    database
        .clock
        .advance(WINDOW.saturating_sub(Duration::from_micros(1)));
    let third = database.append(&[&body]).await[0];
    assert_eq!(
        (third.id, third.outcome),
        (second[0].id, Outcome::Duplicate)
    );
}

async fn equal_content_of_two_sources_is_two_events(database: TestDatabase) {
    let body = coupon("ana", 1);
    let now = database.store.clock().now();
    let batch = ["one", "two", "one"].map(|name| event_of(&source(name), &body, now));
    let answers = database.store.append(&batch).await.expect("an append");
    let outcomes = answers.iter().map(|answer| answer.outcome);
    let expected = [Outcome::Accepted, Outcome::Accepted, Outcome::Duplicate];
    assert!(outcomes.eq(expected));
    assert_ne!(answers[0].id, answers[1].id);
    assert_eq!(answers[0].id, answers[2].id);
}

async fn a_batch_is_folded_before_it_is_compared_with_the_log(database: TestDatabase) {
    let known = coupon("ana", 1);
    let original = database.append(&[&known]).await[0];
    let new = coupon("ana", 2);
    let answers = database.append(&[&new, &known, &new, &known, &new]).await;
    let outcomes: Vec<Outcome> = answers.iter().map(|answer| answer.outcome).collect();
    assert_eq!(outcomes[0], Outcome::Accepted);
    assert!(outcomes[1..].iter().all(|o| *o == Outcome::Duplicate));
    assert_eq!(answers[3].id, original.id);
    assert_eq!(answers[4].id, answers[0].id);
    assert_eq!(stored(&database, original.id).await.delivery_count, 3);
    assert_eq!(stored(&database, answers[0].id).await.delivery_count, 3);
}

async fn a_repeat_brings_no_second_delivery(database: TestDatabase) {
    let store = &database.store;
    store
        .register("history", &laurel_store::Kinds::All)
        .await
        .expect("a subscriber");
    let body = coupon("ana", 1);
    database.append(&[&body, &body]).await;
    database.append(&[&body]).await;
    let deliveries: i64 = raw::value(store, "SELECT count(*) FROM deliveries").await;
    assert_eq!(deliveries, 1);
}
