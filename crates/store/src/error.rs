//! What can go wrong in the store, classified in one place.

use std::borrow::Cow;

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
    /// What an append repeats was forgotten while it was looked for.
    #[error("the duplicate window has moved on")]
    Forgotten,
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
///
/// ```
/// use laurel_store::{Class, Error};
///
/// fn is_worth_another_try(error: &Error) -> bool {
///     matches!(error.class(), Class::Conflict | Class::Unavailable)
/// }
/// ```
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
            Self::LeaseLost | Self::Forgotten => Class::Conflict,
            Self::Unsuitable(_) => Class::Other,
            Self::Stopped => Class::Unavailable,
        }
    }

    /// Whether there was no room for what was to be written. It would have met any other event, too.
    pub fn is_full(&self) -> bool {
        let Self::Database(DbErr::Exec(error) | DbErr::Query(error)) = self else {
            return false;
        };
        // SQLITE_FULL, and PostgreSQL's disk_full.
        code(error).is_some_and(|code| ["13", "53100"].contains(&&*code))
    }
}

/// The code that the database answered with.
fn code(error: &RuntimeErr) -> Option<Cow<'_, str>> {
    let RuntimeErr::SqlxError(error) = error else {
        return None;
    };
    error.as_database_error()?.code()
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

/// SQLSTATE codes of PostgreSQL, which have five characters (its manual, appendix A), and result codes of SQLite, whose
/// low byte tells the kind (sqlite.org/rescode.html).
fn classify_code(code: &str) -> Class {
    if code.len() < 5 {
        let kind = code.parse::<u32>().map(|code| code & 0xff);
        return match kind {
            // SQLITE_BUSY, SQLITE_LOCKED.
            Ok(5 | 6) => Class::Conflict,
            // SQLITE_READONLY, SQLITE_IOERR, SQLITE_FULL, SQLITE_CANTOPEN.
            Ok(8 | 10 | 13 | 14) => Class::Unavailable,
            // SQLITE_CORRUPT, SQLITE_NOTADB.
            Ok(11 | 26) => Class::Corrupt,
            _ => Class::Other,
        };
    }
    match code {
        // serialization_failure, deadlock_detected.
        "40001" | "40P01" => Class::Conflict,
        // lock_not_available, idle_in_transaction_session_timeout, read_only_sql_transaction (a standby that answers
        // for a server that is gone).
        "55P03" | "25P03" | "25006" => Class::Unavailable,
        // data_corrupted, index_corrupted.
        "XX001" | "XX002" => Class::Corrupt,
        // Connection exceptions, insufficient resources, operator intervention, system errors.
        _ if ["08", "53", "57", "58"]
            .iter()
            .any(|class| code.starts_with(class)) =>
        {
            Class::Unavailable
        }
        _ => Class::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_both_databases_are_classified() {
        for (code, class) in [
            ("40P01", Class::Conflict),
            ("55P03", Class::Unavailable),
            ("53100", Class::Unavailable),
            ("57P01", Class::Unavailable),
            ("25006", Class::Unavailable),
            ("XX001", Class::Corrupt),
            ("42P01", Class::Other),
            ("23514", Class::Other),
            // SQLITE_BUSY, its _RECOVERY, _SNAPSHOT and _TIMEOUT.
            ("5", Class::Conflict),
            ("261", Class::Conflict),
            ("517", Class::Conflict),
            ("773", Class::Conflict),
            // SQLITE_FULL, IOERR_WRITE, READONLY_DBMOVED, CANTOPEN_ISDIR.
            ("13", Class::Unavailable),
            ("778", Class::Unavailable),
            ("1032", Class::Unavailable),
            ("526", Class::Unavailable),
            ("11", Class::Corrupt),
            ("779", Class::Corrupt),
            // SQLITE_ERROR, CONSTRAINT_CHECK.
            ("1", Class::Other),
            ("275", Class::Other),
        ] {
            assert_eq!(classify_code(code), class, "{code}");
        }
    }
}
