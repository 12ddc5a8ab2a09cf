//! JSON Schemas of the events, for those who send or check them.

use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use crate::masivo::data_schema;
use crate::{CustomerId, EventKind};

/// One JSON Schema (draft 2020-12) of the whole envelope for each of Masivo's events.
pub fn schemas() -> Vec<(EventKind, Value)> {
    let schemas = EventKind::ALL
        .iter()
        .map(|kind| Some((*kind, envelope(*kind)?)));
    schemas.flatten().collect()
}

fn envelope(kind: EventKind) -> Option<Value> {
    // What is read, not what is written: fields may be missing.
    let settings = SchemaSettings::draft2020_12().for_deserialize();
    let mut generator = SchemaGenerator::new(settings);
    let data = data_schema(kind, &mut generator)?;
    let customer_id = generator.subschema_for::<CustomerId>();
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": kind.as_str(),
        "type": "object",
        "required": ["event", "data"],
        "properties": {
            "event": { "const": kind.as_str() },
            "data": {
                "allOf": [
                    data,
                    {
                        "type": "object",
                        "required": ["customer_id"],
                        "properties": { "customer_id": customer_id },
                    },
                ],
            },
        },
        "$defs": generator.take_definitions(true),
    });
    // One spelling, whichever map serde_json was built with.
    schema.sort_all_objects();
    Some(schema)
}
