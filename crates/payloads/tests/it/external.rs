//! What extensions append: written, read back, and out of a webhook's reach.

use laurel_payloads::{
    Customer, Event, EventKind, External, Line, Payload, Timestamp, external_schema, read,
};

use crate::schemas::collect_references;

fn expiry() -> External {
    let mut external = External::new(
        "ana-0042".parse().expect("an id"),
        "masivo-api:transaction:17".parse().expect("an id"),
        "EXPIRATION",
    );
    external.occurred_at = Timestamp::parse_rfc3339("2026-01-31T23:59:59.999Z");
    external.lines.push(Line {
        reward_id: Some("points".parse().expect("an id")),
        amount: Some("-0.3".parse().expect("an amount")),
        ..Line::default()
    });
    external
}

fn unreadable(body: &str) -> String {
    Event::parse(body.as_bytes())
        .expect_err("an unreadable body")
        .to_string()
}

#[test]
fn what_was_appended_is_read_back_from_the_log() {
    let mut written = expiry();
    written.customer = Some(Customer {
        email: Some("ana@example.com".to_owned()),
        ..Customer::default()
    });
    let event = Event::parse(&written.body()).unwrap();
    assert_eq!(event.kind(), EventKind::External);
    assert_eq!(event.name, "EXTERNAL");
    assert_eq!(event.customer_id.as_ref(), Some(&written.customer_id));
    let now = Timestamp::parse_rfc3339("2026-03-01T12:00:00Z").unwrap();
    assert_eq!(event.occurred_at(now), written.occurred_at.unwrap());
    let Payload::External(external) = event.payload else {
        panic!("no external fact");
    };
    assert_eq!(external.key, written.key);
    assert_eq!(external.name, "EXPIRATION");
    assert_eq!(external.lines, written.lines);
    let email = external.customer.unwrap().email;
    assert_eq!(email.as_deref(), Some("ana@example.com"));
    assert!(external.wallet.is_none());
}

#[test]
fn no_webhook_is_an_external_fact() {
    // Without `event` it is quarantined; with it, it is what its name says.
    let alone = read(&expiry().body()).unwrap();
    assert_eq!(
        alone.event.unwrap_err().to_string(),
        r#"no_event at "event""#
    );
    for event in ["EXTERNAL", "CUSTOMER_ACCUMULATION"] {
        let body = format!(
            r#"{{"event":"{event}","data":{{"customer_id":"ana"}},"external":{{"customer_id":"ana","key":"k","name":"n"}}}}"#
        );
        let (intake, log) = (
            read(body.as_bytes()).unwrap().event.unwrap(),
            Event::parse(body.as_bytes()).unwrap(),
        );
        assert_eq!(intake.kind(), log.kind());
        assert_ne!(log.kind(), EventKind::External, "{event}");
    }
}

#[test]
fn a_fact_that_says_too_little_is_told_by_its_place() {
    assert_eq!(unreadable(r#"{"external":[]}"#), r#"no_data at "external""#);
    assert_eq!(
        unreadable(r#"{"external":{"key":"k","name":"n"}}"#),
        r#"no_customer at "external.customer_id""#
    );
    assert_eq!(
        unreadable(r#"{"external":{"customer_id":"a","key":"","name":"n"}}"#),
        r#"shape at "external.key""#
    );
    assert_eq!(
        unreadable(r#"{"external":{"customer_id":"a","key":"k","name":"\n"}}"#),
        r#"shape at "external.name""#
    );
    assert_eq!(
        unreadable(
            r#"{"external":{"customer_id":"a","key":"k","name":"n","lines":[{"amount":1e13}]}}"#
        ),
        r#"number_range at "external.lines[0].amount""#
    );
    assert_eq!(
        unreadable(r#"{"external":{"customer_id":"a","key":"k","key":"k","name":"n"}}"#),
        r#"duplicate_key at "external.key""#
    );
}

#[test]
fn its_schema_is_whole_and_asks_for_whom_which_and_what() {
    let schema = external_schema();
    let mut references = Vec::new();
    collect_references(&schema, &mut references);
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(schema.pointer(pointer).is_some(), "{reference}");
    }
    let required = &schema["$defs"]["External"]["required"];
    assert_eq!(*required, serde_json::json!(["customer_id", "key", "name"]));
}
