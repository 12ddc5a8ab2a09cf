//! What customers are written, as the API tells it.

use std::time::Duration;

use laurel_store::KeyScope;
use laurel_testkit::{TestDatabase, both_databases, fixture};
use serde_json::{Value, json};

use crate::client::{ANA, Api};

const NOTIFICATIONS: &str = r"query($id: ID!) { customer(id: $id) {
    notifications { totalCount nodes {
      id state reason channel direction createdAt finishedAt attempts { at outcome code relay queueId text } } }
    tierChanges { nodes { kind notification { id } } }
    history { nodes { kind ... on TierChange { notification { id } } } } } }";

async fn told(api: &Api) -> Value {
    api.ask(NOTIFICATIONS, json!({ "id": ANA })).await["customer"].clone()
}

/// Lets the settle window pass, and has sent what is due.
async fn a_minute_later(api: &Api) {
    api.app.database.clock.advance(Duration::from_mins(1));
    api.app.settle().await;
}

async fn a_change_of_tier_is_told_with_its_mail(database: TestDatabase) {
    let api = Api::new(database).await;
    let bodies = ["01_customer_registration", "04_tier_upgrade"].map(fixture);
    api.receive(&bodies).await;
    assert_eq!(
        told(&api).await["notifications"]["nodes"][0]["state"],
        "PENDING"
    );
    a_minute_later(&api).await;
    let customer = told(&api).await;
    let sent = &customer["notifications"]["nodes"][0];
    let expected = json!({ "id": sent["id"], "state": "SENT", "reason": null, "channel": "mail",
        "direction": "UPGRADE", "createdAt": "2026-03-01T12:00:00Z", "finishedAt": "2026-03-01T12:01:00Z",
        "attempts": [{ "at": "2026-03-01T12:01:00Z", "outcome": "sent", "code": null,
                       "relay": null, "queueId": null, "text": null }] });
    assert_eq!(*sent, expected);
    assert_eq!(customer["notifications"]["totalCount"], 1);
    let change = json!({ "kind": "TIER_UPGRADE", "notification": { "id": sent["id"] } });
    assert_eq!(customer["tierChanges"]["nodes"], json!([change]));
    assert_eq!(customer["history"]["nodes"][0], change);
    let node = "query($id: ID!) { node(id: $id) { __typename id } }";
    let found = api.ask(node, json!({ "id": sent["id"] })).await;
    assert_eq!(
        found["node"],
        json!({ "__typename": "Notification", "id": sent["id"] })
    );

    let api = api.asked_by("masivo", &[KeyScope::Operate]).await;
    let attempt = &told(&api).await["notifications"]["nodes"][0]["attempts"][0];
    assert_eq!(
        [&attempt["relay"], &attempt["queueId"], &attempt["text"]],
        [&json!("mailbox"), &Value::Null, &json!("kept")],
        "operators read what the relay said"
    );
    let said = "UPDATE delivery_attempts SET relay = 'relay.test:587', reply = '2.0.0 Ok: queued as 4F1B2A'";
    api.app.database.execute(said).await;
    let attempt = &told(&api).await["notifications"]["nodes"][0]["attempts"][0];
    assert_eq!(
        [&attempt["relay"], &attempt["queueId"]],
        [&json!("relay.test:587"), &json!("4F1B2A")]
    );
    let api = api.asked_by("other", &[KeyScope::Operate]).await;
    assert_eq!(
        api.ask(node, json!({ "id": sent["id"] })).await["node"],
        Value::Null
    );
}

async fn a_notification_waits_visibly_for_an_address(database: TestDatabase) {
    let api = Api::new(database).await;
    api.receive(&[fixture("04_tier_upgrade")]).await;
    a_minute_later(&api).await;
    let waiting = told(&api).await["notifications"]["nodes"][0].clone();
    assert_eq!(waiting["state"], "WAITING");
    assert_eq!(
        [&waiting["finishedAt"], &waiting["attempts"]],
        [&json!(null), &json!([])]
    );
    api.receive(&[fixture("01_customer_registration")]).await;
    a_minute_later(&api).await;
    assert_eq!(
        told(&api).await["notifications"]["nodes"][0]["state"],
        "SENT"
    );
}

async fn changes_that_come_to_nothing_say_so(database: TestDatabase) {
    let api = Api::with_story(database).await;
    a_minute_later(&api).await;
    let customer = told(&api).await;
    let nodes = customer["notifications"]["nodes"].as_array().unwrap();
    let states: Vec<[&Value; 3]> = nodes
        .iter()
        .map(|node| [&node["state"], &node["reason"], &node["direction"]])
        .collect();
    let merged = |direction: &str| [json!("MERGED"), Value::Null, json!(direction)];
    let expected = [
        merged("DOWNGRADE"),
        merged("DOWNGRADE"),
        merged("UPGRADE"),
        ["SKIPPED", "no_net_change", "UPGRADE"].map(Value::from),
    ];
    assert_eq!(states, expected.each_ref().map(<[Value; 3]>::each_ref));
    let ids: Vec<&Value> = nodes.iter().map(|node| &node["id"]).collect();
    let changes = customer["tierChanges"]["nodes"].as_array().unwrap();
    let of_changes: Vec<&Value> = changes
        .iter()
        .map(|change| &change["notification"]["id"])
        .collect();
    assert_eq!(ids, of_changes, "newest first, both");
}

async fn why_a_mail_was_given_up_is_for_operators(database: TestDatabase) {
    let api = Api::with_story(database).await;
    api.app
        .database
        .execute("UPDATE outbox SET state = 'dead', reason = '550 <ana@example.com> unknown'")
        .await;
    let reason = async |api: &Api| told(api).await["notifications"]["nodes"][0]["reason"].clone();
    assert_eq!(reason(&api).await, Value::Null);
    let api = api.asked_by("masivo", &[KeyScope::Operate]).await;
    assert_eq!(reason(&api).await, "550 <ana@example.com> unknown");
}

async fn notifications_are_paged_through(database: TestDatabase) {
    let api = Api::with_story(database).await;
    let page = async |arguments: &str| {
        let query = format!(
            r#"{{ customer(id: "{ANA}") {{ notifications({arguments}) {{
             edges {{ cursor node {{ id }} }} pageInfo {{ hasNextPage hasPreviousPage }} }} }} }}"#
        );
        api.ask(&query, Value::Null).await["customer"]["notifications"].clone()
    };
    let all = page("first: 4").await;
    let cursor = |n: usize| all["edges"][n]["cursor"].as_str().unwrap().to_owned();
    assert_eq!(
        all["pageInfo"],
        json!({ "hasNextPage": false, "hasPreviousPage": false })
    );
    let of = |range: std::ops::Range<usize>| json!(all["edges"].as_array().unwrap()[range]);
    let middle = page(&format!("first: 2, after: {:?}", cursor(0))).await;
    assert_eq!(middle["edges"], of(1..3));
    assert_eq!(
        middle["pageInfo"],
        json!({ "hasNextPage": true, "hasPreviousPage": true })
    );
    assert_eq!(
        page(&format!("last: 2, before: {:?}", cursor(3))).await["edges"],
        of(1..3)
    );
    assert_eq!(page("last: 1").await["edges"], of(3..4));
}

async fn the_mails_of_a_page_of_changes_are_read_together(database: TestDatabase) {
    let api = Api::with_story(database).await;
    let query =
        "query($id: ID!, $first: Int) { customer(id: $id) { tierChanges(first: $first) { nodes {
        notification { state attempts { outcome } } } } } }";
    let of = async |first: u32| {
        let before = api.app.database.store.statements();
        api.ask(query, json!({ "id": ANA, "first": first })).await;
        api.app.database.store.statements() - before
    };
    // The customer, the changes, their messages, the tries to send these.
    assert_eq!([of(1).await, of(4).await], [4, 4]);
}

both_databases!(
    the_mails_of_a_page_of_changes_are_read_together,
    a_change_of_tier_is_told_with_its_mail,
    a_notification_waits_visibly_for_an_address,
    changes_that_come_to_nothing_say_so,
    why_a_mail_was_given_up_is_for_operators,
    notifications_are_paged_through,
);
