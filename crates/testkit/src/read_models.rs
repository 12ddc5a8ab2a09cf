//! The read models as text, to be compared.

use sea_orm::{FromQueryResult, JsonValue, Statement};

use crate::TestDatabase;
use crate::database::connect;

const TABLES: [(&str, &str); 9] = [
    ("customers", "source, customer_id"),
    ("wallet_balances", "source, customer_id, reward_id"),
    (
        "history_entries",
        "source, customer_id, occurred_at, event_seq",
    ),
    (
        "behavior_failures",
        "source, customer_id, behavior_event_id, event_seq",
    ),
    ("reward_lines", "source, customer_id, event_seq, line"),
    (
        "holds",
        "source, customer_id, reward_id, campaign_id, issued_at",
    ),
    ("tier_changes", "source, customer_id, event_seq"),
    ("rewards", "source, reward_id"),
    ("tiers", "source, tier_id"),
];

impl TestDatabase {
    /// Every row of every read model, a line each, in the order of their keys.
    ///
    /// # Panics
    /// If the database does not answer.
    pub async fn read_models(&self) -> Vec<String> {
        let connection = connect(&self.url).await;
        let backend = connection.get_database_backend();
        let mut lines = Vec::new();
        for (table, key) in TABLES {
            let sql = format!("SELECT * FROM {table} ORDER BY {key}");
            let rows = JsonValue::find_by_statement(Statement::from_string(backend, sql));
            let rows = rows.all(&connection).await.expect("the rows");
            lines.extend(rows.iter().map(|row| format!("{table} {row}")));
        }
        connection.close().await.expect("a clean end");
        lines
    }
}
