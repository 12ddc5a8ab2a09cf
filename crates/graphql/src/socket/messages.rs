//! The messages of `graphql-transport-ws`.

use async_graphql::ServerError;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// The longest id of a subscription: it is sent back with every update.
const LONGEST_ID: usize = 128;

/// What a client says.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Said {
    ConnectionInit {
        payload: Option<Map<String, Value>>,
    },
    Ping {
        payload: Option<Map<String, Value>>,
    },
    Pong {},
    Subscribe {
        id: String,
        payload: Map<String, Value>,
    },
    Complete {
        id: String,
    },
}

impl Said {
    /// Reads a message; none where it is none.
    pub(super) fn read(text: &str) -> Option<Self> {
        let said: Self = serde_json::from_str(text).ok()?;
        match &said {
            Self::Subscribe { id, .. } if id.is_empty() || id.len() > LONGEST_ID => None,
            _ => Some(said),
        }
    }
}

/// What we say.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Say<'a> {
    ConnectionAck,
    Pong {
        #[serde(skip_serializing_if = "Option::is_none")]
        payload: Option<&'a Map<String, Value>>,
    },
    Next {
        id: &'a str,
        payload: &'a RawValue,
    },
    Error {
        id: &'a str,
        payload: &'a [ServerError],
    },
    Complete {
        id: &'a str,
    },
}

pub(super) fn ack() -> String {
    write(&Say::ConnectionAck)
}

pub(super) fn pong(payload: Option<&Map<String, Value>>) -> String {
    write(&Say::Pong { payload })
}

pub(super) fn error(id: &str, errors: &[ServerError]) -> String {
    write(&Say::Error {
        id,
        payload: errors,
    })
}

pub(super) fn complete(id: &str) -> String {
    write(&Say::Complete { id })
}

/// An update, whose payload is JSON already.
pub(super) fn next(id: &str, payload: &str) -> String {
    let payload = serde_json::from_str::<&RawValue>(payload);
    payload.map_or_else(
        |_| complete(id),
        |payload| write(&Say::Next { id, payload }),
    )
}

fn write(say: &Say<'_>) -> String {
    // Strings and JSON values written to memory: it does not fail.
    serde_json::to_string(say).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_message_is_none() {
        for text in [
            "",
            "{}",
            "[]",
            "null",
            r#"{"type":"start","id":"1","payload":{}}"#,
            r#"{"type":"subscribe","payload":{}}"#,
            r#"{"type":"subscribe","id":1,"payload":{}}"#,
            r#"{"type":"subscribe","id":"","payload":{}}"#,
            r#"{"type":"subscribe","id":"1"}"#,
            r#"{"type":"connection_init","payload":7}"#,
            r#"{"type":"complete"}"#,
        ] {
            assert!(Said::read(text).is_none(), "{text}");
        }
        let long = format!(
            r#"{{"type":"subscribe","id":"{}","payload":{{}}}}"#,
            "x".repeat(129)
        );
        assert!(Said::read(&long).is_none());
        let deep = format!(r#"{{"type":"ping","payload":{{"a":{}"#, "[".repeat(60_000));
        assert!(Said::read(&deep).is_none());
    }

    #[test]
    fn what_is_said_is_what_the_protocol_has() {
        assert_eq!(ack(), r#"{"type":"connection_ack"}"#);
        assert_eq!(pong(None), r#"{"type":"pong"}"#);
        let next = next("a\"b", r#"{"data":{"z":1,"a":2}}"#);
        assert_eq!(
            next,
            r#"{"type":"next","id":"a\"b","payload":{"data":{"z":1,"a":2}}}"#
        );
        assert!(matches!(
            Said::read(r#"{"type":"pong","payload":{"a":1}}"#),
            Some(Said::Pong {})
        ));
    }
}
