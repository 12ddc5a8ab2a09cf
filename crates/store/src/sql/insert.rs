//! Many rows in as few statements as each database takes them in.
//!
//! On PostgreSQL it is one, whatever their number: a column is an array, which `unnest` makes rows of. An array that goes
//! through `SeaORM` holds no NULL, so a number beside each row tells, bit by bit, which of its columns are. SQLite has no
//! arrays: there it is `VALUES` with a power of two of rows.

use sea_orm::sea_query::ArrayType;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, QueryResult, Statement, Value};

/// The most rows that one statement takes on SQLite. Few sizes: the connection keeps every statement text prepared.
const LARGEST: usize = 64;

/// `INSERT INTO {into}` these rows, followed by `{tail}`; returns how many rows were written. `into` is the table with
/// its columns.
pub(crate) async fn insert<const N: usize>(
    db: &impl ConnectionTrait,
    into: &str,
    rows: Vec<[Value; N]>,
    tail: &str,
) -> Result<u64, DbErr> {
    let mut written = 0;
    for statement in statements(db.get_database_backend(), into, rows, tail) {
        written += db.execute_raw(statement).await?.rows_affected();
    }
    Ok(written)
}

/// As [`insert`], with the rows of the `RETURNING` in the tail.
pub(crate) async fn insert_returning<const N: usize>(
    db: &impl ConnectionTrait,
    into: &str,
    rows: Vec<[Value; N]>,
    tail: &str,
) -> Result<Vec<QueryResult>, DbErr> {
    let mut returned = Vec::new();
    for statement in statements(db.get_database_backend(), into, rows, tail) {
        returned.extend(db.query_all_raw(statement).await?);
    }
    Ok(returned)
}

fn statements<const N: usize>(
    backend: DbBackend,
    into: &str,
    rows: Vec<[Value; N]>,
    tail: &str,
) -> Vec<Statement> {
    let columns = into
        .split_once('(')
        .map_or("", |(_, columns)| columns.trim_end_matches(')'));
    let insert = |(given, values)| {
        let sql = format!("INSERT INTO {into} {given} {tail}");
        Statement::from_sql_and_values(backend, sql, values)
    };
    tables(backend, columns, rows)
        .into_iter()
        .map(insert)
        .collect()
}

/// Rows as tables, each for a statement of its own: what stands where a `SELECT` may stand, with its parameters, which are
/// the statement's first. `columns` are their names, with a comma between them; on SQLite a `WITH` has to give them.
pub(crate) fn tables<const N: usize>(
    backend: DbBackend,
    columns: &str,
    rows: Vec<[Value; N]>,
) -> Vec<(String, Vec<Value>)> {
    match backend {
        _ if rows.is_empty() => Vec::new(),
        DbBackend::Postgres => vec![given(columns, rows)],
        _ => chunks(rows)
            .into_iter()
            .map(|values| {
                let tuples = tuples(N, values.len() / N);
                (format!("VALUES {tuples}"), values)
            })
            .collect(),
    }
}

/// The values of so many rows at a time as one statement takes: the largest powers of two that there are enough for.
fn chunks<const N: usize>(rows: Vec<[Value; N]>) -> Vec<Vec<Value>> {
    let mut chunks = Vec::new();
    let mut rows = rows.into_iter();
    while rows.len() > 0 {
        let size = LARGEST.min(1 << rows.len().ilog2());
        chunks.push(rows.by_ref().take(size).flatten().collect());
    }
    chunks
}

/// `(?, ?), (?, ?)`: so many rows of so many columns. A parameter with a number would be looked for by its name.
fn tuples(columns: usize, rows: usize) -> String {
    let row = format!("({})", vec!["?"; columns].join(", "));
    vec![row; rows].join(", ")
}

/// A `SELECT` of these rows, and its parameters, for PostgreSQL. `columns` are their names, with a comma between them.
pub(crate) fn given<const N: usize>(columns: &str, rows: Vec<[Value; N]>) -> (String, Vec<Value>) {
    let names: Vec<&str> = columns.split(", ").collect();
    let mut arrays = vec![Vec::with_capacity(rows.len()); N];
    let mut types = vec![ArrayType::String; N];
    let mut nulls = Vec::with_capacity(rows.len());
    for row in rows {
        let mut absent = 0_i64;
        for (place, value) in row.into_iter().enumerate() {
            let (ty, present) = present(value);
            absent |= i64::from(present.is_none()) << place;
            arrays[place].push(present.unwrap_or_else(|| filler(&ty)));
            types[place] = ty;
        }
        nulls.push(absent);
    }
    let each = |text: &dyn Fn(usize) -> String| (0..N).map(text).collect::<Vec<_>>().join(", ");
    let read = |place| {
        format!(
            "CASE WHEN nulls & {} = 0 THEN c{place} END AS {}",
            1_i64 << place,
            names[place]
        )
    };
    let sql = format!(
        "SELECT {} FROM unnest({}, ${}::bigint[]) AS row({}, nulls)",
        each(&read),
        each(&|place| format!("${}::{}[]", place + 1, name(&types[place]))),
        N + 1,
        each(&|place| format!("c{place}")),
    );
    let arrays = types.into_iter().zip(arrays);
    let arrays = arrays.map(|(ty, array)| Value::Array(ty, Some(Box::new(array))));
    (sql, arrays.chain([nulls.into()]).collect())
}

/// The type of a value, and the value unless it is NULL.
fn present(value: Value) -> (ArrayType, Option<Value>) {
    let is_null = value == value.as_null();
    let ty = match value {
        Value::Bool(_) => ArrayType::Bool,
        Value::BigInt(_) => ArrayType::BigInt,
        Value::Double(_) => ArrayType::Double,
        Value::Bytes(_) => ArrayType::Bytes,
        Value::Uuid(_) => ArrayType::Uuid,
        _ => ArrayType::String,
    };
    (ty, (!is_null).then_some(value))
}

/// What stands in an array where a NULL is meant.
fn filler(ty: &ArrayType) -> Value {
    match ty {
        ArrayType::Bool => false.into(),
        ArrayType::BigInt => 0_i64.into(),
        ArrayType::Double => 0_f64.into(),
        ArrayType::Bytes => Vec::<u8>::new().into(),
        ArrayType::Uuid => uuid::Uuid::nil().into(),
        _ => "".into(),
    }
}

/// PostgreSQL's name of a type.
fn name(ty: &ArrayType) -> &'static str {
    match ty {
        ArrayType::Bool => "boolean",
        ArrayType::BigInt => "bigint",
        ArrayType::Double => "double precision",
        ArrayType::Bytes => "bytea",
        ArrayType::Uuid => "uuid",
        _ => "text",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_taken_by_powers_of_two() {
        let sizes = |rows: usize| -> Vec<usize> {
            let rows = (0..rows).map(|_| [1_i64.into(), 2_i64.into()]).collect();
            chunks::<2>(rows)
                .iter()
                .map(|values| values.len() / 2)
                .collect()
        };
        assert_eq!(sizes(0), [0_usize; 0]);
        assert_eq!(sizes(5), [4, 1]);
        assert_eq!(sizes(135), [64, 64, 4, 2, 1]);
        assert_eq!(tuples(2, 2), "(?, ?), (?, ?)");
    }

    #[test]
    fn a_null_is_told_beside_the_row() {
        let rows = vec![
            [1_i64.into(), Some("a").into()],
            [2_i64.into(), None::<&str>.into()],
        ];
        let into = "t (n, s)";
        let statement =
            statements(DbBackend::Postgres, into, rows, "ON CONFLICT DO NOTHING").remove(0);
        assert_eq!(
            statement.sql,
            "INSERT INTO t (n, s) SELECT CASE WHEN nulls & 1 = 0 THEN c0 END AS n, \
             CASE WHEN nulls & 2 = 0 THEN c1 END AS s \
             FROM unnest($1::bigint[], $2::text[], $3::bigint[]) AS row(c0, c1, nulls) ON CONFLICT DO NOTHING"
        );
        let values = statement.values.expect("values").0;
        assert_eq!(values[1], vec!["a".to_owned(), String::new()].into());
        assert_eq!(values[2], vec![0_i64, 2].into());
    }
}
