//! Whether a text is anywhere in a database: what a test of erasing asks.

use sea_orm::{ConnectionTrait, Statement};

use crate::TestDatabase;
use crate::database::connect;

impl TestDatabase {
    /// Where these texts are found: in which files of the folder on SQLite, in which tables on PostgreSQL.
    ///
    /// # Panics
    /// If the database does not answer, or a file cannot be read.
    pub async fn traces(&self, texts: &[&str]) -> Vec<String> {
        if let Some(path) = self.url.strip_prefix("sqlite://") {
            let folder = std::path::Path::new(path).parent().expect("a folder");
            return in_files(folder, texts);
        }
        self.in_rows(texts).await
    }

    async fn in_rows(&self, texts: &[&str]) -> Vec<String> {
        let connection = connect(&self.url).await;
        let backend = connection.get_database_backend();
        let sql = "SELECT table_name::text AS name FROM information_schema.tables WHERE table_schema = 'public'";
        let tables = Statement::from_string(backend, sql);
        let tables = connection.query_all_raw(tables).await.expect("the tables");
        let mut found = Vec::new();
        for table in tables {
            let table: String = table.try_get("", "name").expect("a name");
            let sql = format!("SELECT whole::text AS row FROM {table} AS whole");
            let rows = Statement::from_string(backend, sql);
            for row in connection.query_all_raw(rows).await.expect("the rows") {
                let row: String = row.try_get("", "row").expect("a row");
                for text in texts {
                    // Bytes are shown as hexadecimal digits.
                    let bytes: Vec<String> =
                        text.bytes().map(|byte| format!("{byte:02x}")).collect();
                    if row.contains(text) || row.contains(&bytes.concat()) {
                        found.push(format!("{text} in {table}"));
                    }
                }
            }
        }
        connection.close().await.expect("a clean end");
        found
    }
}

/// Which of these texts stand in which files of a folder.
///
/// # Panics
/// If a file cannot be read.
pub fn in_files(folder: &std::path::Path, texts: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for file in std::fs::read_dir(folder).expect("a folder") {
        let path = file.expect("a file").path();
        if path.is_dir() {
            continue;
        }
        let bytes = std::fs::read(&path).expect("the file");
        for text in texts {
            let text = text.as_bytes();
            if bytes.windows(text.len()).any(|some| some == text) {
                found.push(format!("{} in {}", text.escape_ascii(), path.display()));
            }
        }
    }
    found
}
