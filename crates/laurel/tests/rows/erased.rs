//! A customer who is erased: nothing personal is left anywhere, and what is counted stays.

use std::time::Duration;

use laurel_payloads::{Customer, CustomerId, External};
use laurel_store::{Erased, Store, SuppressionReason};
use laurel_testkit::{Story, TestApp, TestDatabase, both_databases};
use serde_json::Value;

/// What is planted in many places.
const PLANTED: [&str; 7] = [
    "Quixotica",
    "quixotica@example.com",
    "+57 300 555 0199",
    "573005550199",
    "DOC-99887766",
    "1991-03-14",
    "Calle Quixote 42",
];

/// The customer, and who they were before they identified themselves.
const CUSTOMER: &str = "q-1";
const ANONYMOUS: &str = "anon-77";

/// A profile that holds all of it, in fields that are known and in free ones.
fn profile() -> String {
    let [name, email, phone, digits, document, birthday, street] = PLANTED;
    format!(
        r#""name":"{name}","email":"{email}","phone":"{phone}","mobile":{digits},"document_number":"{document}",
        "dob":"{birthday}","metadata":{{"{street}":"{street}"}},"tags":{{"who":"{name}"}},"status":"ACTIVE""#
    )
}

fn event(name: &str, customer: &str, data: &str) -> String {
    format!(r#"{{"event":"{name}","data":{{"customer_id":"{customer}",{data}}}}}"#)
}

/// The ten kinds, one that nobody knows, and what is quarantined: each with something personal in it.
fn bodies() -> Vec<String> {
    let (profile, [name, email, ..]) = (profile(), PLANTED);
    let line = format!(r#"{{"amount":10.5,"reward_id":"points","note":"{name}"}}"#);
    let wallet = format!(
        r#""wallet":{{"owner_id":"{email}","totals":[{{"total":10.5,"reward_id":"points",
        "reward":{{"id":"points","name":"Points","type":"POINTS"}}}}]}}"#
    );
    let moves = format!(r#""lines":[{line}],{wallet},"cashier":"{name}""#);
    let outcome = format!(
        r#""event":{{"id":"be-1","type":"PURCHASE","data":{{{profile}}},"result":{{"customer":{{{profile}}}}}}}"#
    );
    let tier = |from: &str, to: &str| {
        format!(
            r#""from_tier_id":"{from}","to_tier_id":"{to}","from_tier_name":"{from}","to_tier_name":"{to}",
            "greeting":"{name}""#
        )
    };
    let registration = event(
        "CUSTOMER_REGISTRATION",
        CUSTOMER,
        &format!(r#""customer":{{{profile}}},{wallet}"#),
    );
    vec![
        event("CUSTOMER_ACCUMULATION", ANONYMOUS, &moves),
        registration.clone(),
        event("CUSTOMER_ACCUMULATION", CUSTOMER, &moves),
        event("CUSTOMER_REDEMPTION", CUSTOMER, &moves),
        event("REWARDS_RESERVATION", CUSTOMER, &moves),
        event("REWARDS_RESERVATION_CANCELLED", CUSTOMER, &moves),
        event("BEHAVIOR_EVENT_FULFILLED", CUSTOMER, &outcome),
        event("BEHAVIOR_EVENT_FAILED", CUSTOMER, &outcome),
        event(
            "BEHAVIOR_EVENT_FAILED",
            CUSTOMER,
            &outcome.replace("be-1\"", "be-1\",\"again\":1"),
        ),
        event(
            "COUPON_REDEMPTION",
            CUSTOMER,
            &format!(r#""campaign_id":"c-1","code":"{name}-40""#),
        ),
        event("TIER_UPGRADE", CUSTOMER, &tier("silver", "gold")),
        event("SOMETHING_NEW", CUSTOMER, &profile),
        registration.replace("\"status\"", "\"tier_id\":7,\"status\""),
        registration.replace(
            "\"status\"",
            &format!("\"{name}\":1,\"{name}\":2,\"status\""),
        ),
        registration.replace(&format!("\"{CUSTOMER}\""), &format!("{{\"{email}\":1}}")),
        format!(r#"{{"event":"CUSTOMER_REGISTRATION","data":"{name} <{email}>"}}"#),
        format!(
            r#"{{"event":7,"data":{{"customer_id":["x"],"about":{{"customer_id":"{CUSTOMER}","name":"{name}"}}}}}}"#
        ),
    ]
}

fn customer() -> CustomerId {
    CUSTOMER.parse().unwrap()
}

/// A Laurel with a programme in it, among whose customers is the one who will ask to be erased.
async fn laurel(database: TestDatabase) -> TestApp {
    let app = TestApp::new(database).await;
    let story = Story::new(7, 40, 400);
    let (before, after) = story.bodies.split_at(200);
    for body in before {
        app.post(body).await;
    }
    for body in bodies() {
        let (status, _) = app.post(body.as_bytes()).await;
        assert_eq!(status, 200, "{body}");
    }
    for body in after {
        app.post(body).await;
    }
    let source = app.database.source();
    let mut told = External::new(customer(), "lookup:1".parse().unwrap(), "PROFILE");
    told.customer = Some(Customer {
        name: Some(PLANTED[0].to_owned()),
        email: Some(PLANTED[1].to_owned()),
        ..Customer::default()
    });
    laurel_dispatch::append(&app.database.store, &source, &[told])
        .await
        .unwrap();
    alias(&app).await;
    app.settle().await;
    app.database.clock.advance(Duration::from_mins(2));
    app.settle().await;
    soil(&app).await;
    app
}

async fn alias(app: &TestApp) {
    let sql = format!(
        "INSERT INTO customer_aliases (source, alias_id, customer_id, created_at) \
         VALUES ('masivo', '{ANONYMOUS}', '{CUSTOMER}', 1)"
    );
    app.database.execute(&sql).await;
}

/// What relays, subscribers and customers have left behind; and a change whose mail is still to go out.
async fn soil(app: &TestApp) {
    let (name, email) = (PLANTED[0], PLANTED[1]);
    let downgrade = r#""from_tier_id":"gold","to_tier_id":"silver""#;
    app.post(event("TIER_DOWNGRADE", CUSTOMER, downgrade).as_bytes())
        .await;
    app.settle().await;
    for sql in [
        format!(
            "UPDATE delivery_attempts SET reply = '550 <{email}> unknown' WHERE outbox_id IN (SELECT id FROM outbox WHERE customer_id = '{CUSTOMER}')"
        ),
        format!(
            "UPDATE outbox SET last_error = 'no mailbox {email}', reason = '{name}' WHERE customer_id = '{CUSTOMER}' AND state = 'pending'"
        ),
        format!(
            "INSERT INTO preferences VALUES ('masivo', '{CUSTOMER}', 'mail', 'TIER_UPGRADE', {}, 1)",
            truth(app)
        ),
        format!(
            "INSERT INTO deliveries (subscriber, event_seq, attempts, due_at, dead_at, last_error) \
                 SELECT 'history', seq, 10, 1, 1, 'bad name {name}' FROM events \
                 WHERE customer_id = '{CUSTOMER}' AND kind = 'CUSTOMER_REDEMPTION'"
        ),
    ] {
        app.database.execute(&sql).await;
    }
    let scope = app.database.store.scope(&app.database.source());
    scope
        .suppress(PLANTED[1], SuppressionReason::Complaint)
        .await
        .unwrap();
}

fn truth(app: &TestApp) -> &'static str {
    if app.database.url.starts_with("sqlite") {
        "1"
    } else {
        "TRUE"
    }
}

async fn erase(store: &Store, database: &TestDatabase) -> Option<Erased> {
    let scope = store.scope(&database.source());
    scope.erase(&customer()).await.unwrap()
}

async fn asked(app: &TestApp, query: &str) -> Value {
    let answer = app.query(query).await;
    assert_eq!(answer.get("errors"), None, "{query}");
    answer["data"].clone()
}

/// What an operator counts.
const COUNTS: &str = "{ program { customers events tierDistribution { customers } } \
    events(first: 1) { totalCount } customer(id: \"q-1\") { history(first: 100) { totalCount nodes { kind occurredAt } } \
    wallet { balances { total reward { name } } } tier { tier { id } } \
    summary(groupBy: YEAR) { earned redeemed entries } } }";

async fn b31_nothing_personal_is_left_anywhere_and_counts_stay(database: TestDatabase) {
    let app = laurel(database).await;
    let found = app.database.traces(&PLANTED).await;
    assert!(!found.is_empty(), "it was there");
    let before = counts(&app).await;

    let erased = erase(&app.database.store, &app.database).await.unwrap();
    assert_eq!(erased.customer_id, customer());
    assert!(erased.events >= 17, "{erased:?}");
    assert_eq!(erased.messages, 1, "the downgrade's mail was under way");

    let none: [&str; 0] = [];
    assert_eq!(app.database.traces(&PLANTED).await, none);
    assert_eq!(counts(&app).await, before, "what is counted stays");
    let profile = asked(
        &app,
        "{ customer(id: \"q-1\") { name email status country registeredAt isAnonymous } }",
    )
    .await;
    let nobody = serde_json::json!({ "name": null, "email": null, "status": null, "country": null,
        "registeredAt": null, "isAnonymous": false });
    assert_eq!(profile["customer"], nobody);
    let scope = app.database.store.scope(&app.database.source());
    let kept = scope.suppression(PLANTED[1]).await.unwrap().unwrap();
    assert_eq!(
        kept.reason,
        SuppressionReason::Complaint,
        "the wish outlives the address"
    );

    let again = erase(&app.database.store, &app.database).await.unwrap();
    assert_eq!(
        (again.events, again.messages),
        (0, 0),
        "there is nothing left to do"
    );
}

async fn counts(app: &TestApp) -> Value {
    asked(app, COUNTS).await
}

async fn c34_what_comes_later_is_kept_without_the_person_and_mails_nobody(database: TestDatabase) {
    let app = laurel(database).await;
    erase(&app.database.store, &app.database).await.unwrap();
    let sent = app.mailbox.messages().len();
    app.database.clock.advance(Duration::from_hours(48));
    // Who is named by an address alone cannot be told any more: the address is gone.
    let named = |body: &String| {
        [CUSTOMER, ANONYMOUS]
            .iter()
            .any(|id| body.contains(&format!("\"{id}\"")))
    };
    let again: Vec<String> = bodies().into_iter().filter(named).collect();
    for body in &again {
        let (status, _) = app.post(body.as_bytes()).await;
        assert_eq!(status, 200);
    }
    assert_eq!(app.drain().await.pending, 0);
    app.database.clock.advance(Duration::from_mins(5));
    app.drain().await;
    assert_eq!(app.mailbox.messages().len(), sent, "nobody is written to");
    let upgrade = "{ customer(id: \"q-1\") { name email notifications(first: 1) { nodes { state reason } } } }";
    let expected = serde_json::json!({ "name": null, "email": null,
        "notifications": { "nodes": [{ "state": "CANCELLED", "reason": "erased" }] } });
    assert_eq!(asked(&app, upgrade).await["customer"], expected);

    app.database.store.redact_quarantine(0).await.unwrap();
    let erased = erase(&app.database.store, &app.database).await.unwrap();
    assert_eq!(erased.events, 0, "all of it was redacted as it came");
    assert_eq!(app.database.traces(&PLANTED).await, Vec::<String>::new());
}

async fn a_replay_of_the_log_makes_the_same_rows_and_no_person(database: TestDatabase) {
    let app = laurel(database).await;
    app.database
        .execute("DELETE FROM deliveries WHERE dead_at IS NOT NULL")
        .await;
    erase(&app.database.store, &app.database).await.unwrap();
    let before = app.database.read_models().await;
    app.replay("history").await;
    app.settle().await;
    assert_eq!(app.database.read_models().await, before);
}

async fn who_is_not_known_is_not_erased(database: TestDatabase) {
    let app = laurel(database).await;
    let store = &app.database.store;
    let before = app.database.read_models().await;
    let scope = store.scope(&app.database.source());
    assert_eq!(scope.erase(&"nobody".parse().unwrap()).await.unwrap(), None);
    let other = store.scope(&laurel_store::Source::new("other").unwrap());
    assert_eq!(
        other.erase(&customer()).await.unwrap(),
        None,
        "another source's"
    );
    assert_eq!(app.database.read_models().await, before);
}

async fn an_erasure_that_was_interrupted_goes_on(database: TestDatabase) {
    let app = laurel(database).await;
    erase(&app.database.store, &app.database).await.unwrap();
    // As if its process had died before the last events.
    let personal = event("SOMETHING_NEW", CUSTOMER, &profile());
    for sql in [
        "UPDATE erasures SET customer_id = 'q-1', scanned_to = 10 WHERE erased_at > 0".to_owned(),
        format!(
            "UPDATE events SET body = CAST('{personal}' AS {}) WHERE kind = 'SOMETHING_NEW'",
            bytes(&app)
        ),
    ] {
        app.database.execute(&sql).await;
    }
    assert!(!app.database.traces(&PLANTED).await.is_empty());
    let now = app.database.store.clock().now();
    app.database.clock.advance(Duration::from_mins(10));
    assert_eq!(
        app.database.store.resume_erasures(now).await.unwrap(),
        0,
        "it may be alive"
    );
    let now = app.database.store.clock().now();
    assert!(app.database.store.resume_erasures(now).await.unwrap() > 0);
    assert_eq!(app.database.traces(&PLANTED).await, Vec::<String>::new());
    let later = app.database.store.clock().now();
    assert_eq!(
        app.database.store.resume_erasures(later).await.unwrap(),
        0,
        "it has ended"
    );
}

fn bytes(app: &TestApp) -> &'static str {
    if app.database.url.starts_with("sqlite") {
        "BLOB"
    } else {
        "BYTEA"
    }
}

both_databases!(
    b31_nothing_personal_is_left_anywhere_and_counts_stay,
    c34_what_comes_later_is_kept_without_the_person_and_mails_nobody,
    a_replay_of_the_log_makes_the_same_rows_and_no_person,
    who_is_not_known_is_not_erased,
    an_erasure_that_was_interrupted_goes_on,
);
