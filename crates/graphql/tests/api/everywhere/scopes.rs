//! Every mutation and every field, asked by keys of each scope: whose scope is too small is refused, nothing is changed,
//! and nothing is shown that the schema keeps for a larger one.

use std::collections::BTreeSet;
use std::time::Duration;

use async_graphql::parser::types::FieldDefinition;
use laurel_store::{KeyScope, SuppressionReason};
use laurel_testkit::{FIXTURES, TestDatabase, both_databases};
use serde_json::{Value, json};

use super::fields::{at, call, leaves, paths};
use super::schema::{Schema, base};
use crate::client::{ANA, Api, codes, make_key};

const SCOPES: [KeyScope; 3] = [KeyScope::Read, KeyScope::Operate, KeyScope::Admin];

/// What is told to operators only, of what others may ask for, too: "only operators see …" in the schema.
const KEPT_BACK: [&str; 4] = [
    "Notification.reason",
    "NotificationAttempt.queueId",
    "NotificationAttempt.relay",
    "NotificationAttempt.text",
];

/// What a field's description says that it needs.
fn needs(field: &FieldDefinition) -> KeyScope {
    let description = field.description.as_ref();
    let description = description.map_or("", |text| text.node.as_str());
    let words = description.split_whitespace().collect::<Vec<_>>().join(" ");
    match words.split_once("Needs the scope `") {
        None => KeyScope::Read,
        Some((_, rest)) if rest.starts_with("operate`") => KeyScope::Operate,
        Some((_, rest)) if rest.starts_with("admin`") => KeyScope::Admin,
        Some((_, rest)) => panic!("{}: {rest}", field.name.node),
    }
}

/// A source in which every mutation finds something to do, and every field something to show.
struct Scene {
    api: Api,
    keys: Vec<(KeyScope, String)>,
    /// The mutations, each with an input that it would act on; what ends the story comes last.
    inputs: Vec<(&'static str, Value)>,
}

impl Scene {
    async fn new(database: TestDatabase) -> Self {
        let api = Api::new(database).await;
        // The story with one change of tier only, so that its mail can be sent again; and with nothing that nobody knows:
        // every list that operators see would be longer (`filters`, `nodes` and `live` ask for that).
        let bodies = FIXTURES.iter();
        let bodies = bodies.filter(|(name, _)| !name.contains("unknown"));
        let bodies =
            bodies.filter(|(name, _)| !name.contains("tier") || *name == "04_tier_upgrade");
        let bodies: Vec<&[u8]> = bodies.map(|(_, body)| *body).collect();
        api.receive(&bodies).await;
        let api = api.asked_by("masivo", &[KeyScope::Operate]).await;
        let database = &api.app.database;
        let scope = database.store.scope(&database.source());
        let operator = SuppressionReason::Operator;
        scope.suppress("old@example.com", operator).await.unwrap();
        database.clock.advance(Duration::from_hours(1));
        api.app.settle().await;
        database
            .execute("UPDATE delivery_attempts SET relay = 'mx:25', reply = '250 2.0.0 Ok: queued as 4F2A'")
            .await;
        database
            .execute("UPDATE outbox SET state = 'dead', reason = '550 ana@example.com is unknown' WHERE state = 'sent'")
            .await;
        let body = br#"{"event":"CUSTOMER_ACCUMULATION","data":{"customer_id":"cleo"}}"#;
        let event = database.append(&[body]).await[0].id;
        database
            .execute("UPDATE deliveries SET dead_at = 1, last_error = 'a fault'")
            .await;
        let told = "query($id: ID!) { customer(id: $id) { notifications { nodes { id state } } } }";
        let told = api.ask(told, json!({ "id": ANA })).await;
        let mails = told["customer"]["notifications"]["nodes"].as_array();
        let mail = mails.unwrap().iter().find(|mail| mail["state"] == "DEAD");
        let mail = mail.expect("a dead mail")["id"].clone();
        let mut keys = Vec::new();
        for scope in SCOPES {
            keys.push((
                scope,
                make_key(database, &database.source(), &[scope]).await,
            ));
        }
        let inputs = vec![
            ("issueCustomerToken", json!({ "customerId": ANA })),
            ("suppressEmail", json!({ "address": "new@example.com" })),
            ("unsuppressEmail", json!({ "address": "old@example.com" })),
            ("replayEvent", json!({ "id": event })),
            ("resendNotification", json!({ "id": mail })),
            ("eraseCustomer", json!({ "customerId": ANA })),
        ];
        Self { api, keys, inputs }
    }

    /// Everything that is kept, but who did or tried what, and the keys that are made where they are first needed.
    async fn rows(&self) -> Vec<String> {
        let database = &self.api.app.database;
        database
            .rows_but_of(&["audit_log", "api_keys", "signing_keys"])
            .await
    }
}

fn mutation(field: &FieldDefinition) -> String {
    let input = base(&field.arguments[0].node.ty.node);
    let name = &field.name.node;
    format!(
        "mutation($input: {input}!) {{ {name}(input: $input) {{ userErrors {{ code message }} }} }}"
    )
}

#[test]
fn every_mutation_says_which_scope_it_needs() {
    for field in Schema::read().fields("Mutation") {
        assert!(needs(field) > KeyScope::Read, "{}", field.name.node);
    }
}

async fn d28_a_mutation_changes_nothing_for_a_lesser_scope(database: TestDatabase) {
    let mut scene = Scene::new(database).await;
    let schema = Schema::read();
    let fields = schema.fields("Mutation");
    let tried: BTreeSet<&str> = scene.inputs.iter().map(|(name, _)| *name).collect();
    let all: BTreeSet<&str> = fields
        .iter()
        .map(|field| field.name.node.as_str())
        .collect();
    assert_eq!(
        tried, all,
        "give each mutation an input that it would act on"
    );
    for (name, input) in std::mem::take(&mut scene.inputs) {
        let field = fields.iter().find(|field| field.name.node == name).unwrap();
        let (query, variables) = (mutation(field), json!({ "input": input }));
        let before = scene.rows().await;
        for (scope, key) in scene.keys.clone() {
            scene.api.key = key;
            let answer = scene.api.answer(&query, variables.clone()).await;
            if scope < needs(field) {
                assert_eq!(codes(&answer), ["FORBIDDEN"], "{name} by {scope:?}");
                assert_eq!(answer["data"], json!({ name: null }), "{scope:?}");
                assert!(
                    scene.rows().await == before,
                    "{name} by {scope:?} has changed something"
                );
                continue;
            }
            let done = json!({ "data": { name: { "userErrors": [] } }, "extensions": answer["extensions"] });
            assert_eq!(answer, done, "{name} by {scope:?}");
            let changed = scene.rows().await != before;
            assert_eq!(
                changed,
                name != "issueCustomerToken",
                "{name}: the test would see it"
            );
            break;
        }
    }
}

async fn d28_a_root_is_read_by_nobody_of_a_lesser_scope(database: TestDatabase) {
    let mut scene = Scene::new(database).await;
    let schema = Schema::read();
    let statements = async |api: &Api, query: &str, own: Value| {
        let before = api.app.database.store.statements();
        let answer = api.answer(query, own).await;
        (codes(&answer), api.app.database.store.statements() - before)
    };
    for (scope, key) in scene.keys.clone() {
        scene.api.key = key;
        let api = &scene.api;
        let (_, admission) = statements(api, "{ __typename }", Value::Null).await;
        for field in schema.fields("Query") {
            let of = base(&field.ty.node);
            let call = call(field).replace("$own", "\"ana-0042\"");
            let query = format!("{{ {call} {{ {} __typename }} }}", leaves(&schema, of));
            let (told, read) = statements(api, &query, Value::Null).await;
            if scope < needs(field) {
                assert_eq!(
                    (told, read),
                    (vec!["FORBIDDEN".to_owned()], admission),
                    "{query}"
                );
            } else {
                assert_eq!(told, [""; 0], "{query} by {scope:?}");
            }
        }
    }
}

/// Every field of every type, one by one: what a smaller scope is told is what a larger one is told, or a refusal that
/// the root's description announces, or kept back by a field that is named here.
async fn d40_what_only_operators_see_is_named_in_the_schema(database: TestDatabase) {
    let mut scene = Scene::new(database).await;
    let schema = Schema::read();
    let forbidden = |path: &[String]| {
        let roots = schema.fields("Query").into_iter();
        let mut roots = roots.filter(|root| call(root) == path[0]);
        roots.any(|root| needs(root) > KeyScope::Read)
    };
    let mut differs = BTreeSet::new();
    for (name, path) in paths(&schema, |root| root != "viewer") {
        for field in schema.fields(&name) {
            // What is in an object is asked of its own type.
            let inner = schema.objects(base(&field.ty.node));
            let inner = if inner.is_empty() {
                ""
            } else {
                " { __typename }"
            };
            let query = at(&path, &format!("{}{inner}", call(field)));
            let mut answers = Vec::new();
            for (_, key) in &scene.keys {
                scene.api.key.clone_from(key);
                answers.push(scene.api.answer(&query, json!({ "own": ANA })).await);
            }
            assert_eq!(
                answers[1], answers[2],
                "an operator sees what an administrator does"
            );
            assert_eq!(codes(&answers[1]), [""; 0], "{query}");
            if forbidden(&path) {
                assert_eq!(codes(&answers[0]), ["FORBIDDEN"], "{query}");
            } else if answers[0] != answers[1] {
                differs.insert(format!("{name}.{}", field.name.node));
            }
        }
    }
    let kept = KEPT_BACK.iter().map(ToString::to_string).collect();
    assert_eq!(
        differs, kept,
        "say so in the schema, and name it in KEPT_BACK"
    );
}

#[test]
fn whatever_the_schema_keeps_for_operators_is_tried() {
    let schema = Schema::read();
    let said = schema.objects_and_fields().filter(|(_, field)| {
        let description = field.description.as_ref();
        description.is_some_and(|text| text.node.to_lowercase().contains("operators"))
    });
    let said: BTreeSet<String> = said
        .map(|(name, field)| format!("{name}.{}", field.name.node))
        .collect();
    let kept = KEPT_BACK.iter().map(ToString::to_string).collect();
    assert_eq!(said, kept);
}

both_databases!(
    d28_a_mutation_changes_nothing_for_a_lesser_scope,
    d28_a_root_is_read_by_nobody_of_a_lesser_scope,
    d40_what_only_operators_see_is_named_in_the_schema,
);
