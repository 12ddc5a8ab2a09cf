//! What is wrong with the configuration, and where.

use std::io;
use std::path::PathBuf;

use figment::error::{Actual, Kind};

/// The first fault that was found; its text names the place and never shows a value.
///
/// ```
/// use std::ffi::OsString;
///
/// use laurel::config::Loaded;
///
/// let misspelt = (OsString::from("LAUREL__HTTP__LISTN"), OsString::from("127.0.0.1:80"));
/// let error = Loaded::from_variables(None, [misspelt]).unwrap_err();
/// assert!(error.to_string().contains("did you mean `listen`"));
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file that `--config` names is not there.
    #[error("{}: there is no such file", .0.display())]
    Missing(PathBuf),
    /// A file that is there cannot be read.
    #[error("{} cannot be read: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The file is not TOML.
    #[error("{}, line {line}: {problem}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// What the parser says.
        problem: String,
    },
    /// A key or its value is wrong.
    #[error("{place}: {problem}")]
    Invalid {
        /// `laurel.toml: sources.masivo.auth`, or the variable's name.
        place: String,
        /// What is wrong, and what would be right.
        problem: String,
    },
}

/// Says what is wrong with a value, without the value: it may be a secret in the wrong place.
pub(super) fn describe(kind: &Kind) -> String {
    match kind {
        Kind::UnknownField(key, expected) => unknown("key", key, expected),
        Kind::UnknownVariant(given, expected) => unknown("value", given, expected),
        Kind::MissingField(key) => format!("`{key}` is missing"),
        Kind::InvalidType(actual, expected) | Kind::InvalidValue(actual, expected) => {
            format!("expected {expected}, found {}", name(actual))
        }
        Kind::Message(text) if text == "invalid socket address syntax" => {
            "expected an address and port, such as 127.0.0.1:8080 or [::1]:8080 (ports go up to 65535)".to_owned()
        }
        other => other.to_string(),
    }
}

/// Says that something is unknown, and which known one is meant, or which there are.
pub(super) fn unknown(what: &str, given: &str, expected: &[&str]) -> String {
    let nearest = expected
        .iter()
        .max_by(|a, b| similarity(given, a).total_cmp(&similarity(given, b)));
    match nearest {
        Some(near) if similarity(given, near) > 0.75 => {
            format!("unknown {what} `{given}`; did you mean `{near}`?")
        }
        Some(_) => format!(
            "unknown {what} `{given}`; expected one of: {}",
            expected.join(", ")
        ),
        None => format!("unknown {what} `{given}`"),
    }
}

fn similarity(given: &str, known: &str) -> f64 {
    strsim::jaro_winkler(&given.to_ascii_lowercase(), known)
}

fn name(actual: &Actual) -> &'static str {
    match actual {
        Actual::Bool(_) => "true or false",
        Actual::Unsigned(_) | Actual::Signed(_) | Actual::Float(_) => "a number",
        Actual::Char(_) | Actual::Str(_) => "a text",
        Actual::Seq => "a list",
        Actual::Map => "a table",
        _ => "something else",
    }
}
