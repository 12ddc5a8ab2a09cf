//! `[database]`: SQLite in one file, or PostgreSQL.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Address;

/// Where events and read models are kept.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Database {
    /// `sqlite://laurel.db` (a path beside the working directory; `sqlite:///var/lib/laurel.db` is
    /// absolute) or `postgres://user:password@host:5432/database`.
    pub url: Address,
    /// Connections kept open: readers on SQLite (which has one writer besides), all of them on
    /// PostgreSQL.
    #[schemars(range(min = 2, max = 1000))]
    pub connections: u32,
}

impl Default for Database {
    fn default() -> Self {
        Self {
            url: Address::from("sqlite://laurel.db".to_owned()),
            connections: 8,
        }
    }
}

impl std::fmt::Display for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.url.fmt(f)
    }
}

impl Database {
    /// The file of a SQLite database; `None` for PostgreSQL.
    pub fn sqlite_path(&self) -> Option<PathBuf> {
        let url = self.url.expose();
        let rest = url
            .strip_prefix("sqlite://")
            .or_else(|| url.strip_prefix("sqlite:"))?;
        Some(PathBuf::from(rest.split('?').next().unwrap_or_default()))
    }
}
