//! Sections of the configuration that extensions bring.

use std::collections::BTreeMap;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// What a section of the configuration, or a credential, can be read into: a type with serde's and schemars' derives
/// and `#[serde(deny_unknown_fields)]`, so that a misspelt key is refused.
///
/// Secrets are [`Secret`](crate::config::Secret)s, which print as `*`.
///
/// ```
/// use laurel::config::Secret;
/// use schemars::JsonSchema;
/// use serde::{Deserialize, Serialize};
///
/// /// `[extensions.sms]`
/// #[derive(Default, Serialize, Deserialize, JsonSchema)]
/// #[serde(default, deny_unknown_fields)]
/// struct Sms {
///     /// Who it is from.
///     sender: String,
///     /// What the provider knows us by.
///     key: Option<Secret>,
/// }
///
/// fn is_settings(_: impl laurel::Settings) {}
/// is_settings(Sms::default());
/// ```
pub trait Settings: Serialize + DeserializeOwned + JsonSchema {}

impl<S: Serialize + DeserializeOwned + JsonSchema> Settings for S {}

/// The sections that were asked for.
#[derive(Default)]
pub(crate) struct Sections {
    sections: BTreeMap<&'static str, Section>,
    faults: Vec<String>,
}

struct Section {
    schema: fn(&mut SchemaGenerator) -> Schema,
    /// As it is printed; none where it prints as nothing.
    printed: Option<toml::Value>,
}

impl Sections {
    pub(super) fn add<S: Settings>(&mut self, name: &'static str, section: &S) {
        if !is_name(name) {
            self.faults.push(format!(
                "[extensions.{name}]: a section's name is made of small letters, digits and single underscores, so \
                 that a variable of the environment can name it"
            ));
        }
        if !refuses_unknown_keys::<S>() {
            self.faults.push(format!(
                "[extensions.{name}]: its type takes keys that it does not know; give it \
                 #[serde(deny_unknown_fields)]"
            ));
        }
        let section = Section {
            schema: SchemaGenerator::subschema_for::<S>,
            printed: toml::Value::try_from(section).ok(),
        };
        if self.sections.insert(name, section).is_some() {
            self.faults
                .push(format!("[extensions.{name}] is read twice; read it once"));
        }
    }

    pub(super) fn names(&self) -> Vec<&'static str> {
        self.sections.keys().copied().collect()
    }

    pub(super) fn faults(&self) -> impl Iterator<Item = &String> {
        self.faults.iter()
    }

    pub(super) fn printed(&self) -> impl Iterator<Item = (&str, &toml::Value)> {
        let sections = self.sections.iter();
        sections.filter_map(|(name, section)| Some((*name, section.printed.as_ref()?)))
    }

    pub(super) fn schemas<'a>(
        &'a self,
        generator: &'a mut SchemaGenerator,
    ) -> impl Iterator<Item = (&'a str, Schema)> {
        let sections = self.sections.iter();
        sections.map(|(name, section)| (*name, (section.schema)(generator)))
    }
}

fn is_name(name: &str) -> bool {
    let parts = name.split('_');
    let is_part = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    parts.into_iter().all(is_part)
}

/// Whether a key that the type does not know would be refused, as far as its schema tells.
pub(super) fn refuses_unknown_keys<S: JsonSchema>() -> bool {
    let settings = SchemaSettings::draft2020_12().for_deserialize();
    let settings = settings.with(|settings| settings.inline_subschemas = true);
    let schema = settings.into_generator().into_root_schema_for::<S>();
    refuses(schema.as_value())
}

fn refuses(schema: &Value) -> bool {
    let alternatives = ["anyOf", "oneOf"].map(|key| schema.get(key).and_then(Value::as_array));
    schema.get("additionalProperties") == Some(&Value::Bool(false))
        || alternatives.into_iter().flatten().flatten().any(refuses)
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Serialize, Deserialize, JsonSchema)]
    struct Lax {}

    #[derive(Serialize, Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    struct Strict {}

    #[test]
    fn a_type_that_takes_any_key_is_told_from_one_that_does_not() {
        assert!(!refuses_unknown_keys::<Lax>());
        assert!(!refuses_unknown_keys::<Option<Lax>>());
        assert!(refuses_unknown_keys::<Strict>());
        assert!(refuses_unknown_keys::<Option<Strict>>());
    }

    #[test]
    fn a_name_is_one_that_a_variable_can_hold() {
        for name in ["badges", "masivo_api", "web2"] {
            assert!(is_name(name), "{name}");
        }
        for name in ["", "Badges", "masivo-api", "a__b", "_a", "a_"] {
            assert!(!is_name(name), "{name}");
        }
    }
}
