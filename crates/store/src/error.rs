//! What can go wrong in the store, classified in one place.

use sea_orm::{DbErr, RuntimeErr, SqlErr};

/// A failure of the store.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The database answered with an error or could not be reached.
    #[error("database: {0}")]
    Database(#[from] DbErr),
    /// A row holds what this binary never writes.
    #[error("corrupt row: {0}")]
    Corrupt(String),
    /// The lease on a delivery or an outbox row has passed to another worker; nothing was written.
    #[error("the lease was lost")]
    LeaseLost,
    /// The database does not keep the promises Laurel builds on.
    #[error("unsuitable database: {0}")]
    Unsuitable(String),
    /// A task of the store ended without an answer.
    #[error("the store is shutting down")]
    Stopped,
}

/// The result of every call of the store.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What a caller can do about an [`Error`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Another writer was in the way: the same call, made again, may succeed at once.
    Conflict,
    /// The database is out of reach, full or too slow: try later.
    Unavailable,
    /// The data is not what it should be: trying again does not help.
    Corrupt,
    /// Anything else, a bug of ours included.
    Other,
}

impl Error {
    /// What the caller can do about it.
    pub fn class(&self) -> Class {
        match self {
            Self::Database(error) => classify(error),
            Self::Corrupt(_) => Class::Corrupt,
            Self::LeaseLost => Class::Conflict,
            Self::Unsuitable(_) => Class::Other,
            Self::Stopped => Class::Unavailable,
        }
    }
}

fn classify(error: &DbErr) -> Class {
    if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) {
        return Class::Conflict;
    }
    let runtime = match error {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => return Class::Unavailable,
        DbErr::Exec(runtime) | DbErr::Query(runtime) => runtime,
        _ => return Class::Other,
    };
    let RuntimeErr::SqlxError(error) = runtime else {
        return Class::Other;
    };
    match error.as_database_error() {
        Some(answer) => answer
            .code()
            .map_or(Class::Other, |code| classify_code(&code)),
        // No answer of the database at all: the connection broke, or none could be had.
        None => Class::Unavailable,
    }
}

/// SQLSTATE classes of PostgreSQL (its manual, appendix A) and result codes of SQLite (sqlite.org/rescode.html).
fn classify_code(code: &str) -> Class {
    match code {
        // serialization_failure, deadlock_detected; SQLITE_BUSY, SQLITE_LOCKED, SQLITE_BUSY_SNAPSHOT.
        "40001" | "40P01" | "5" | "6" | "517" => Class::Conflict,
        // SQLITE_IOERR, SQLITE_FULL, SQLITE_CANTOPEN, SQLITE_READONLY.
        "10" | "13" | "14" | "8" => Class::Unavailable,
        // SQLITE_CORRUPT, SQLITE_NOTADB.
        "11" | "26" => Class::Corrupt,
        // Connection exceptions, insufficient resources, operator intervention, system errors; lock and idle time-outs.
        code if ["08", "53", "57", "58"]
            .iter()
            .any(|class| code.starts_with(class)) =>
        {
            Class::Unavailable
        }
        "55P03" | "25P03" => Class::Unavailable,
        // SQLite's extended I/O errors carry SQLITE_IOERR in their low byte.
        code => match code.parse::<u32>() {
            Ok(extended) if code.len() < 5 && extended & 0xff == 10 => Class::Unavailable,
            _ => Class::Other,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_both_databases_are_classified() {
        for (code, class) in [
            ("40P01", Class::Conflict),
            ("5", Class::Conflict),
            ("13", Class::Unavailable),
            ("778", Class::Unavailable),
            ("57P01", Class::Unavailable),
            ("11", Class::Corrupt),
            ("42P01", Class::Other),
        ] {
            assert_eq!(classify_code(code), class, "{code}");
        }
    }
}
