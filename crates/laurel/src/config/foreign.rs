//! What the configuration holds for extensions, until one of them claims it: `[extensions.<name>]`, and credentials of
//! kinds that are not ours.

use std::collections::BTreeMap;

use figment::Figment;
use figment::providers::Serialized;
use figment::value::{Dict, Value};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde::de::value::{Error, StrDeserializer};

use super::error::{describe, unknown};
use super::load::Places;
use super::{AuthKind, Config, ConfigError, MASIVO};

/// The section that holds the sections of extensions.
pub(crate) const EXTENSIONS: &str = "extensions";

/// What nobody has claimed yet, and the places it came from.
#[derive(Clone, Debug, Default)]
pub(crate) struct Foreign {
    /// `[extensions.<name>]` by name.
    sections: BTreeMap<String, Value>,
    /// Credentials by source and place; in the configuration stands [`AuthKind::Extension`].
    pub(crate) credentials: BTreeMap<(String, usize), Credential>,
    places: Places,
}

/// One entry of a source's `auth` whose kind is not ours.
#[derive(Clone, Debug)]
pub(crate) struct Credential {
    pub(crate) kind: String,
    /// Its other keys.
    settings: Dict,
}

impl Foreign {
    /// Takes out of the tree what only extensions understand.
    pub(super) fn take(tree: &mut Value, places: Places) -> Result<Self, ConfigError> {
        let Value::Dict(_, root) = tree else {
            return Ok(Self::default());
        };
        let sections = match root.remove(EXTENSIONS) {
            None => Dict::new(),
            Some(Value::Dict(_, sections)) => sections,
            Some(_) => {
                let problem = "expected tables: [extensions.<name>]".to_owned();
                return Err(places.invalid(&[EXTENSIONS.to_owned()], problem));
            }
        };
        Ok(Self {
            sections: sections.into_iter().collect(),
            credentials: credentials(root),
            places,
        })
    }

    /// Reads a section, and takes it out; none where there is none.
    pub(crate) fn section<S: DeserializeOwned>(
        &mut self,
        name: &str,
    ) -> Result<Option<S>, ConfigError> {
        let section = self.sections.remove(name);
        section
            .map(|section| self.read(&[EXTENSIONS, name], section))
            .transpose()
    }

    /// Reads what a credential says beside its kind.
    pub(crate) fn settings<S: DeserializeOwned>(
        &self,
        (source, index): &(String, usize),
        credential: &Credential,
    ) -> Result<S, ConfigError> {
        let path = ["sources", source, "auth", &index.to_string()];
        self.read(&path, credential.settings.clone().into())
    }

    fn read<S: DeserializeOwned>(&self, path: &[&str], value: Value) -> Result<S, ConfigError> {
        let place = |inner: &[String]| {
            let outer = path.iter().map(|&segment| segment.to_owned());
            outer.chain(inner.iter().cloned()).collect::<Vec<_>>()
        };
        if value.as_dict().is_none() {
            return Err(self
                .places
                .invalid(&place(&[]), "expected a table".to_owned()));
        }
        Figment::from(Serialized::globals(value))
            .extract_lossy()
            .map_err(|error| {
                self.places
                    .invalid(&place(&error.path), describe(&error.kind))
            })
    }

    /// Refuses the first section that no extension has claimed.
    pub(crate) fn refuse_sections(&self, known: &[&str]) -> Result<(), ConfigError> {
        let Some(name) = self.sections.keys().next() else {
            return Ok(());
        };
        let problem = if known.is_empty() {
            format!("unknown section `{name}`: no extension of this program has one")
        } else {
            unknown("section", name, known)
        };
        Err(self.invalid(&[EXTENSIONS, name], problem))
    }

    /// A credential of a kind that nobody knows.
    pub(crate) fn unknown_kind(
        &self,
        (source, index): &(String, usize),
        kind: &str,
        extensions: &[&str],
    ) -> ConfigError {
        let known: Vec<&str> = AuthKind::NAMES.iter().chain(extensions).copied().collect();
        let path = ["sources", source, "auth", &index.to_string(), "kind"];
        self.invalid(&path, unknown("value", kind, &known))
    }

    /// Refuses the first source whose format nobody reads.
    pub(crate) fn refuse_formats(
        &self,
        config: &Config,
        extensions: &[&str],
    ) -> Result<(), ConfigError> {
        let known: Vec<&str> = [MASIVO].iter().chain(extensions).copied().collect();
        for (name, source) in &config.sources {
            if !known.contains(&source.format.as_str()) {
                let problem = unknown("value", &source.format, &known);
                return Err(self.invalid(&["sources", name, "format"], problem));
            }
        }
        Ok(())
    }

    /// A fault at a place of the configuration.
    pub(crate) fn invalid(&self, path: &[&str], problem: String) -> ConfigError {
        let path: Vec<String> = path.iter().map(|&segment| segment.to_owned()).collect();
        self.places.invalid(&path, problem)
    }
}

/// Takes the credentials that are not ours, and leaves in the place of each that there is one.
fn credentials(root: &mut Dict) -> BTreeMap<(String, usize), Credential> {
    let mut found = BTreeMap::new();
    let Some(Value::Dict(_, sources)) = root.get_mut("sources") else {
        return found;
    };
    for (name, source) in sources {
        let Value::Dict(_, source) = source else {
            continue;
        };
        let Some(Value::Array(_, entries)) = source.get_mut("auth") else {
            continue;
        };
        for (index, entry) in entries.iter_mut().enumerate() {
            if let Some(credential) = credential(entry) {
                found.insert((name.clone(), index), credential);
                *entry = Dict::from([("kind".to_owned(), AuthKind::EXTENSION.into())]).into();
            }
        }
    }
    found
}

fn credential(entry: &Value) -> Option<Credential> {
    let mut settings = entry.as_dict()?.clone();
    let kind = settings.remove("kind")?.as_str()?.to_owned();
    let known = AuthKind::deserialize(StrDeserializer::<Error>::new(&kind));
    let ours = known.is_ok_and(|known| known != AuthKind::Extension);
    (!ours).then_some(Credential { kind, settings })
}
