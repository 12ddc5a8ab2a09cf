//! A statement that hangs, which only a server of its own can have.

use std::time::Duration;

use laurel_graphql::Settings;
use laurel_testkit::TestDatabase;
use serde_json::Value;

use crate::client::Api;

/// A query that hangs in PostgreSQL is ended by the statement's own time-out, and so is its hold on a connection.
async fn statements_end_by_themselves(database: TestDatabase) {
    let mut api = Api::with_story(database).await;
    let settings = Settings {
        deadline: Duration::from_millis(100),
        ..Settings::default()
    };
    api.router = laurel_graphql::router(api.app.database.store.clone(), settings);
    let lock = api.app.database.store.begin().await.unwrap();
    let sql = "LOCK TABLE tiers IN ACCESS EXCLUSIVE MODE";
    sea_orm::ConnectionTrait::execute_unprepared(lock.connection(), sql)
        .await
        .unwrap();
    // As many as may run, and as many as there are connections.
    let hang = || async { api.codes("{ tiers { id } }", Value::Null).await };
    for codes in futures_util::future::join_all((0..4).map(|_| hang())).await {
        assert_eq!(codes, ["TIMEOUT"]);
    }
    // The lock is still held: only what the time-out of the statements has freed can answer.
    let settings = Settings {
        deadline: Duration::from_secs(30),
        ..Settings::default()
    };
    api.router = laurel_graphql::router(api.app.database.store.clone(), settings);
    api.ask("{ rewards { id } }", Value::Null).await;
    drop(lock);
    api.ask("{ tiers { id } }", Value::Null).await;
}

mod postgres {
    use laurel_testkit::{TestDatabase, run};

    #[test]
    fn d33_a_statement_that_hangs_gives_its_connection_back() {
        run(async {
            super::statements_end_by_themselves(TestDatabase::postgres().await).await;
        });
    }
}
