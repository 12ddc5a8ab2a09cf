//! `laurel.toml`: found, read and parsed, with nothing of it in an error but the line's number.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use figment::value::Value;

use super::ConfigError;

/// The file that is read when none is named.
pub(super) const DEFAULT: &str = "laurel.toml";

/// The file's tables; `None` when none was named and the default one does not exist.
pub(super) fn read(named: Option<&Path>) -> Result<Option<(PathBuf, Value)>, ConfigError> {
    let path = named.map_or_else(|| PathBuf::from(DEFAULT), Path::to_path_buf);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return if named.is_some() {
                Err(ConfigError::Missing(path))
            } else {
                Ok(None)
            };
        }
        Err(source) => return Err(ConfigError::Unreadable { path, source }),
    };
    let table: toml::Table = match toml::from_str(&text) {
        Ok(table) => table,
        Err(error) => {
            let line = line_of(&text, error.span().map_or(0, |span| span.start));
            return Err(ConfigError::Syntax {
                path,
                line,
                problem: error.message().to_owned(),
            });
        }
    };
    match Value::serialize(table) {
        Ok(value) => Ok(Some((path, value))),
        Err(error) => Err(ConfigError::Syntax {
            path,
            line: 1,
            problem: error.to_string(),
        }),
    }
}

fn line_of(text: &str, offset: usize) -> usize {
    text.bytes()
        .take(offset)
        .filter(|&byte| byte == b'\n')
        .count()
        + 1
}
