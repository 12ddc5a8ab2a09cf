//! Kinds of credential that extensions bring.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::Arc;

use laurel_ingest::{Contained, Verifier};
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
                    verifier: Arc::new(Contained::new(Arc::new(verifier))),
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

#[cfg(test)]
mod tests {
    use laurel_ingest::{Refusal, Unverified, Verdict};
    use schemars::JsonSchema;
    use serde::{Deserialize, Serialize};

    use super::*;
    use crate::config::{Loaded, Secret};
    use crate::platform::Extensions;

    #[derive(Serialize, Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    struct Partner {
        password: Secret,
    }

    impl Verifier for Partner {
        fn kind(&self) -> &'static str {
            "partner"
        }

        fn verify<'a>(&'a self, _: &Unverified<'a>) -> Result<Verdict<'a>, Refusal> {
            Err(Refusal::Wrong)
        }
    }

    /// What becomes of a source's `auth`, with a verifier that does not take every password.
    fn claimed(auth: &str) -> Result<(Extensions, Loaded), ConfigError> {
        let mut extensions = Extensions::default();
        let make = |partner: Partner| match partner.password.expose() {
            "easy" => Err("the password is easy"),
            _ => Ok(partner),
        };
        let kind = VerifierKind::new("partner", make);
        extensions.verifiers.push(kind);
        let variable = ("LAUREL__SOURCES__SHOP__AUTH".into(), auth.into());
        let loaded = Loaded::with_foreign(None, [variable])?;
        extensions.make_verifiers(&loaded.foreign)?;
        Ok((extensions, loaded))
    }

    #[test]
    fn a_credential_is_made_by_its_extension_and_printed_without_its_secret() {
        let auth = r#"[{kind = "partner", password = "hunter2"}]"#;
        let (extensions, loaded) = claimed(auth).expect("a configuration");
        let verifier = extensions.verifier("shop", 0).expect("a verifier");
        assert_eq!(verifier.kind(), "partner");
        let printed = extensions.print(&loaded.config).expect("TOML");
        assert!(
            printed.contains("kind = \"partner\"\npassword = \"*\"\n"),
            "{printed}"
        );
        let schema = extensions.schema().to_value().to_string();
        assert!(schema.contains(r#""kind":{"const":"partner"}"#), "{schema}");
    }

    #[test]
    fn what_is_wrong_with_it_is_said_with_its_place_and_without_its_value() {
        for (auth, expected) in [
            (
                r#"[{kind = "partner", pasword = "x"}]"#,
                "unknown key `pasword`; did you mean `password`?",
            ),
            (r#"[{kind = "partner"}]"#, "`password` is missing"),
            (
                r#"[{kind = "partner", password = "easy"}]"#,
                "the password is easy",
            ),
            (
                r#"[{kind = "partnr"}]"#,
                "unknown value `partnr`; did you mean `partner`?",
            ),
            (r#"[{kind = "extension"}]"#, "unknown value `extension`"),
        ] {
            let Err(error) = claimed(auth) else {
                panic!("{auth} is taken");
            };
            let said = error.to_string();
            assert!(said.starts_with("LAUREL__SOURCES__SHOP__AUTH: "), "{said}");
            assert!(said.contains(expected), "{said}");
        }
    }
}
