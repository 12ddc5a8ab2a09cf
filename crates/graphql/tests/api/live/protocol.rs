//! The rules of `graphql-transport-ws`, and the codes with which a connection ends that breaks them.

use std::time::Duration;

use axum::http::StatusCode;
use laurel_graphql::{Settings, Sockets};
use laurel_testkit::{TestDatabase, both_databases, run};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use super::socket::{Server, Socket};
use crate::client::Api;

const EVERYTHING: &str = "subscription { historyEntryAdded { cursor } }";

both_databases!(what_is_no_subscription_is_refused_by_itself);

async fn api(sockets: Sockets) -> Api {
    let settings = Settings {
        sockets,
        ..Settings::default()
    };
    Api::with(TestDatabase::sqlite().await, settings).await
}

/// The code with which a connection ends after what is done to it.
fn code(expected: u16, sockets: Sockets, offend: impl AsyncFnOnce(&mut Socket, &str)) {
    run(async {
        let api = api(sockets).await;
        let server = Server::of(&api).await;
        let mut socket = server.socket().await;
        offend(&mut socket, &api.key).await;
        assert_eq!(socket.closed().await, expected);
        // The server goes on.
        server.opened(&api.key).await;
    });
}

async fn open(socket: &mut Socket, key: &str) {
    socket.init(key).await;
    assert_eq!(socket.next().await["type"], "connection_ack");
}

fn hasty() -> Sockets {
    let soon = Duration::from_millis(150);
    Sockets {
        init_deadline: soon,
        ping_after: soon,
        pong_deadline: soon,
        ..Sockets::default()
    }
}

#[test]
fn d34_who_does_not_begin_is_closed_at_the_deadline() {
    assert_eq!(Sockets::default().init_deadline, Duration::from_secs(5));
    code(4408, hasty(), async |_, _| {});
}

#[test]
fn d34_pings_do_not_put_off_the_deadline() {
    code(4408, hasty(), async |socket, _| {
        for _ in 0..3 {
            socket.send(json!({ "type": "ping" })).await;
            assert_eq!(socket.next().await["type"], "pong");
        }
    });
}

#[test]
fn d34_who_begins_twice_is_closed() {
    code(4429, Sockets::default(), async |socket, key| {
        open(socket, key).await;
        socket.init(key).await;
    });
}

#[test]
fn who_subscribes_before_the_beginning_is_closed() {
    code(4401, Sockets::default(), async |socket, _| {
        socket.subscribe("a", EVERYTHING, Value::Null).await;
    });
}

#[test]
fn who_subscribes_twice_under_one_id_is_closed() {
    code(4409, Sockets::default(), async |socket, key| {
        open(socket, key).await;
        socket.subscribe("a", EVERYTHING, Value::Null).await;
        socket.subscribe("a", EVERYTHING, Value::Null).await;
    });
}

#[test]
fn d34_a_message_that_is_too_long_closes() {
    assert_eq!(Sockets::default().max_message, 64 * 1024);
    code(1009, Sockets::default(), async |socket, key| {
        open(socket, key).await;
        socket.text(&"x".repeat(64 * 1024 + 1)).await;
    });
}

#[test]
fn what_is_no_message_closes() {
    for text in [
        "",
        "{",
        "{}",
        "[]",
        r#"{"type":"start","id":"a","payload":{}}"#,
    ] {
        code(4400, Sockets::default(), async |socket, key| {
            open(socket, key).await;
            socket.text(text).await;
        });
    }
    code(4400, Sockets::default(), async |socket, _| {
        socket.raw(Message::binary(vec![1, 2, 3])).await;
    });
}

#[test]
fn d34_a_client_that_falls_silent_is_closed() {
    run(async {
        let api = api(hasty()).await;
        let server = Server::of(&api).await;
        // One that answers pings, which reading does, stays.
        let mut awake = server.opened(&api.key).await;
        let mut silent = server.opened(&api.key).await;
        let waited = tokio::time::timeout(Duration::from_secs(1), awake.read()).await;
        assert!(waited.is_err(), "{waited:?}");
        assert_eq!(silent.closed().await, 3008);
    });
}

#[test]
fn another_protocol_is_not_spoken() {
    run(async {
        let api = api(Sockets::default()).await;
        let server = Server::of(&api).await;
        let mut socket = server.shake(None, None).await.expect("a socket");
        assert_eq!(socket.closed().await, 4406);
        let request = api.get("/graphql");
        let mut request = request;
        request
            .headers_mut()
            .insert("upgrade", "websocket".parse().unwrap());
        assert_eq!(api.send(request).await.status(), StatusCode::BAD_REQUEST);
    });
}

async fn what_is_no_subscription_is_refused_by_itself(database: TestDatabase) {
    let api = Api::new(database).await;
    let server = Server::of(&api).await;
    let mut socket = server.opened(&api.key).await;
    let long = "#".repeat(1_000);
    let refused = [
        ("{ tiers { id } }", "BAD_REQUEST"),
        ("subscription {", "GRAPHQL_PARSE_FAILED"),
        ("subscription { nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { __typename }", "GRAPHQL_VALIDATION_FAILED"),
        (
            "subscription { historyEntryAdded { cursor } tierChanged { cursor } }",
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            "subscription { historyEntryAdded(after: \"nonsense\") { cursor } }",
            "BAD_USER_INPUT",
        ),
        // A cursor that lies ahead of everything: of another database.
        (
            "subscription { tierChanged(after: \"ZjEwMDAwVRTWmfK2LA\") { cursor } }",
            "BAD_USER_INPUT",
        ),
        (
            "subscription { tierChanged(after: \"Zi0xU1yIE5SLK6w\") { cursor } }",
            "BAD_USER_INPUT",
        ),
        (
            "subscription A { tierChanged { cursor } } subscription B { tierChanged { cursor } }",
            "OPERATION_RESOLUTION_FAILURE",
        ),
    ];
    for (query, code) in refused {
        let query = format!("{query} {long}");
        socket.subscribe("a", &query, Value::Null).await;
        let answer = socket.next().await;
        assert_eq!(
            (&answer["type"], &answer["id"]),
            (&json!("error"), &json!("a")),
            "{query}"
        );
        assert_eq!(answer["payload"][0]["extensions"]["code"], code, "{query}");
    }
    // By POST a subscription is answered with an error, too, and with nothing else.
    let codes = api.codes(EVERYTHING, Value::Null).await;
    assert_eq!(codes, ["GRAPHQL_VALIDATION_FAILED"]);
}
