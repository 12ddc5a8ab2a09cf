//! How many there may be, how much each may hold up, and how all of it ends.

use std::num::NonZeroU32;
use std::time::Duration;

use axum::http::StatusCode;
use laurel_graphql::{Settings, Share, Sockets};
use laurel_testkit::{TestDatabase, both_databases};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use super::socket::Server;
use crate::client::{ANA, Api, accumulation};

both_databases!(
    d34_of_ten_thousand_subscriptions_twenty_are_followed,
    a_subscription_is_paid_for_when_it_begins,
    connections_are_counted_in_all_and_by_their_credentials,
    who_does_not_read_is_dropped_and_holds_up_nobody,
    a_server_that_stops_says_good_bye,
);

const ADDED: &str =
    "subscription($after: String) { historyEntryAdded(after: $after) { node { kind } } }";

fn settings(sockets: Sockets) -> Settings {
    Settings {
        sockets,
        ..Settings::default()
    }
}

async fn d34_of_ten_thousand_subscriptions_twenty_are_followed(database: TestDatabase) {
    let api = Api::new(database).await;
    let body = accumulation(ANA, "1", "2026-02-03T00:00:00Z");
    api.receive(&[&body]).await;
    let server = Server::of(&api).await;
    let mut socket = server.opened(&api.key).await;
    let (mut followed, mut refused) = (0, 0);
    for hundred in 0..100 {
        for one in 0..100 {
            let id = format!("{hundred}-{one}");
            socket
                .subscribe(&id, ADDED, json!({ "after": "ZjAlswNzh3MfD0" }))
                .await;
        }
        while followed + refused < (hundred + 1) * 100 {
            let answer = socket.next().await;
            if answer["type"] == "next" {
                followed += 1;
            } else {
                let code = &answer["payload"][0]["extensions"]["code"];
                assert_eq!(code, "TOO_MANY_SUBSCRIPTIONS");
                refused += 1;
            }
        }
    }
    assert_eq!((followed, refused), (20, 9_980));
}

async fn a_subscription_is_paid_for_when_it_begins(database: TestDatabase) {
    let share = Share {
        cost_per_minute: NonZeroU32::new(5),
        ..Share::default()
    };
    let settings = Settings {
        share,
        ..Settings::default()
    };
    let api = Api::with(database, settings).await;
    let body = accumulation(ANA, "1", "2026-02-03T00:00:00Z");
    api.receive(&[&body]).await;
    let server = Server::of(&api).await;
    let mut socket = server.opened(&api.key).await;
    let from_the_beginning = json!({ "after": "ZjAlswNzh3MfD0" });
    socket
        .subscribe("three", ADDED, from_the_beginning.clone())
        .await;
    assert_eq!(socket.next().await["type"], "next");
    socket.subscribe("six", ADDED, from_the_beginning).await;
    let refused = socket.next().await;
    assert_eq!(refused["id"], "six");
    let code = &refused["payload"][0]["extensions"]["code"];
    assert_eq!(code, "RATE_LIMITED");
}

async fn connections_are_counted_in_all_and_by_their_credentials(database: TestDatabase) {
    let few = Sockets {
        all: 3,
        per_token: 2,
        ..Sockets::default()
    };
    let api = Api::with(database, settings(few)).await;
    let server = Server::of(&api).await;
    let first = server.opened(&api.key).await;
    let _second = server.opened(&api.key).await;
    let mut third = server.socket().await;
    let shaken = server.shake(Some("graphql-transport-ws"), None).await;
    assert_eq!(shaken.err(), Some(StatusCode::SERVICE_UNAVAILABLE));
    third.init(&api.key).await;
    assert_eq!(third.closed().await, 1013);
    drop((first, third));
    // Their places are given back when they are seen to have gone.
    let mut free = false;
    for _ in 0..1_000 {
        let shaken = server.shake(Some("graphql-transport-ws"), None).await;
        if let Ok(mut socket) = shaken {
            socket.init(&api.key).await;
            if let Some(Message::Text(_)) = socket.read().await {
                free = true;
                break;
            }
        }
        tokio::task::yield_now().await;
    }
    assert!(free);
}

async fn who_does_not_read_is_dropped_and_holds_up_nobody(database: TestDatabase) {
    const EVENTS: usize = 300;
    let impatient = Sockets {
        all: 2,
        read_deadline: Duration::from_millis(300),
        ..Sockets::default()
    };
    let api = Api::with(database, settings(impatient)).await;
    let server = Server::of(&api).await;
    let bodies: Vec<Vec<u8>> = (0..EVENTS)
        .map(|number| accumulation(ANA, &number.to_string(), "2026-02-03T00:00:00Z"))
        .collect();
    api.receive(&bodies.iter().map(Vec::as_slice).collect::<Vec<_>>())
        .await;
    // Each update is about 50 KB.
    let long = (0..40).map(|number| format!("{}{number}: kind ", "x".repeat(1_200)));
    let long: String = long.collect();
    let query = format!(
        "subscription {{ historyEntryAdded(after: \"ZjAlswNzh3MfD0\") {{ node {{ {long} }} }} }}"
    );
    let mut slow = server.opened(&api.key).await;
    slow.subscribe("slow", &query, Value::Null).await;
    let mut quick = server.opened(&api.key).await;
    quick
        .subscribe("quick", ADDED, json!({ "after": "ZjAlswNzh3MfD0" }))
        .await;
    for _ in 0..EVENTS {
        quick.update("historyEntryAdded").await;
    }
    // There is room again once it has been dropped.
    let mut third = server.shake(Some("graphql-transport-ws"), None).await;
    while third.is_err() {
        tokio::task::yield_now().await;
        third = server.shake(Some("graphql-transport-ws"), None).await;
    }
    let mut read = 0;
    while let Some(Message::Text(_)) = slow.read().await {
        read += 1;
    }
    assert!(read < EVENTS, "{read}");
}

async fn a_server_that_stops_says_good_bye(database: TestDatabase) {
    let settings = Settings::default();
    let stop = settings.stop.clone();
    let api = Api::with(database, settings).await;
    let server = Server::of(&api).await;
    let mut opened = server.opened(&api.key).await;
    opened.subscribe("a", ADDED, json!({})).await;
    let mut before = server.socket().await;
    stop.cancel();
    assert_eq!(opened.closed().await, 1001);
    assert_eq!(before.closed().await, 1001);
}
