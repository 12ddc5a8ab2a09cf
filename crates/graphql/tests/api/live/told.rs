//! What is told, to whom, and from where on.

use laurel_store::{KeyScope, Source};
use laurel_testkit::{TestDatabase, both_databases, fixture};
use serde_json::{Value, json};

use super::socket::{Server, Socket};
use crate::client::{ANA, Api, accumulation, make_key};

both_databases!(
    what_is_added_to_a_history_is_told_as_it_was_asked_for,
    who_comes_again_with_a_cursor_is_told_what_came_meanwhile,
    a_customers_follower_is_told_of_nobody_else,
    changes_of_tier_are_told_by_themselves,
    another_sources_followers_are_told_nothing,
    d27_another_sources_cursor_is_answered_like_one_that_nobody_made,
    an_update_for_many_is_read_once,
    a_subscription_that_is_complete_is_told_nothing_more,
    what_nobody_knew_is_told_to_operators_only,
);

const ADDED: &str = "subscription Added($customer: ID, $after: String) {
  historyEntryAdded(customerId: $customer, after: $after) {
    cursor
    node { occurredAt kind customer { customerId } ... on Accumulation { lines { amount reward { name } } } }
  }
}";

async fn earn(api: &Api, customer: &str, amount: u32) {
    let body = accumulation(customer, &amount.to_string(), "2026-02-03T00:00:00Z");
    api.receive(&[&body]).await;
}

/// Follows everything from the very beginning: what is told does not depend on when it was asked for.
async fn from_the_start(socket: &mut Socket, id: &str, query: &str, mut variables: Value) {
    variables["after"] = "ZjAlswNzh3MfD0".into();
    socket.subscribe(id, query, variables).await;
}

fn amount(update: &Value) -> &str {
    update["node"]["lines"][0]["amount"].as_str().unwrap()
}

async fn what_is_added_to_a_history_is_told_as_it_was_asked_for(database: TestDatabase) {
    let api = Api::new(database).await;
    let server = Server::of(&api).await;
    let mut socket = server.opened(&api.key).await;
    earn(&api, ANA, 1).await;
    from_the_start(&mut socket, "a", ADDED, json!({})).await;
    assert_eq!(amount(&socket.update("historyEntryAdded").await), "1");
    earn(&api, ANA, 2).await;
    let mut update = socket.update("historyEntryAdded").await;
    let cursor = update["cursor"].take();
    assert!(cursor.is_string());
    assert_eq!(
        update.to_string(),
        json!({ "cursor": null, "node": {
            "occurredAt": "2026-02-03T00:00:00Z", "kind": "CUSTOMER_ACCUMULATION",
            "customer": { "customerId": ANA },
            "lines": [{ "amount": "2", "reward": { "name": "Points" } }],
        } })
        .to_string()
    );
}

async fn who_comes_again_with_a_cursor_is_told_what_came_meanwhile(database: TestDatabase) {
    let api = Api::new(database).await;
    let server = Server::of(&api).await;
    let mut socket = server.opened(&api.key).await;
    for amount in 1..=3 {
        earn(&api, ANA, amount).await;
    }
    from_the_start(&mut socket, "a", ADDED, json!({ "customer": ANA })).await;
    let first = socket.update("historyEntryAdded").await;
    assert_eq!(amount(&first), "1");
    drop(socket);
    for amount in 4..=80 {
        earn(&api, ANA, amount).await;
    }
    let mut socket = server.opened(&api.key).await;
    let after = json!({ "after": first["cursor"] });
    socket.subscribe("b", ADDED, after).await;
    for expected in 2..=80 {
        let update = socket.update("historyEntryAdded").await;
        assert_eq!(amount(&update), expected.to_string());
    }
    earn(&api, ANA, 81).await;
    assert_eq!(amount(&socket.update("historyEntryAdded").await), "81");
}

async fn a_customers_follower_is_told_of_nobody_else(database: TestDatabase) {
    let api = Api::new(database).await;
    let server = Server::of(&api).await;
    let mut socket = server.opened(&api.key).await;
    earn(&api, ANA, 1).await;
    from_the_start(&mut socket, "a", ADDED, json!({ "customer": ANA })).await;
    socket.update("historyEntryAdded").await;
    earn(&api, "bo", 2).await;
    earn(&api, ANA, 3).await;
    assert_eq!(amount(&socket.update("historyEntryAdded").await), "3");

    // The global id names the same customer; an id that nobody has is nobody yet.
    let id = api
        .ask(
            "query($id: ID!) { customer(id: $id) { id } }",
            json!({ "id": ANA }),
        )
        .await;
    let global = &id["customer"]["id"];
    from_the_start(&mut socket, "b", ADDED, json!({ "customer": global })).await;
    assert_eq!(amount(&socket.update("historyEntryAdded").await), "1");
    assert_eq!(amount(&socket.update("historyEntryAdded").await), "3");
    from_the_start(&mut socket, "c", ADDED, json!({ "customer": "cleo" })).await;
    earn(&api, "cleo", 4).await;
    let next = socket.next().await;
    assert_eq!((&next["id"], &next["type"]), (&json!("c"), &json!("next")));
}

async fn changes_of_tier_are_told_by_themselves(database: TestDatabase) {
    let api = Api::with_story(database).await;
    let server = Server::of(&api).await;
    let mut socket = server.opened(&api.key).await;
    let query = "subscription($after: String) { tierChanged(after: $after) {
        node { direction from { name } to { name } customer { name } } } }";
    from_the_start(&mut socket, "a", query, json!({})).await;
    let upgrade = socket.update("tierChanged").await;
    assert_eq!(upgrade["node"]["direction"], "UPGRADE");
    assert_eq!(upgrade["node"]["customer"]["name"], "Ana Gómez");
    for direction in ["UPGRADE", "DOWNGRADE", "DOWNGRADE"] {
        assert_eq!(
            socket.update("tierChanged").await["node"]["direction"],
            direction
        );
    }
    earn(&api, ANA, 1).await;
    let again = String::from_utf8(fixture("04_tier_upgrade").to_vec()).unwrap();
    let again = again.replacen('{', "{\"again\":1,", 1);
    api.receive(&[again.as_bytes()]).await;
    assert_eq!(socket.update("tierChanged").await, upgrade);
}

async fn another_sources_followers_are_told_nothing(database: TestDatabase) {
    let api = Api::new(database).await;
    let ours = api.key.clone();
    earn(&api, ANA, 1).await;
    let api = api.asked_by("theirs", &[KeyScope::Read]).await;
    let server = Server::of(&api).await;
    let mut theirs = server.opened(&api.key).await;
    // Their own beginning: cursors are a source's own.
    let variables = json!({ "after": "ZjAEaFLS982vYQ" });
    theirs.subscribe("a", ADDED, variables.clone()).await;
    let variables = json!({ "after": variables["after"], "customer": ANA });
    theirs.subscribe("b", ADDED, variables).await;
    let mut socket = server.opened(&ours).await;
    from_the_start(&mut socket, "a", ADDED, json!({})).await;
    socket.update("historyEntryAdded").await;
    let body = accumulation(ANA, "7", "2026-02-03T00:00:00Z");
    api.receive_as("theirs", &[&body]).await;
    // To both of theirs, and the first thing that they hear.
    assert_eq!(amount(&theirs.update("historyEntryAdded").await), "7");
    assert_eq!(amount(&theirs.update("historyEntryAdded").await), "7");
    earn(&api, ANA, 8).await;
    assert_eq!(amount(&socket.update("historyEntryAdded").await), "8");
}

async fn d27_another_sources_cursor_is_answered_like_one_that_nobody_made(database: TestDatabase) {
    let api = Api::new(database).await;
    let server = Server::of(&api).await;
    earn(&api, ANA, 1).await;
    let mut socket = server.opened(&api.key).await;
    from_the_start(&mut socket, "a", ADDED, json!({})).await;
    let ours = socket.update("historyEntryAdded").await["cursor"].clone();
    let tiers = "subscription($after: String) { tierChanged(after: $after) { cursor } }";
    let theirs = Source::new("theirs").unwrap();
    let key = make_key(&api.app.database, &theirs, &[KeyScope::Read]).await;
    for query in [ADDED, tiers] {
        let mut answers = Vec::new();
        for after in [&ours, &json!("nonsense"), &json!("")] {
            let mut theirs = server.opened(&key).await;
            theirs
                .subscribe("a", query, json!({ "after": after }))
                .await;
            answers.push(theirs.next().await);
        }
        assert_eq!(answers[0]["type"], "error");
        assert_eq!(answers[0], answers[1]);
        assert_eq!(answers[0], answers[2]);
    }
}

async fn an_update_for_many_is_read_once(database: TestDatabase) {
    let api = Api::new(database).await;
    let server = Server::of(&api).await;
    earn(&api, ANA, 1).await;
    let mut sockets = Vec::new();
    for number in 0..40 {
        let mut socket = server.opened(&api.key).await;
        // They differ in where they come from, and in nothing else.
        let after = if number % 2 == 0 {
            "ZjAlswNzh3MfD0"
        } else {
            "ZjAwtP84yTeYouY"
        };
        let variables = json!({ "after": after });
        socket
            .subscribe(&number.to_string(), ADDED, variables)
            .await;
        socket.update("historyEntryAdded").await;
        sockets.push(socket);
    }
    let statements = || api.app.database.store.statements();
    let alone = statements();
    earn(&api, ANA, 2).await;
    let written = statements() - alone;
    for socket in &mut sockets {
        assert_eq!(amount(&socket.update("historyEntryAdded").await), "2");
    }
    let all = statements() - alone;
    // The feed, perhaps twice; the event, the customer, the reward.
    assert!(all - written <= 12, "{} statements", all - written);
}

async fn a_subscription_that_is_complete_is_told_nothing_more(database: TestDatabase) {
    let api = Api::new(database).await;
    let server = Server::of(&api).await;
    let mut socket = server.opened(&api.key).await;
    earn(&api, ANA, 1).await;
    for id in ["a", "b"] {
        from_the_start(&mut socket, id, ADDED, json!({})).await;
        socket.update("historyEntryAdded").await;
    }
    socket.send(json!({ "type": "complete", "id": "a" })).await;
    socket
        .send(json!({ "type": "complete", "id": "unknown" }))
        .await;
    socket
        .send(json!({ "type": "ping", "payload": { "a": 1 } }))
        .await;
    assert_eq!(
        socket.next().await,
        json!({ "type": "pong", "payload": { "a": 1 } })
    );
    for expected in 2..=3 {
        earn(&api, ANA, expected).await;
        let next = socket.next().await;
        assert_eq!(next["id"], "b", "{next}");
    }
    // The id is free again.
    from_the_start(&mut socket, "a", ADDED, json!({})).await;
    assert_eq!(socket.next().await["id"], "a");
}

async fn what_nobody_knew_is_told_to_operators_only(database: TestDatabase) {
    let api = Api::new(database).await;
    let reader = api.key.clone();
    let api = api.asked_by("masivo", &[KeyScope::Operate]).await;
    let server = Server::of(&api).await;
    let odd = format!(r#"{{"event":"ODD","data":{{"customer_id":"{ANA}"}}}}"#);
    api.receive(&[odd.as_bytes()]).await;
    earn(&api, ANA, 1).await;
    let query =
        "subscription($after: String) { historyEntryAdded(after: $after) { node { kind } } }";
    for (key, first) in [
        (&api.key, "UNRECOGNIZED"),
        (&reader, "CUSTOMER_ACCUMULATION"),
    ] {
        let mut socket = server.opened(key).await;
        from_the_start(&mut socket, "a", query, json!({})).await;
        let update = socket.update("historyEntryAdded").await;
        assert_eq!(update["node"]["kind"], first);
    }
}
