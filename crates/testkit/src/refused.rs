//! The messages that a channel has refused.

use sea_orm::{FromQueryResult, JsonValue, Statement};

use crate::TestDatabase;
use crate::database::connect;

impl TestDatabase {
    /// Every message that was tried and is not sent, put off or given up, a line for each try.
    pub(crate) async fn refused_messages(&self) -> Vec<String> {
        let connection = connect(&self.url).await;
        let sql = "SELECT channel, customer_id, outcome, reply FROM outbox \
                   JOIN delivery_attempts ON outbox_id = outbox.id \
                   WHERE state IN ('pending', 'dead') ORDER BY channel, customer_id, attempt";
        let statement = Statement::from_string(connection.get_database_backend(), sql);
        let rows = JsonValue::find_by_statement(statement);
        let rows = rows.all(&connection).await.expect("the rows");
        connection.close().await.expect("a clean end");
        rows.iter().map(JsonValue::to_string).collect()
    }
}
