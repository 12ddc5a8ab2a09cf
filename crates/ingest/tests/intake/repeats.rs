//! What is the same event again, and what is not: by content within a window, by source, on several copies.

use std::time::Duration;

use axum::http::Method;
use futures_util::future::{join, join_all};
use laurel_ingest::Settings;
use laurel_testkit::{TestDatabase, both_databases};

use crate::client::{Answer, OTHER_TOKEN, intake, intake_over, log, post, request, send};

both_databases!(
    c4_content_is_the_same_event_within_its_window_and_a_new_one_after,
    c4_a_quarantined_event_is_repeated_like_any_other,
    c5_the_same_content_of_two_sources_is_two_events,
    c6_two_copies_that_receive_an_event_at_once_store_it_once,
    c18_c26_a_repeated_hold_or_coupon_is_held_and_redeemed_once,
    b36_what_differs_in_content_is_another_event,
);

const DAY: Duration = Duration::from_hours(24);
const COUPON: &[u8] =
    br#"{"event":"COUPON_REDEMPTION","data":{"customer_id":"ana","campaign_id":"c","code":"A"}}"#;
const HOLD: &[u8] = br#"{"event":"REWARDS_RESERVATION","data":{"customer_id":"ana","lines":[{"amount":5,"reward_id":"points"}]}}"#;

async fn c4_content_is_the_same_event_within_its_window_and_a_new_one_after(
    database: TestDatabase,
) {
    let router = intake(&database);
    let first = post(&router, COUPON).await;
    assert_eq!(first.taken(), "accepted");
    for _ in 0..3 {
        // The window does not slide: it is counted from the first of them.
        database.clock.advance(DAY / 4);
        let again = post(&router, COUPON).await;
        assert_eq!(
            (again.taken().as_str(), again.id()),
            ("duplicate", first.id())
        );
    }
    database
        .clock
        .advance(Duration::from_micros(6 * 3_600_000_000 - 1));
    assert_eq!(post(&router, COUPON).await.id(), first.id());
    database.clock.advance(Duration::from_micros(1));
    let new = post(&router, COUPON).await;
    assert_eq!(new.taken(), "accepted");
    assert_eq!(post(&router, COUPON).await.id(), new.id());
    let counts = log(&database).await.into_iter();
    let counts: Vec<_> = counts
        .map(|event| (event.id, event.delivery_count))
        .collect();
    assert_eq!(counts, [(first.id(), 5), (new.id(), 2)]);
}

async fn c4_a_quarantined_event_is_repeated_like_any_other(database: TestDatabase) {
    let router = intake(&database);
    let unreadable: [&[u8]; 4] = [
        br#"{"event":"TIER_UPGRADE","data":[]}"#,
        br#"{"event":"","data":{}}"#,
        br#"{"event":"X","data":{"a":1,"a":2}}"#,
        br#"{"event":"X","data":{"a":"\ud800"}}"#,
    ];
    for body in unreadable {
        let first = post(&router, body).await;
        assert_eq!(first.taken(), "quarantined");
        let again = post(&router, body).await;
        assert_eq!(
            (again.taken().as_str(), again.id()),
            ("duplicate", first.id())
        );
    }
    let counted = log(&database).await;
    assert!(counted.iter().all(|event| event.delivery_count == 2));
    assert_eq!(counted.len(), unreadable.len());
    database.clock.advance(DAY);
    assert_eq!(post(&router, unreadable[0]).await.taken(), "quarantined");
}

async fn c5_the_same_content_of_two_sources_is_two_events(database: TestDatabase) {
    let router = intake(&database);
    let others = format!("/webhooks/other/{OTHER_TOKEN}");
    let to_other = async || send(&router, request(Method::POST, &others, COUPON)).await;
    let (one, other) = (post(&router, COUPON).await, to_other().await);
    assert_eq!([one.taken(), other.taken()], ["accepted", "accepted"]);
    assert_ne!(one.id(), other.id());
    assert_eq!(post(&router, COUPON).await.id(), one.id());
    assert_eq!(to_other().await.id(), other.id());
}

async fn c6_two_copies_that_receive_an_event_at_once_store_it_once(database: TestDatabase) {
    let copies = [
        intake(&database),
        intake_over(&database.another_store().await, Settings::default()),
    ];
    let bodies: Vec<Vec<u8>> = (0..40)
        .map(|number| format!(r#"{{"event":"X","data":{{"n":{number}}}}}"#).into_bytes())
        .collect();
    let (one, other) = join(
        join_all(bodies.iter().map(|body| post(&copies[0], body))),
        join_all(bodies.iter().rev().map(|body| post(&copies[1], body))),
    )
    .await;
    for (one, other) in one.iter().zip(other.iter().rev()) {
        let mut taken = [one, other].map(Answer::taken);
        taken.sort();
        assert_eq!(taken, ["accepted", "duplicate"]);
        assert_eq!(one.id(), other.id());
    }
    let log = log(&database).await;
    assert_eq!(log.len(), bodies.len());
    assert!(log.iter().all(|event| event.delivery_count == 2));
}

async fn c18_c26_a_repeated_hold_or_coupon_is_held_and_redeemed_once(database: TestDatabase) {
    let router = intake(&database);
    for body in [HOLD, COUPON] {
        let first = post(&router, body).await;
        let text = String::from_utf8(body.to_vec()).expect("text");
        let respelt = [
            text.replace(':', " :\r\n\t"),
            text.replace("ana", "\\u0061n\\u0061"),
            text.replace(":5,", ":5.0,"),
            text.replace(":5,", ":0.5e+1,"),
            format!("\u{feff}{text}"),
            text.replace("\"data\"", "\"d\\u0061ta\""),
        ];
        for body in respelt {
            let again = post(&router, body.as_bytes()).await;
            assert_eq!(again.taken(), "duplicate", "{body}");
            assert_eq!(again.id(), first.id(), "{body}");
        }
    }
    assert_eq!(log(&database).await.len(), 2);
}

async fn b36_what_differs_in_content_is_another_event(database: TestDatabase) {
    let router = intake(&database);
    let bodies = [
        r#"{"event":"X","data":{"n":1}}"#,
        r#"{"event":"X","data":{"n":-1}}"#,
        r#"{"event":"X","data":{"n":"1"}}"#,
        r#"{"event":"X","data":{"n":[1]}}"#,
        r#"{"event":"X","data":{"n":true}}"#,
        r#"{"event":"X","data":{"n":null}}"#,
        r#"{"event":"X","data":{}}"#,
        r#"{"event":"x","data":{"n":1}}"#,
        r#"{"event":"X","data":{"N":1}}"#,
        r#"{"event":"X","data":{"n":1},"n":1}"#,
        r#"{"event":"X","data":{"n":9007199254740993}}"#,
        r#"{"event":"X","data":{"n":9007199254740992}}"#,
        r#"{"event":"X","data":{"n":1e400}}"#,
        r#"{"event":"X","data":{"n":1e401}}"#,
        r#"{"event":"X","data":{"n":[1,2]}}"#,
        r#"{"event":"X","data":{"n":[2,1]}}"#,
        r#"{"event":"X","data":{"n":"é"}}"#,
        r#"{"event":"X","data":{"n":"e\u0301"}}"#,
        r#"{"event":"X","data":{"n":"\u0000"}}"#,
        r#"{"event":"X","data":{"n":""}}"#,
        r#"{"event":"X","data":{"n":" "}}"#,
    ];
    for body in bodies {
        assert_eq!(
            post(&router, body.as_bytes()).await.taken(),
            "accepted",
            "{body}"
        );
    }
    assert_eq!(log(&database).await.len(), bodies.len());
}
