//! JSON Schemas of the events, for those who send or check them.

use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use crate::masivo::data_schema;
use crate::{CustomerId, EventKind, External};

/// One JSON Schema (draft 2020-12) of the whole envelope for each of Masivo's events.
///
/// ```
/// use laurel_payloads::{EventKind, schemas};
///
/// let schemas = schemas();
/// assert_eq!(schemas.len(), 10);
/// let (kind, schema) = &schemas[0];
/// assert_eq!(*kind, EventKind::CustomerRegistration);
/// assert_eq!(schema["properties"]["event"]["const"], "CUSTOMER_REGISTRATION");
/// ```
pub fn schemas() -> Vec<(EventKind, Value)> {
    let schemas = EventKind::ALL
        .iter()
        .map(|kind| Some((*kind, envelope(*kind)?)));
    schemas.flatten().collect()
}

/// The JSON Schema of what an extension appends, as it stands in the log.
///
/// ```
/// let schema = laurel_payloads::external_schema();
/// assert_eq!(schema["required"][0], "external");
/// ```
pub fn external_schema() -> Value {
    let mut generator = generator();
    let external = generator.subschema_for::<External>();
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": EventKind::External.as_str(),
        "type": "object",
        "required": [External::MEMBER],
        "properties": { External::MEMBER: external },
        "$defs": generator.take_definitions(true),
    });
    schema.sort_all_objects();
    schema
}

/// What is read, not what is written: fields may be missing.
fn generator() -> SchemaGenerator {
    SchemaGenerator::new(SchemaSettings::draft2020_12().for_deserialize())
}

fn envelope(kind: EventKind) -> Option<Value> {
    let mut generator = generator();
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
