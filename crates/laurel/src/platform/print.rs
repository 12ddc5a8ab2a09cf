//! The configuration and its schema, extensions included.

use schemars::Schema;
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use super::Extensions;
use crate::config::{Config, EXTENSIONS};

impl Extensions {
    /// The configuration as TOML, with every secret as `*`.
    pub(crate) fn print(&self, config: &Config) -> Result<String, toml::ser::Error> {
        let mut table = toml::Table::try_from(config)?;
        for ((source, index), made) in &self.made {
            if let Some(entry) = table
                .get_mut("sources")
                .and_then(|sources| sources.get_mut(source))
                .and_then(|source| source.get_mut("auth")?.get_mut(index))
            {
                *entry = made.printed.clone();
            }
        }
        let sections = self.sections.printed();
        let sections: toml::Table = sections
            .map(|(name, section)| (name.to_owned(), section.clone()))
            .collect();
        if !sections.is_empty() {
            table.insert(EXTENSIONS.to_owned(), sections.into());
        }
        toml::to_string(&table)
    }

    /// The JSON Schema of the configuration.
    pub(crate) fn schema(&self) -> Schema {
        let settings = SchemaSettings::draft2020_12().for_deserialize();
        let mut generator = settings.into_generator();
        let sections: serde_json::Map<String, Value> = self
            .sections
            .schemas(&mut generator)
            .map(|(name, schema)| (name.to_owned(), schema.to_value()))
            .collect();
        let credentials = self.verifiers.iter().map(|verifier| {
            let mut schema = (verifier.schema)(&mut generator).to_value();
            schema["properties"]["kind"] = json!({ "const": verifier.kind });
            schema
        });
        let credentials: Vec<Value> = credentials.collect();
        let mut schema = generator.into_root_schema_for::<Config>().to_value();
        if !sections.is_empty() {
            schema["properties"][EXTENSIONS] = json!({
                "description": "What extensions of this program are told.",
                "type": "object",
                "additionalProperties": false,
                "properties": sections,
            });
        }
        if let Some(items) = schema
            .pointer_mut("/$defs/Source/properties/auth/items")
            .filter(|_| !credentials.is_empty())
        {
            let ours = items.take();
            *items =
                json!({ "anyOf": std::iter::once(ours).chain(credentials).collect::<Vec<_>>() });
        }
        Schema::try_from(schema).unwrap_or_default()
    }
}
