//! All that a database holds, as text, to be compared: whether anything was changed.

use sea_orm::{DbBackend, FromQueryResult, JsonValue, Statement};

use crate::TestDatabase;
use crate::database::connect;

impl TestDatabase {
    /// Every row of every table, but of those left aside, a line each, in no order that means anything.
    ///
    /// # Panics
    /// If the database does not answer.
    pub async fn rows_but_of(&self, aside: &[&str]) -> Vec<String> {
        let connection = connect(&self.url).await;
        let backend = connection.get_database_backend();
        let tables = if backend == DbBackend::Sqlite {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        } else {
            "SELECT tablename::text AS name FROM pg_tables WHERE schemaname = 'public'"
        };
        let all = async |sql: String| {
            let rows = JsonValue::find_by_statement(Statement::from_string(backend, sql));
            rows.all(&connection).await.expect("the rows")
        };
        let mut lines = Vec::new();
        for table in all(tables.to_owned()).await {
            let table = table["name"].as_str().expect("a name");
            if aside.contains(&table) {
                continue;
            }
            let rows = all(format!("SELECT * FROM {table}")).await;
            lines.extend(rows.iter().map(|row| format!("{table} {row}")));
        }
        connection.close().await.expect("a clean end");
        lines.sort_unstable();
        lines
    }
}
