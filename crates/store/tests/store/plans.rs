//! A page deep in a list costs what the first one does: both databases start in the index where the page starts.
//!
//! The statements are the store's own, as PostgreSQL shows them to have been sent; SQLite is asked about the same texts.

use laurel_payloads::EventKind;
use laurel_store::{
    CustomerCursor, CustomerFilter, EventFilter, HistoryCursor, HistoryFilter, PageRequest, Scope,
    Store,
};
use laurel_testkit::TestDatabase;
use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::bodies::coupon;
use crate::facts::{at, change, entry, write};
use crate::messages::{id, seen};
use crate::raw;

/// Enough rows that walking them would be cheaper than an index only by mistake.
const ROWS: i64 = 3_000;

async fn fill(database: &TestDatabase) -> Scope {
    let source = database.source();
    let entries: Vec<_> = (1..=ROWS)
        .map(|seq| entry(&source, "ana", EventKind::CouponRedemption, seq, seq / 3))
        .collect();
    let changes: Vec<_> = (1..=ROWS)
        .map(|seq| change(&source, "ana", seq, "a", "b"))
        .collect();
    let names: Vec<String> = (0..ROWS).map(|number| format!("c{number}")).collect();
    let customers = names.iter().map(|name| seen(database, name)).collect();
    write(&database.store, async |tx| {
        tx.update_customers(customers).await?;
        tx.add_entries(&entries).await?;
        tx.add_tier_changes(&changes).await
    })
    .await;
    let bodies: Vec<Vec<u8>> = (0..1_000).map(|number| coupon("ana", number)).collect();
    let bodies: Vec<&[u8]> = bodies.iter().map(Vec::as_slice).collect();
    database.append(&bodies).await;
    raw::run(&database.store, "ANALYZE").await;
    database.store.scope(&source)
}

/// Opens connections enough for the statements that follow one another to have one each: the server tells of the last
/// one of each.
pub(crate) async fn apart(scope: &Scope) {
    let everybody = CustomerFilter::default();
    let counts = (0..4).map(|_| scope.count_customers(&everybody));
    for count in futures_util::future::join_all(counts).await {
        count.expect("a count");
    }
}

/// The text of the last statement like this one that was sent by another session.
pub(crate) async fn sent(store: &Store, like: &str) -> String {
    let sql = format!(
        "SELECT coalesce((SELECT query FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() \
         AND query LIKE '{like}' AND query NOT LIKE '%pg_stat_activity%' \
         ORDER BY query_start DESC LIMIT 1), '')"
    );
    loop {
        let sent: String = raw::value(store, &sql).await;
        if !sent.is_empty() {
            return sent;
        }
        // The server tells of other sessions a moment later.
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}

/// PostgreSQL's plan for a statement with these values, as one text; what is seen of it is up to the options.
pub(crate) async fn postgres_plan(
    store: &Store,
    statement: &str,
    options: &str,
    values: &[&str],
) -> String {
    let tx = store.begin().await.expect("a transaction");
    let prepare =
        format!("SET LOCAL plan_cache_mode = force_generic_plan; PREPARE page AS {statement}");
    tx.connection()
        .execute_unprepared(&prepare)
        .await
        .expect("a statement that parses");
    let explain = format!("EXPLAIN ({options}) EXECUTE page({})", values.join(", "));
    let plan = lines(&tx, &explain, 0).await;
    tx.connection()
        .execute_unprepared("DEALLOCATE page")
        .await
        .expect("an end");
    plan
}

/// SQLite's plan for the same statement.
async fn sqlite_plan(store: &Store, statement: &str) -> String {
    let tx = store.begin().await.expect("a transaction");
    lines(&tx, &format!("EXPLAIN QUERY PLAN {statement}"), 3).await
}

async fn lines(tx: &laurel_store::Tx, sql: &str, column: usize) -> String {
    let statement = Statement::from_string(raw::backend(tx), sql);
    let rows = tx
        .connection()
        .query_all_raw(statement)
        .await
        .expect("a plan");
    let lines: Vec<String> = rows
        .iter()
        .map(|row| row.try_get_by_index(column).expect("a line"))
        .collect();
    lines.join("\n")
}

/// Asks both databases how they would make a page.
async fn plans(
    postgres: &TestDatabase,
    sqlite: &TestDatabase,
    table: &str,
    values: &[&str],
) -> [String; 2] {
    let statement = sent(&postgres.store, &format!("SELECT%{table}%LIMIT%")).await;
    let on_postgres = postgres_plan(&postgres.store, &statement, "COSTS OFF", values).await;
    assert!(!on_postgres.contains("Sort"), "{statement}\n{on_postgres}");
    assert!(
        !on_postgres.contains(&format!("Seq Scan on {table}")),
        "{statement}\n{on_postgres}"
    );
    let on_sqlite = sqlite_plan(&sqlite.store, &statement).await;
    assert!(
        !on_sqlite.contains("TEMP B-TREE"),
        "{statement}\n{on_sqlite}"
    );
    assert!(!on_sqlite.contains("SCAN"), "{statement}\n{on_sqlite}");
    [on_postgres, on_sqlite]
}

async fn pair() -> (TestDatabase, TestDatabase, Scope) {
    let (postgres, sqlite) = (TestDatabase::postgres().await, TestDatabase::sqlite().await);
    let tx = sqlite.store.begin().await.expect("a transaction");
    assert_eq!(raw::backend(&tx), DbBackend::Sqlite);
    drop(tx);
    fill(&sqlite).await;
    let scope = fill(&postgres).await;
    apart(&scope).await;
    (postgres, sqlite, scope)
}

#[test]
fn a_deep_page_of_a_history_starts_in_the_index() {
    laurel_testkit::run(async {
        let (postgres, sqlite, scope) = pair().await;
        let deep = HistoryCursor {
            occurred_at: at(10),
            event_seq: 31,
        };
        for from_end in [false, true] {
            let (after, before) = if from_end {
                (None, Some(deep))
            } else {
                (Some(deep), None)
            };
            let request = PageRequest {
                limit: 20,
                after,
                before,
                from_end,
            };
            let page = scope
                .history(&id("ana"), &HistoryFilter::default(), &request)
                .await;
            assert_eq!(page.expect("a page").items.len(), 20);
            let values = ["'masivo'", "'ana'", "10", "31", "21"];
            let [on_postgres, on_sqlite] =
                plans(&postgres, &sqlite, "history_entries", &values).await;
            assert!(
                on_postgres.contains("ROW(occurred_at, event_seq)"),
                "{on_postgres}"
            );
            assert!(on_sqlite.contains("(occurred_at,event_seq)"), "{on_sqlite}");
        }
    });
}

#[test]
fn a_deep_page_of_customers_starts_in_the_index() {
    laurel_testkit::run(async {
        let (postgres, sqlite, scope) = pair().await;
        let now = postgres.store.clock().now();
        let page = async |customer: &str| {
            let request = PageRequest {
                after: Some(CustomerCursor {
                    first_seen_at: now,
                    customer_id: id(customer),
                }),
                ..PageRequest::first(20)
            };
            let page = scope.customers(&CustomerFilter::default(), &request).await;
            page.expect("a page").items.len()
        };
        assert_eq!(page("c2000").await, 20);
        // Behind the last one there is nobody about whom more would be asked: the page's statement is the session's last.
        assert_eq!(page("c").await, 0);
        let time = now.micros().to_string();
        let values = ["'masivo'", time.as_str(), "'c2000'", "21"];
        let [on_postgres, on_sqlite] = plans(&postgres, &sqlite, "customers", &values).await;
        assert!(
            on_postgres.contains("customers_by_first_seen"),
            "{on_postgres}"
        );
        assert!(on_sqlite.contains("customers_by_first_seen"), "{on_sqlite}");
    });
}

#[test]
fn a_deep_page_of_the_log_starts_in_the_index() {
    laurel_testkit::run(async {
        let (postgres, sqlite, scope) = pair().await;
        let request = PageRequest {
            after: Some(100),
            ..PageRequest::first(20)
        };
        let page = scope.events(&EventFilter::default(), &request).await;
        assert_eq!(page.expect("a page").items.len(), 20);
        let values = ["'masivo'", "100"];
        plans(&postgres, &sqlite, "events", &values).await;
    });
}
