//! Layers the sources of configuration and says where a fault lies.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use figment::Figment;
use figment::providers::Serialized;
use figment::value::{Dict, Value};

use super::environment::{self, Origins};
use super::error::describe;
use super::foreign::Foreign;
use super::{Config, ConfigError, checks, file};

/// A configuration that passed every check, and what its operator should know about it.
///
/// ```
/// use std::ffi::OsString;
///
/// use laurel::config::Loaded;
///
/// let variable = |name: &str, value: &str| (OsString::from(name), OsString::from(value));
/// let loaded = Loaded::from_variables(None, [variable("LAUREL__INGEST__MAX_BODY", "65536")])?;
/// assert_eq!(loaded.config.ingest.max_body, 65_536);
/// # Ok::<(), laurel::config::ConfigError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// The configuration.
    pub config: Config,
    /// The file it was read from, if any.
    pub file: Option<PathBuf>,
    /// Things that are allowed, and unwise.
    pub warnings: Vec<String>,
    /// What only an extension understands.
    pub(crate) foreign: Foreign,
}

impl Loaded {
    /// Reads `named`, or `laurel.toml` where there is one, and the environment of the process.
    ///
    /// # Errors
    ///
    /// The first fault: a file that cannot be read, an unknown key, a value that will not do. What is there for an
    /// extension is unknown.
    pub fn from_process(named: Option<&Path>) -> Result<Self, ConfigError> {
        Self::from_variables(named, std::env::vars_os())
    }

    /// Like [`Loaded::from_process`], with the variables given.
    ///
    /// # Errors
    ///
    /// Like [`Loaded::from_process`].
    pub fn from_variables(
        named: Option<&Path>,
        variables: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<Self, ConfigError> {
        let loaded = Self::with_foreign(named, variables)?;
        loaded.foreign.refuse_sections(&[])?;
        loaded.foreign.refuse_formats(&loaded.config, &[])?;
        match loaded.foreign.credentials.iter().next() {
            Some((place, credential)) => {
                Err(loaded.foreign.unknown_kind(place, &credential.kind, &[]))
            }
            None => Ok(loaded),
        }
    }

    /// Leaves what only an extension understands to be claimed.
    pub(crate) fn with_foreign(
        named: Option<&Path>,
        variables: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<Self, ConfigError> {
        let (file, mut tree) = match file::read(named)? {
            Some((path, tree)) => (Some(path), tree),
            None => (None, Value::from(Dict::new())),
        };
        let variables = readable(variables)?;
        let origins = environment::apply(&mut tree, &variables)?;
        let places = Places {
            file: file.clone(),
            origins,
        };
        let foreign = Foreign::take(&mut tree, places.clone())?;
        // Numbers and switches come as text from the environment: the key's type decides.
        let config: Config = Figment::from(Serialized::globals(tree))
            .extract_lossy()
            .map_err(|error| places.invalid(&error.path, describe(&error.kind)))?;
        checks::refuse(&config).map_err(|fault| places.invalid(&fault.path, fault.problem))?;
        let warnings = checks::warn(&config, file.as_deref());
        Ok(Self {
            config,
            file,
            warnings,
            foreign,
        })
    }
}

/// The variables as text. One of ours that is none is refused: a secret must not change on its way.
fn readable(
    variables: impl IntoIterator<Item = (OsString, OsString)>,
) -> Result<BTreeMap<String, String>, ConfigError> {
    let text = |(key, value): (OsString, OsString)| {
        let key = key.into_string().ok()?;
        let ours = key.starts_with(environment::PREFIX);
        ours.then(|| match value.into_string() {
            Ok(value) => Ok((key, value)),
            Err(_) => Err(ConfigError::Invalid {
                place: key,
                problem: "not UTF-8".to_owned(),
            }),
        })
    };
    variables.into_iter().filter_map(text).collect()
}

/// Tells which file or variable a key came from.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    file: Option<PathBuf>,
    origins: Origins,
}

impl Places {
    pub(super) fn invalid(&self, path: &[String], problem: String) -> ConfigError {
        ConfigError::Invalid {
            place: self.name(path),
            problem,
        }
    }

    fn name(&self, path: &[String]) -> String {
        let variable = self
            .origins
            .iter()
            .find(|(set, _)| path.starts_with(set) || set.starts_with(path));
        match (variable, &self.file) {
            (Some((set, variable)), _) if path.starts_with(set) || self.file.is_none() => {
                variable.clone()
            }
            (_, Some(file)) => format!("{}: {}", file.display(), path.join(".")),
            (_, None) => path.join("."),
        }
    }
}
