//! PostgreSQL plans by what it knows of its tables, and is told early that they have grown.

use laurel_testkit::TestDatabase;

use crate::facts::write;
use crate::messages::seen;
use crate::raw;

#[test]
fn postgres_knows_of_a_table_that_has_grown() {
    laurel_testkit::run(async {
        let database = TestDatabase::postgres().await;
        let known = "SELECT reltuples::bigint FROM pg_class WHERE oid = 'customers'::regclass";
        assert!(raw::value::<i64>(&database.store, known).await <= 0);
        let names: Vec<String> = (0..2_000).map(|number| format!("c{number}")).collect();
        let customers = names.iter().map(|name| seen(&database, name)).collect();
        write(&database.store, async |tx| {
            tx.update_customers(customers).await
        })
        .await;
        // The server counts what was written a moment later.
        while raw::value::<i64>(&database.store, known).await < 2_000 {
            database.store.refresh_statistics().await.expect("a look");
        }
    });
}
