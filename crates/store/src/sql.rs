//! SQL that both databases read: statements with `$1` parameters, and inserts of many rows.

mod insert;

use laurel_payloads::Sum;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, QueryResult, Statement, Value};
use serde_json::Value as Json;

pub(crate) use insert::{given, insert, insert_returning, tables};

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
    in_parameter(backend, &format!("${parameter}"))
}

/// The same for a parameter by its name, such as `$3`.
pub(crate) fn in_parameter(backend: DbBackend, parameter: &str) -> String {
    match backend {
        DbBackend::Postgres => format!("= ANY({parameter})"),
        _ => format!("IN (SELECT value FROM json_each({parameter}))"),
    }
}

/// `$2, $3, …`: so many parameters from a first one on. A list in one parameter has no room for the ids of SQLite, which
/// are bytes.
pub(crate) fn places(first: usize, count: usize) -> String {
    let places: Vec<String> = (first..first + count)
        .map(|place| format!("${place}"))
        .collect();
    places.join(", ")
}

/// A sum of amounts is taken in two parts, which stay within an i64 whatever is added up: how often this many millionths
/// are in each, and what is left of each. SQLite has no larger integers.
pub(crate) const PART: i64 = 1_000_000_000;

/// The first part of the sum of an expression; the rows' amounts divided by [`PART`].
pub(crate) fn whole(amount: &str) -> String {
    format!("CAST(sum(({amount}) / {PART}) AS BIGINT)")
}

/// The second part: what is left of each.
pub(crate) fn rest(amount: &str) -> String {
    format!("CAST(sum(({amount}) % {PART}) AS BIGINT)")
}

/// Whether the sum of an expression is above zero.
pub(crate) fn is_positive(amount: &str) -> String {
    let (whole, rest) = (whole(amount), rest(amount));
    let above = format!("{whole} + {rest} / {PART}");
    format!("({above} > 0 OR ({above} = 0 AND {rest} % {PART} > 0))")
}

/// Puts both parts together.
pub(crate) fn sum(whole: i64, rest: i64) -> Sum {
    Sum::from_millionths(i128::from(whole) * i128::from(PART) + i128::from(rest))
}

/// Reads JSON that a query has made.
pub(crate) fn read_json<'a, T: serde::Deserialize<'a>>(text: &'a str) -> crate::Result<T> {
    serde_json::from_str(text).map_err(|error| crate::Error::Corrupt(error.to_string()))
}

/// JSON of the rows of a subquery, as a text: a list of the values that it selects.
pub(crate) fn json_rows(backend: DbBackend, value: &str, from: &str) -> String {
    match backend {
        DbBackend::Postgres => format!("(SELECT json_agg({value})::text FROM {from})"),
        _ => format!("(SELECT json_group_array({value}) || '' FROM {from})"),
    }
}

/// JSON of several columns: a list.
pub(crate) fn json_row(backend: DbBackend, columns: &str) -> String {
    match backend {
        DbBackend::Postgres => format!("json_build_array({columns})"),
        _ => format!("json_array({columns})"),
    }
}

/// The rows of a list of lists, which a parameter such as `$3` holds as JSON, and the type of each of their columns.
pub(crate) fn json_table(backend: DbBackend, parameter: &str, columns: &[(&str, &str)]) -> String {
    let each = match backend {
        DbBackend::Postgres => format!("json_array_elements({parameter}::json)"),
        _ => format!("json_each({parameter})"),
    };
    let columns: Vec<String> = (0..)
        .zip(columns)
        .map(|(place, (name, ty))| format!("CAST(given.value ->> {place} AS {ty}) AS {name}"))
        .collect();
    format!("SELECT {} FROM {each} AS given", columns.join(", "))
}

/// Runs a query that counts, and returns its one number.
pub(crate) async fn count(
    db: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> crate::Result<u64> {
    let rows = query(db, sql, values).await?;
    let count = rows.first().map(|row| row.try_get_by_index::<i64>(0));
    Ok(count.transpose()?.unwrap_or(0).unsigned_abs())
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
