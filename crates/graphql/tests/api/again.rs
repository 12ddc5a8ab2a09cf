//! What operators have done again: notifications that are sent anew, events that are handled again.

use std::time::Duration;

use laurel_store::KeyScope;
use laurel_testkit::{TestDatabase, both_databases, fixture};
use serde_json::{Value, json};

use crate::client::{ANA, Api, codes};

const RESEND: &str = "mutation($id: ID!) { resendNotification(input: { id: $id }) {
    notification { id state reason } userErrors { code field } } }";
const REPLAY: &str = "mutation($id: ID!) { replayEvent(input: { id: $id }) {
    event { eventId state deliveries { subscriber state } } userErrors { code field } } }";
const NOTIFICATIONS: &str = "query($id: ID!) { customer(id: $id) { notifications { nodes { id state reason attempts { outcome } } } } }";

async fn operator(database: TestDatabase) -> Api {
    let api = Api::new(database).await;
    api.asked_by("masivo", &[KeyScope::Operate]).await
}

/// The notifications of the sample customer, the newest first.
async fn notifications(api: &Api) -> Vec<Value> {
    let told = api.ask(NOTIFICATIONS, json!({ "id": ANA })).await;
    let nodes = &told["customer"]["notifications"]["nodes"];
    nodes.as_array().unwrap().clone()
}

async fn a_minute_later(api: &Api) {
    api.app.database.clock.advance(Duration::from_mins(1));
    api.app.settle().await;
}

/// The code of what keeps a notification from being sent anew.
async fn objection(api: &Api, id: &Value) -> Value {
    let told = api.ask(RESEND, json!({ "id": id })).await;
    assert_eq!(told["resendNotification"]["notification"], Value::Null);
    told["resendNotification"]["userErrors"][0]["code"].clone()
}

async fn a_notification_that_was_sent_goes_out_again_as_the_same(database: TestDatabase) {
    let api = operator(database).await;
    let bodies = ["01_customer_registration", "04_tier_upgrade"].map(fixture);
    api.receive(&bodies).await;
    let id = notifications(&api).await[0]["id"].clone();
    assert_eq!(objection(&api, &id).await, "ON_ITS_WAY");
    a_minute_later(&api).await;
    assert_eq!(api.app.mailbox.messages().len(), 1);

    let told = api.ask(RESEND, json!({ "id": id })).await;
    let expected = json!({ "notification": { "id": id, "state": "PENDING", "reason": null }, "userErrors": [] });
    assert_eq!(told["resendNotification"], expected);
    api.app.settle().await;
    let mails = api.app.mailbox.messages();
    assert_eq!(mails.len(), 2);
    assert_eq!(mails[0].id, mails[1].id, "one message, sent twice");
    let sent = &notifications(&api).await[0];
    assert_eq!(sent["state"], "SENT");
    assert_eq!(
        sent["attempts"],
        json!([{ "outcome": "sent" }, { "outcome": "sent" }])
    );
}

async fn one_that_was_skipped_is_decided_about_anew(database: TestDatabase) {
    let api = operator(database).await;
    let bodies = ["01_customer_registration", "04_tier_upgrade"].map(fixture);
    api.receive(&bodies).await;
    let scope = api.app.database.store.scope(&api.app.database.source());
    let customer = scope
        .customer(&ANA.parse().unwrap())
        .await
        .unwrap()
        .unwrap();
    let address = customer.email.unwrap();
    let operator = laurel_store::SuppressionReason::Operator;
    scope.suppress(&address, operator).await.unwrap();
    a_minute_later(&api).await;
    let skipped = notifications(&api).await[0].clone();
    assert_eq!(skipped["reason"], "suppressed");
    for (suppressed, mails, state) in [(true, 0, "SKIPPED"), (false, 1, "SENT")] {
        if !suppressed {
            scope.unsuppress(&address).await.unwrap();
        }
        api.ask(RESEND, json!({ "id": skipped["id"] })).await;
        api.app.settle().await;
        assert_eq!(api.app.mailbox.messages().len(), mails);
        assert_eq!(notifications(&api).await[0]["state"], state);
    }
}

async fn what_would_not_be_true_any_more_is_not_sent_anew(database: TestDatabase) {
    let api = operator(database).await;
    let bodies = ["01_customer_registration", "04_tier_upgrade"].map(fixture);
    api.receive(&bodies).await;
    a_minute_later(&api).await;
    let first = notifications(&api).await[0]["id"].clone();
    api.receive(&[fixture("11_tier_upgrade_gold")]).await;
    assert_eq!(objection(&api, &first).await, "SUPERSEDED");
    a_minute_later(&api).await;
    let second = notifications(&api).await[0]["id"].clone();
    api.app.database.clock.advance(Duration::from_hours(7 * 24));
    assert_eq!(objection(&api, &second).await, "STALE");
    for id in ["nothing", &api.app.database.store.clock().id().to_string()] {
        assert_eq!(objection(&api, &json!(id)).await, "NOT_FOUND");
    }
    let other = api.asked_by("other", &[KeyScope::Operate]).await;
    assert_eq!(
        objection(&other, &second).await,
        "NOT_FOUND",
        "another source's"
    );
    let reader = other.asked_by("masivo", &[KeyScope::Read]).await;
    let answer = reader.answer(RESEND, json!({ "id": second })).await;
    assert_eq!(codes(&answer), ["FORBIDDEN"]);
    assert_eq!(reader.app.mailbox.messages().len(), 2);
}

async fn changes_that_were_told_together_are_told_together_again(database: TestDatabase) {
    let api = operator(database).await;
    let bodies = [
        "01_customer_registration",
        "04_tier_upgrade",
        "11_tier_upgrade_gold",
    ]
    .map(fixture);
    api.receive(&bodies).await;
    a_minute_later(&api).await;
    let told = notifications(&api).await;
    assert_eq!([&told[0]["state"], &told[1]["state"]], ["MERGED", "SENT"]);
    assert_eq!(objection(&api, &told[0]["id"]).await, "MERGED");
    api.ask(RESEND, json!({ "id": told[1]["id"] })).await;
    api.app.settle().await;
    let mails = api.app.mailbox.messages();
    assert_eq!(
        (mails.len(), &mails[0].words.subject),
        (2, &mails[1].words.subject)
    );
    let again = notifications(&api).await;
    assert_eq!([&again[0]["state"], &again[1]["state"]], ["MERGED", "SENT"]);
}

async fn an_event_that_was_given_up_is_handled_again_and_mails_nobody_twice(
    database: TestDatabase,
) {
    let api = operator(database).await;
    let bodies = ["01_customer_registration", "04_tier_upgrade"].map(fixture);
    api.receive(&bodies).await;
    a_minute_later(&api).await;
    let sql = "INSERT INTO deliveries (subscriber, event_seq, attempts, due_at, dead_at) \
               SELECT name, seq, 10, 1, 1 FROM events, subscribers \
               WHERE kind = 'TIER_UPGRADE' AND name IN ('history', 'mail')";
    api.app.database.execute(sql).await;
    let event = api
        .ask("{ events(first: 1) { nodes { id eventId } } }", Value::Null)
        .await;
    let event = &event["events"]["nodes"][0];
    let told = api.ask(REPLAY, json!({ "id": event["eventId"] })).await;
    let pending = |name: &str| json!({ "subscriber": name, "state": "PENDING" });
    let expected = json!({ "event": { "eventId": event["eventId"], "state": "ACCEPTED",
        "deliveries": [pending("history"), pending("mail")] }, "userErrors": [] });
    assert_eq!(told["replayEvent"], expected);
    let before = api.app.database.read_models().await;
    a_minute_later(&api).await;
    assert_eq!(api.app.database.read_models().await, before);
    assert_eq!(api.app.mailbox.messages().len(), 1);
    let again = api.ask(REPLAY, json!({ "id": event["id"] })).await;
    assert_eq!(
        again["replayEvent"]["userErrors"][0]["code"],
        "NOTHING_TO_REPLAY"
    );
}

async fn a_quarantined_event_is_handled_once_it_can_be_read(database: TestDatabase) {
    let api = operator(database).await;
    api.receive(&[
        br#"{"event":"CUSTOMER_ACCUMULATION","data":{"customer_id":"ana-0042","lines":7}}"#,
    ])
    .await;
    let event = api
        .ask("{ events(first: 1) { nodes { eventId } } }", Value::Null)
        .await;
    let id = event["events"]["nodes"][0]["eventId"].clone();
    let told = api.ask(REPLAY, json!({ "id": id })).await;
    assert_eq!(told["replayEvent"]["userErrors"][0]["code"], "UNREADABLE");
    // As if an older binary had received it.
    let hex: Vec<String> = fixture("02_customer_accumulation")
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let hex = hex.concat();
    let bytes = if api.app.database.url.starts_with("sqlite") {
        format!("x'{hex}'")
    } else {
        format!("'\\x{hex}'::bytea")
    };
    api.app
        .database
        .execute(&format!("UPDATE events SET body = {bytes}"))
        .await;
    let other = api.asked_by("other", &[KeyScope::Operate]).await;
    let told = other.ask(REPLAY, json!({ "id": id })).await;
    assert_eq!(
        told["replayEvent"]["userErrors"][0]["code"], "NOT_FOUND",
        "another source's"
    );
    let api = other.asked_by("masivo", &[KeyScope::Operate]).await;
    let told = api.ask(REPLAY, json!({ "id": id })).await;
    assert_eq!(told["replayEvent"]["event"]["state"], "ACCEPTED");
    api.app.settle().await;
    let entries = "query($id: ID!) { customer(id: $id) { history { totalCount } } }";
    let customer = api.ask(entries, json!({ "id": ANA })).await;
    assert_eq!(customer["customer"]["history"]["totalCount"], 1);
}

both_databases!(
    a_notification_that_was_sent_goes_out_again_as_the_same,
    one_that_was_skipped_is_decided_about_anew,
    what_would_not_be_true_any_more_is_not_sent_anew,
    changes_that_were_told_together_are_told_together_again,
    an_event_that_was_given_up_is_handled_again_and_mails_nobody_twice,
    a_quarantined_event_is_handled_once_it_can_be_read,
);
