//! The JSON Schemas: one for each event, and whole.

use laurel_payloads::{EventKind, schemas};
use serde_json::Value;

#[test]
fn each_of_masivos_events_has_a_schema() {
    let kinds: Vec<_> = schemas().into_iter().map(|(kind, _)| kind).collect();
    let own = [EventKind::External, EventKind::Unrecognized];
    assert_eq!([&kinds[..], &own].concat(), EventKind::ALL);
}

#[test]
fn every_reference_in_a_schema_leads_somewhere() {
    for (kind, schema) in schemas() {
        let mut references = Vec::new();
        collect_references(&schema, &mut references);
        assert!(!references.is_empty(), "{kind}");
        for reference in references {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(schema.pointer(pointer).is_some(), "{kind}: {reference}");
        }
    }
}

#[test]
fn a_schema_names_its_event_and_asks_for_the_customer() {
    let (_, schema) = schemas()
        .into_iter()
        .find(|(kind, _)| *kind == EventKind::TierUpgrade)
        .unwrap();
    assert_eq!(schema["properties"]["event"]["const"], "TIER_UPGRADE");
    let parts = schema["properties"]["data"]["allOf"].as_array().unwrap();
    assert!(
        parts
            .iter()
            .any(|part| part["required"][0] == "customer_id")
    );
}

pub(crate) fn collect_references<'a>(schema: &'a Value, references: &mut Vec<&'a str>) {
    match schema {
        Value::Object(members) => {
            references.extend(members.get("$ref").and_then(Value::as_str));
            for member in members.values() {
                collect_references(member, references);
            }
        }
        Value::Array(elements) => {
            for element in elements {
                collect_references(element, references);
            }
        }
        _ => {}
    }
}
