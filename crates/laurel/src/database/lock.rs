//! One server to a SQLite file.

use std::fs::{File, TryLockError};
use std::path::PathBuf;

use crate::Failure;
use crate::config::Database;

/// The right to serve from a SQLite file, held by a lock of the operating system on a file beside
/// it: it ends with the process, however that ends. PostgreSQL takes many servers and needs none.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: Option<File>,
}

impl Lock {
    /// Takes the lock, or says who has it.
    pub(crate) fn take(database: &Database) -> Result<Self, Failure> {
        let Some(path) = database.sqlite_path() else {
            return Ok(Self { _file: None });
        };
        super::path::check(database)?;
        let beside = PathBuf::from(format!("{}.lock", path.display()));
        let refuse = |reason: &str| Failure::Database(format!("{}: {reason}", path.display()));
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&beside)
            .map_err(|error| refuse(&format!("{} cannot be written: {error}", beside.display())))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: Some(file) }),
            Err(TryLockError::WouldBlock) => Err(refuse(
                "another server is using this database; a SQLite file has one, PostgreSQL takes many",
            )),
            Err(TryLockError::Error(error)) => Err(refuse(&format!(
                "{} cannot be locked: {error}",
                beside.display()
            ))),
        }
    }
}
