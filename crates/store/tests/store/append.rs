//! What is appended is kept: byte for byte, in its order, whatever it says.

use laurel_payloads::CustomerId;
use laurel_store::{EventFilter, EventRecord, EventState, Outcome, PageRequest};
use laurel_testkit::{FIXTURES, TestDatabase, both_databases};

use crate::bodies::{coupon, event};

both_databases!(
    a_body_is_kept_byte_for_byte,
    what_postgres_text_cannot_hold_is_kept_and_never_fails,
    the_answers_and_the_log_keep_the_order_of_the_batch,
    an_empty_batch_is_no_transaction,
    the_largest_body_fits,
    an_event_carries_its_trace_context,
    an_unreadable_object_is_kept_with_reason_and_place,
);

async fn log(database: &TestDatabase) -> Vec<EventRecord> {
    let page = PageRequest::first(1_000);
    let scope = database.store.scope(&database.source());
    let page = scope.events(&EventFilter::default(), &page).await;
    let mut events = page.expect("a page").items;
    events.reverse();
    events
}

async fn a_body_is_kept_byte_for_byte(database: TestDatabase) {
    let odd: [&[u8]; 6] = [
        b"\xef\xbb\xbf{\"event\":\"X\",\"data\":{\"bom\":1}}",
        b" \t\r\n{ \"event\" : \"X\" , \"data\" : { } }\r\n ",
        br#"{"event":"X","data":{"a":"\u0000"}}"#,
        br#"{"event":"X","data":{"a":"\ud83d\ude00\/","n":1.2300e+2}}"#,
        "{\"event\":\"X\",\"data\":{\"a\":\"é e\u{301} 💎 \u{202e}\"}}".as_bytes(),
        br#"{"event":"X","data":{"a":"' OR 1=1; DROP TABLE events; -- $1 ?"}}"#,
    ];
    let fixtures = FIXTURES.iter().map(|(_, body)| *body);
    let bodies: Vec<&[u8]> = odd.into_iter().chain(fixtures).collect();
    let answers = database.append(&bodies).await;
    assert!(answers.iter().all(|a| a.outcome == Outcome::Accepted));
    let stored = log(&database).await;
    assert_eq!(stored.len(), bodies.len());
    for ((event, answer), body) in stored.iter().zip(&answers).zip(&bodies) {
        assert_eq!(event.id, answer.id);
        assert_eq!(&event.body, body);
    }
}

async fn what_postgres_text_cannot_hold_is_kept_and_never_fails(database: TestDatabase) {
    let long = format!(
        r#"{{"event":"X","data":{{"lines":1,"{}":1,"{}":2}}}}"#,
        "k".repeat(5_000),
        "k".repeat(5_000)
    );
    let bodies: [&[u8]; 7] = [
        br#"{"event":"A\u0000B","data":{"customer_id":"ana"}}"#,
        br#"{"event":"TIER_UPGRADE","data":{"customer_id":"an\u0000a"}}"#,
        br#"{"event":"X","data":{"\u0000":1,"\u0000":2}}"#,
        br#"{"event":"X","data":{"a":"\ud800"}}"#,
        br#"{"event":"COUPON_REDEMPTION","data":{"customer_id":"ana","code":"\u0000"}}"#,
        br#"{"event":"TIER_UPGRADE","data":{"customer_id":"ana","to_tier_id":"\u0000"}}"#,
        long.as_bytes(),
    ];
    // As one batch, for one row that the database refuses would take the others with it.
    let answers = database.append(&bodies).await;
    assert_eq!(answers.len(), bodies.len());
    let stored = log(&database).await;
    for (event, body) in stored.iter().zip(bodies) {
        assert_eq!(event.body, body);
    }
}

async fn the_answers_and_the_log_keep_the_order_of_the_batch(database: TestDatabase) {
    // 64 + 8 + 1: every size of statement that an insert is cut into.
    let bodies: Vec<Vec<u8>> = (0..73).map(|number| coupon("ana", number)).collect();
    let mut batch: Vec<&[u8]> = bodies.iter().map(Vec::as_slice).collect();
    batch.push(&bodies[5]);
    let answers = database.append(&batch).await;
    let stored = log(&database).await;
    assert_eq!(stored.len(), 73);
    for (number, event) in stored.iter().enumerate() {
        assert_eq!(event.body, bodies[number]);
        assert_eq!(event.id, answers[number].id);
        assert_eq!(answers[number].outcome, Outcome::Accepted);
    }
    assert!(stored.windows(2).all(|pair| pair[0].seq < pair[1].seq));
    assert_eq!(answers[73].outcome, Outcome::Duplicate);
    assert_eq!(answers[73].id, answers[5].id);
}

async fn an_empty_batch_is_no_transaction(database: TestDatabase) {
    let before = database.store.statements();
    assert_eq!(database.append(&[]).await, []);
    assert_eq!(database.store.statements(), before);
}

async fn the_largest_body_fits(database: TestDatabase) {
    let filler = "x".repeat((1 << 20) - 60);
    let body = format!(r#"{{"event":"X","data":{{"customer_id":"ana","a":"{filler}"}}}}"#);
    database.append(&[body.as_bytes()]).await;
    assert_eq!(log(&database).await[0].body, body.as_bytes());
}

async fn an_event_carries_its_trace_context(database: TestDatabase) {
    let context = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let event = event(&database, &coupon("ana", 1)).with_trace_context(Some(context.to_owned()));
    database.store.append(&[event]).await.expect("an append");
    let stored = log(&database).await;
    assert_eq!(stored[0].trace_context.as_deref(), Some(context));
    assert_eq!(stored[0].kind.as_deref(), Some("COUPON_REDEMPTION"));
    assert_eq!(
        stored[0].customer_id.as_ref().map(CustomerId::as_str),
        Some("ana")
    );
}

async fn an_unreadable_object_is_kept_with_reason_and_place(database: TestDatabase) {
    let body =
        br#"{"event":"CUSTOMER_ACCUMULATION","data":{"customer_id":"ana","lines":[{"amount":1e400}]}}"#;
    let answers = database.append(&[body, body]).await;
    assert_eq!(answers[0].outcome, Outcome::Quarantined);
    assert_eq!(answers[1].outcome, Outcome::Duplicate);
    let stored = log(&database).await;
    let EventState::Quarantined(quarantine) = &stored[0].state else {
        panic!("it is not in quarantine");
    };
    assert_eq!(quarantine.reason, "number_range");
    assert_eq!(quarantine.place, "data.lines[0].amount");
    assert_eq!(stored[0].kind.as_deref(), Some("CUSTOMER_ACCUMULATION"));
    assert_eq!(stored[0].delivery_count, 2);
}
