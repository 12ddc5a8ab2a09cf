//! Writers beside one another: on PostgreSQL, since SQLite has one.

mod postgres {
    use laurel_ingest::Settings;
    use laurel_testkit::TestDatabase;
    use sea_orm::{ConnectionTrait, DbBackend, Statement};

    use crate::client::{TIER, intake_with, post, start};

    #[test]
    fn a_transaction_that_waits_holds_up_no_other() {
        laurel_testkit::run(async {
            let database = TestDatabase::postgres().await;
            let settings = Settings {
                writers: 4,
                ..Settings::default()
            };
            let router = intake_with(&database, settings);
            assert_eq!(post(&router, TIER).await.taken(), "accepted");
            let busy = database.store.begin().await.expect("a transaction");
            let lock = "UPDATE recent SET event_id = event_id";
            let held = busy.connection().execute_unprepared(lock).await;
            assert_eq!(held.expect("a lock").rows_affected(), 1);
            let repeated = start(post(&router, TIER));
            until_a_session_waits(&database).await;
            let another = br#"{"event":"ANOTHER","data":{}}"#;
            assert_eq!(post(&router, another).await.taken(), "accepted");
            busy.rollback().await.expect("a rollback");
            assert_eq!(repeated.await.taken(), "duplicate");
        });
    }

    /// Waits until a session of this database waits for a lock.
    async fn until_a_session_waits(database: &TestDatabase) {
        let sql = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        let statement = Statement::from_string(DbBackend::Postgres, sql);
        let reader = database.store.connection();
        let waits = async || reader.query_one_raw(statement.clone()).await;
        while waits().await.expect("an answer").is_none() {}
    }
}
