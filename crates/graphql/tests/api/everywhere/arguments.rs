//! Every argument that takes an id, a cursor or any other text: what is another's is answered like what nobody has.

use std::collections::BTreeSet;

use laurel_testkit::{TestDatabase, both_databases};
use serde_json::{Value, json};

use super::Scene;
use super::schema::Schema;

/// How a place is tried.
enum Try {
    /// With `$v` in the place; `$own` is a customer of the asker's own.
    Ask(&'static str),
    /// It names nothing that could be another's.
    NamesNothing,
    /// It is asked over a WebSocket: `tests/api/live` tries it.
    Follows,
}

use Try::{Ask, Follows, NamesNothing};

/// Every place, one by one. What is missing here, the test names.
const PLACES: &[(&str, Try)] = &[
    (
        "Query.customer(id)",
        Ask("query($v: ID!) { customer(id: $v) { id } }"),
    ),
    (
        "Query.node(id)",
        Ask("query($v: ID!) { node(id: $v) { id } }"),
    ),
    (
        "Query.nodes(ids)",
        Ask("query($v: ID!, $own: ID!) { nodes(ids: [$v, $own]) { id } }"),
    ),
    (
        "Query.event(id)",
        Ask("query($v: ID!) { event(id: $v) { id } }"),
    ),
    (
        "Query.customers(after)",
        Ask("query($v: String) { customers(after: $v) { nodes { id } } }"),
    ),
    (
        "Query.customers(before)",
        Ask("query($v: String) { customers(before: $v) { nodes { id } } }"),
    ),
    (
        "CustomerFilter.tierId",
        Ask("query($v: ID) { customers(filter: { tierId: $v }) { totalCount nodes { id } } }"),
    ),
    (
        "Query.events(after)",
        Ask("query($v: String) { events(after: $v) { nodes { id } } }"),
    ),
    (
        "Query.events(before)",
        Ask("query($v: String) { events(before: $v) { nodes { id } } }"),
    ),
    (
        "EventFilter.customerId",
        Ask("query($v: ID) { events(filter: { customerId: $v }) { totalCount nodes { id } } }"),
    ),
    ("EventFilter.name", NamesNothing),
    (
        "Customer.history(after)",
        Ask(
            "query($v: String, $own: ID!) { customer(id: $own) { history(after: $v) { nodes { id } } } }",
        ),
    ),
    (
        "Customer.history(before)",
        Ask(
            "query($v: String, $own: ID!) { customer(id: $own) { history(before: $v) { nodes { id } } } }",
        ),
    ),
    (
        "HistoryFilter.rewardId",
        Ask(
            "query($v: ID, $own: ID!) { customer(id: $own) { history(filter: { rewardId: $v }) { nodes { id } } } }",
        ),
    ),
    (
        "HistoryFilter.brandId",
        Ask(
            "query($v: ID, $own: ID!) { customer(id: $own) { history(filter: { brandId: $v }) { nodes { id } } } }",
        ),
    ),
    (
        "Customer.tierChanges(after)",
        Ask(
            "query($v: String, $own: ID!) { customer(id: $own) { tierChanges(after: $v) { nodes { id } } } }",
        ),
    ),
    (
        "Customer.tierChanges(before)",
        Ask(
            "query($v: String, $own: ID!) { customer(id: $own) { tierChanges(before: $v) { nodes { id } } } }",
        ),
    ),
    (
        "Customer.notifications(after)",
        Ask(
            "query($v: String, $own: ID!) { customer(id: $own) { notifications(after: $v) { nodes { id } } } }",
        ),
    ),
    (
        "Customer.notifications(before)",
        Ask(
            "query($v: String, $own: ID!) { customer(id: $own) { notifications(before: $v) { nodes { id } } } }",
        ),
    ),
    ("Customer.summary(timeZone)", NamesNothing),
    ("Program.activity(timeZone)", NamesNothing),
    (
        "IssueCustomerTokenInput.customerId",
        Ask(
            "mutation($v: ID!) { issueCustomerToken(input: { customerId: $v }) { token userErrors { code message } } }",
        ),
    ),
    (
        "EraseCustomerInput.customerId",
        Ask(
            "mutation($v: ID!) { eraseCustomer(input: { customerId: $v }) { finished userErrors { code message } } }",
        ),
    ),
    (
        "ReplayEventInput.id",
        Ask(
            "mutation($v: ID!) { replayEvent(input: { id: $v }) { event { id } userErrors { code message } } }",
        ),
    ),
    (
        "ResendNotificationInput.id",
        Ask(
            "mutation($v: ID!) { resendNotification(input: { id: $v }) { notification { id } userErrors { code message } } }",
        ),
    ),
    (
        "UnsuppressEmailInput.address",
        Ask(
            "mutation($v: String!) { unsuppressEmail(input: { address: $v }) { suppression { reason } userErrors { code message } } }",
        ),
    ),
    ("SuppressEmailInput.address", NamesNothing),
    ("Subscription.historyEntryAdded(customerId)", Follows),
    ("Subscription.historyEntryAdded(after)", Follows),
    ("Subscription.tierChanged(after)", Follows),
];

#[test]
fn every_argument_that_takes_an_id_or_a_cursor_is_tried() {
    let known: BTreeSet<String> = PLACES
        .iter()
        .map(|(place, _)| (*place).to_owned())
        .collect();
    let missing: Vec<String> = Schema::read().texts().difference(&known).cloned().collect();
    assert!(
        missing.is_empty(),
        "say in PLACES how each of these is tried: {missing:#?}"
    );
}

async fn d26_d27_what_is_anothers_is_answered_like_what_nobody_has(database: TestDatabase) {
    let mut scene = Scene::new(database).await;
    for stranger in std::mem::take(&mut scene.strangers) {
        scene.api.key.clone_from(&stranger.key);
        for (place, how) in PLACES {
            let Ask(query) = how else { continue };
            let ask = async |value: &str| -> Value {
                let variables = json!({ "v": value, "own": stranger.own });
                scene.api.answer(query, variables).await
            };
            let unknown = ask("unknown").await;
            for value in scene.foreign(&stranger) {
                let answer = ask(value).await;
                assert_eq!(
                    answer, unknown,
                    "{} sees {value:?} in {place}",
                    stranger.who
                );
            }
        }
    }
}

both_databases!(d26_d27_what_is_anothers_is_answered_like_what_nobody_has);
