//! Every field that can be reached: nothing in it is another's.

use std::collections::{BTreeMap, VecDeque};

use async_graphql::parser::types::FieldDefinition;
use laurel_store::KeyScope;
use laurel_testkit::{TestDatabase, both_databases};
use serde_json::json;

use super::schema::{Schema, base};
use super::{Scene, Stranger};
use crate::client::codes;

/// The roots of what a customer sees.
const CUSTOMERS: [&str; 4] = ["viewer", "customer", "node", "nodes"];

/// One query for each type that can be reached from these fields of the root: all of its fields, and theirs as far as
/// they are leaves.
fn queries(schema: &Schema, roots: impl Fn(&str) -> bool) -> Vec<String> {
    let paths = paths(schema, roots);
    let paths = paths.iter();
    paths
        .map(|(name, path)| query(schema, name, path))
        .collect()
}

/// How each type can be reached from these fields of the root: through what there is of the asker's own, where it can.
pub(super) fn paths(
    schema: &Schema,
    roots: impl Fn(&str) -> bool,
) -> BTreeMap<String, Vec<String>> {
    let mut paths = BTreeMap::new();
    let fields = schema.fields("Query").into_iter();
    let fields = fields.filter(|field| roots(&field.name.node));
    // What is asked for by the id of anything is null for a customer's.
    let (by_id, own): (Vec<_>, Vec<_>) =
        fields.partition(|field| call(field).contains("$own") && field.name.node != "customer");
    for fields in [own, by_id] {
        let next = fields.into_iter();
        let next = next.map(|field| (base(&field.ty.node).to_owned(), vec![call(field)]));
        reach(schema, next.collect(), &mut paths);
    }
    paths
}

fn reach(
    schema: &Schema,
    mut next: VecDeque<(String, Vec<String>)>,
    paths: &mut BTreeMap<String, Vec<String>>,
) {
    while let Some((name, path)) = next.pop_front() {
        for object in schema.objects(&name) {
            if paths.contains_key(object) {
                continue;
            }
            let mut path = path.clone();
            if object != name {
                path.push(format!("... on {object}"));
            }
            for field in schema.fields(object) {
                let path = path.iter().cloned().chain([call(field)]).collect();
                next.push_back((base(&field.ty.node).to_owned(), path));
            }
            paths.insert(object.to_owned(), path);
        }
    }
}

/// Asks for every field of the type at the end of a path.
fn query(schema: &Schema, name: &str, path: &[String]) -> String {
    let fields = schema.fields(name).into_iter().map(|field| {
        let of = base(&field.ty.node);
        if schema.objects(of).is_empty() {
            return call(field);
        }
        format!("{} {{ __typename {} }}", call(field), leaves(schema, of))
    });
    at(path, &fields.collect::<Vec<_>>().join(" "))
}

/// A query with this selection at the end of a path.
pub(super) fn at(path: &[String], selection: &str) -> String {
    let path = path.join(" { ");
    let depth = path.matches('{').count() - path.matches('}').count();
    format!(
        "query($own: ID!) {{ own: customer(id: $own) {{ id }} {path} {{ {selection} }}{} }}",
        " }".repeat(depth)
    )
}

pub(super) fn leaves(schema: &Schema, name: &str) -> String {
    let fields = schema.fields(name).into_iter();
    let leaves = fields.filter(|field| schema.objects(base(&field.ty.node)).is_empty());
    leaves.map(call).collect::<Vec<_>>().join(" ")
}

/// A field with the arguments that it needs.
pub(super) fn call(field: &FieldDefinition) -> String {
    let needed = field
        .arguments
        .iter()
        .map(|one| &one.node)
        .filter(|one| !one.ty.node.nullable);
    let arguments: Vec<String> = needed
        .map(|one| {
            let value = match (one.name.node.as_str(), one.ty.node.to_string().as_str()) {
                (_, "ID!") => "$own",
                (_, "[ID!]!") => "[$own]",
                ("from", "DateTime!") => "\"2026-01-01T00:00:00Z\"",
                (_, "DateTime!") => "\"2027-01-01T00:00:00Z\"",
                (_, "Period!") => "MONTH",
                (name, ty) => panic!(
                    "teach this test what to put for {}({name}: {ty})",
                    field.name.node
                ),
            };
            format!("{}: {value}", one.name.node)
        })
        .collect();
    if arguments.is_empty() {
        field.name.node.to_string()
    } else {
        format!("{}({})", field.name.node, arguments.join(", "))
    }
}

/// What a stranger is told, whatever they ask.
async fn told(scene: &mut Scene, stranger: &Stranger, roots: impl Fn(&str) -> bool) -> Vec<String> {
    scene.api.key.clone_from(&stranger.key);
    let mut all = Vec::new();
    for query in queries(&Schema::read(), roots) {
        let answer = scene
            .api
            .answer(&query, json!({ "own": stranger.own }))
            .await;
        assert_eq!(
            codes(&answer),
            [""; 0],
            "{}: {query}\n{answer}",
            stranger.who
        );
        all.push(answer.to_string());
    }
    all
}

async fn d40_no_field_shows_what_is_anothers(database: TestDatabase) {
    let mut scene = Scene::new(database).await;
    for stranger in std::mem::take(&mut scene.strangers) {
        let customer = stranger.customer;
        let open = |root: &str| {
            if customer {
                CUSTOMERS.contains(&root)
            } else {
                root != "viewer"
            }
        };
        let told = told(&mut scene, &stranger, open).await;
        for foreign in scene.foreign(&stranger).filter(|text| text.len() > 4) {
            let seen = told.iter().find(|answer| answer.contains(foreign));
            assert_eq!(seen, None, "{} is shown {foreign:?}", stranger.who);
        }
    }
}

/// The test above would see it.
async fn whoever_may_see_it_is_shown_all_of_it(database: TestDatabase) {
    let mut scene = Scene::new(database).await;
    scene.api = scene.api.asked_by("masivo", &[KeyScope::Admin]).await;
    let owner = Stranger {
        who: "the source itself",
        key: scene.api.key.clone(),
        own: crate::client::ANA,
        customer: false,
        elsewhere: false,
    };
    let told = told(&mut scene, &owner, |root| root != "viewer")
        .await
        .concat();
    let missing: Vec<&String> = scene
        .personal
        .iter()
        .filter(|text| !told.contains(&json!(text).to_string()))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

async fn d28_every_other_root_is_closed_to_customers(database: TestDatabase) {
    let mut scene = Scene::new(database).await;
    let stranger = scene.strangers.swap_remove(0);
    scene.api.key.clone_from(&stranger.key);
    let schema = Schema::read();
    for field in schema.fields("Query") {
        if CUSTOMERS.contains(&field.name.node.as_str()) {
            continue;
        }
        let of = base(&field.ty.node);
        let query = format!(
            "query($own: ID!) {{ own: customer(id: $own) {{ id }} {} {{ {} __typename }} }}",
            call(field),
            leaves(&schema, of)
        );
        let answer = scene
            .api
            .answer(&query, json!({ "own": stranger.own }))
            .await;
        assert_eq!(codes(&answer), ["FORBIDDEN"], "{query}");
    }
    for field in schema.fields("Mutation") {
        let input = base(&field.arguments[0].node.ty.node);
        let query = format!(
            "mutation($input: {input}!) {{ {}(input: $input) {{ __typename }} }}",
            field.name.node
        );
        let answer = scene
            .api
            .answer(&query, json!({ "input": schema.example(input) }))
            .await;
        assert_eq!(codes(&answer), ["FORBIDDEN"], "{query}");
    }
}

both_databases!(
    d40_no_field_shows_what_is_anothers,
    whoever_may_see_it_is_shown_all_of_it,
    d28_every_other_root_is_closed_to_customers,
);
