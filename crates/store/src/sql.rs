//! SQL that both databases read: statements with `$1` parameters, and inserts of many rows.

mod insert;

use sea_orm::{ConnectionTrait, DbBackend, DbErr, QueryResult, Statement, Value};
use serde_json::Value as Json;

pub(crate) use insert::{given, insert, insert_returning};

/// Microseconds since 1970 on the database's own clock.
pub(crate) fn now(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Postgres => "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint",
        _ => "CAST(unixepoch('subsec') * 1000000 AS INTEGER)",
    }
}

/// What makes a claim step over the rows that another worker is claiming; SQLite has one writer and needs none.
pub(crate) fn skip_locked(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Postgres => "FOR UPDATE SKIP LOCKED",
        _ => "",
    }
}

/// A prepared statement.
pub(crate) fn statement(
    db: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Statement {
    Statement::from_sql_and_values(db.get_database_backend(), sql, values)
}

/// Runs a statement and returns the number of rows it touched.
pub(crate) async fn execute(
    db: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<u64, DbErr> {
    Ok(db
        .execute_raw(statement(db, sql, values))
        .await?
        .rows_affected())
}

/// Runs a query and returns its rows.
pub(crate) async fn query(
    db: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<QueryResult>, DbErr> {
    db.query_all_raw(statement(db, sql, values)).await
}

/// The condition that a column is in a [`list`]: whatever its length, the statement is one and its text the same.
pub(crate) fn in_list(backend: DbBackend, parameter: usize) -> String {
    match backend {
        DbBackend::Postgres => format!("= ANY(${parameter})"),
        _ => format!("IN (SELECT value FROM json_each(${parameter}))"),
    }
}

/// Many values as one parameter: an array, and on SQLite, which has none, its JSON.
pub(crate) fn list<T: Into<Json>>(backend: DbBackend, items: Vec<T>) -> Value
where
    Vec<T>: Into<Value>,
{
    match backend {
        DbBackend::Postgres => items.into(),
        _ => Json::from(items).to_string().into(),
    }
}
