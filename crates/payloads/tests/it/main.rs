//! The payloads crate as its users see it.

mod amounts;
mod canonical;
mod claims;
mod every_field;
mod external;
mod fixtures;
mod hostile_bodies;
mod hostile_events;
mod hostile_values;
mod properties;
mod reader;
mod reference;
mod scan;
mod schemas;
mod spellings;
mod times;

use laurel_payloads::{Event, read};

/// What becomes of a body, in one line: `refused: malformed`, `number_range at data.lines[0].amount`
/// or the event's kind.
fn outcome(body: impl AsRef<[u8]>) -> String {
    match read(body.as_ref()) {
        Err(malformed) => format!("refused: {}", malformed.fault.as_str()),
        Ok(reading) => match reading.event {
            Err(unreadable) => format!("{} at {}", unreadable.reason, unreadable.place),
            Ok(event) => event.kind().to_string(),
        },
    }
}

/// The event that a body must hold.
fn event(body: impl AsRef<[u8]>) -> Event {
    Event::parse(body.as_ref()).expect("an event")
}

/// An accumulation with one line, of which the amount is given as JSON.
fn accumulation(amount: &str) -> String {
    format!(
        r#"{{"event":"CUSTOMER_ACCUMULATION","data":{{"customer_id":"ana","lines":[{{"amount":{amount},"reward_id":"points"}}]}}}}"#
    )
}

/// Compares what becomes of each row's body with what should.
fn check<B: AsRef<[u8]>>(rows: impl IntoIterator<Item = (&'static str, B, &'static str)>) {
    for (row, body, expected) in rows {
        assert_eq!(
            outcome(&body),
            expected,
            "{row}: {}",
            excerpt(body.as_ref())
        );
    }
}

fn excerpt(body: &[u8]) -> String {
    String::from_utf8_lossy(&body[..body.len().min(120)]).into_owned()
}
