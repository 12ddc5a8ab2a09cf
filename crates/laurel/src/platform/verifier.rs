//! Kinds of credential that extensions bring.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::Arc;

use laurel_ingest::Verifier;
use schemars::{Schema, SchemaGenerator};

use super::Settings;
use super::section::refuses_unknown_keys;
use crate::config::{ConfigError, Credential, Foreign};

/// A source's name, and the place among its credentials.
pub(crate) type Place = (String, usize);

/// What became of a credential.
pub(crate) struct Made {
    pub(crate) verifier: Arc<dyn Verifier>,
    /// As it is printed, `kind` included.
    pub(super) printed: toml::Value,
}

/// The verifiers of extensions, by their places in the configuration.
pub(crate) type Verifiers = BTreeMap<Place, Made>;

type Make = Box<dyn Fn(&Foreign, &Place, &Credential) -> Result<Made, ConfigError> + Send + Sync>;

/// A kind of credential.
pub(crate) struct VerifierKind {
    pub(super) kind: &'static str,
    pub(super) schema: fn(&mut SchemaGenerator) -> Schema,
    pub(super) refuses_unknown_keys: bool,
    make: Make,
}

impl VerifierKind {
    pub(super) fn new<S, V, E>(
        kind: &'static str,
        make: impl Fn(S) -> Result<V, E> + Send + Sync + 'static,
    ) -> Self
    where
        S: Settings,
        V: Verifier,
        E: Display,
    {
        Self {
            kind,
            schema: S::json_schema,
            refuses_unknown_keys: refuses_unknown_keys::<S>(),
            make: Box::new(move |foreign, place, credential| {
                let settings: S = foreign.settings(place, credential)?;
                let printed = printed(kind, &settings);
                let (source, index) = (place.0.as_str(), place.1.to_string());
                let verifier = make(settings).map_err(|problem| {
                    let path = ["sources", source, "auth", &index];
                    foreign.invalid(&path, problem.to_string())
                })?;
                Ok(Made {
                    verifier: Arc::new(verifier),
                    printed,
                })
            }),
        }
    }

    pub(super) fn make(
        &self,
        foreign: &Foreign,
        place: &Place,
        credential: &Credential,
    ) -> Result<Made, ConfigError> {
        (self.make)(foreign, place, credential)
    }
}

fn printed<S: Settings>(kind: &str, settings: &S) -> toml::Value {
    let mut table = toml::Table::from_iter([("kind".to_owned(), kind.into())]);
    if let Ok(toml::Value::Table(settings)) = toml::Value::try_from(settings) {
        table.extend(settings);
    }
    table.into()
}
