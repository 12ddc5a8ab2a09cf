//! The migrations as the commands use them: applied once, refused when the database is newer.

use laurel_migrations::{Error, Migrator, MigratorTrait as _, migrate, status};
use sea_orm_migration::sea_orm::{ConnectionTrait, Database, Statement};

fn empty_database() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = format!(
        "sqlite://{}?mode=rwc",
        folder.path().join("laurel.db").display()
    );
    (folder, url)
}

#[tokio::test]
async fn an_empty_database_gets_everything_once() {
    let (_folder, url) = empty_database();
    let before = status(&url).await.expect("a status");
    assert!(before.applied.is_empty());
    assert_eq!(migrate(&url).await.expect("a migration"), before.pending);
    assert_eq!(
        migrate(&url).await.expect("a second one"),
        Vec::<String>::new()
    );
    let after = status(&url).await.expect("a status");
    assert_eq!((after.applied, after.pending), (before.pending, Vec::new()));
}

/// Lines as they were before there were holds: one closed, one open, one that ends, one that was never reserved, and one
/// of more than there is room for.
const LINES: &str = "INSERT INTO reward_lines (source, customer_id, event_seq, line, kind, occurred_at, reward_id, \
    campaign_id, amount, issued_at, reservation_expires_at) VALUES \
    ('m', 'ana', 1, 0, 'REWARDS_RESERVATION', 1, 'r', 'c', 5, 1, 90), \
    ('m', 'ana', 2, 0, 'CUSTOMER_REDEMPTION', 1, 'r', 'c', -5, 1, NULL), \
    ('m', 'ana', 3, 0, 'REWARDS_RESERVATION', 1, 'r', NULL, 5, NULL, NULL), \
    ('m', 'ana', 4, 0, 'REWARDS_RESERVATION_CANCELLED', 1, 'r', NULL, -4, NULL, NULL), \
    ('m', 'ana', 5, 0, 'REWARDS_RESERVATION', 1, 'r', 'c', 5, 5, 70), \
    ('m', 'ana', 6, 0, 'CUSTOMER_REDEMPTION', 1, 'r', 'c', -5, 6, NULL), \
    ('m', 'bob', 7, 0, 'REWARDS_RESERVATION', 1, 'r', 'c', 9200000000000000000, 1, 90), \
    ('m', 'bob', 7, 1, 'REWARDS_RESERVATION', 1, 'r', 'c', 9200000000000000000, 1, 95)";

async fn what_was_reserved_before_there_were_holds_is_known(url: &str) {
    let database = Database::connect(url).await.expect("a connection");
    let before = Migrator::migrations()
        .iter()
        .position(|migration| migration.name() == "m0013_holds")
        .expect("a migration");
    let before = u32::try_from(before).expect("a few");
    Migrator::up(&database, Some(before))
        .await
        .expect("the migrations before");
    database.execute_unprepared(LINES).await.expect("lines");
    Migrator::up(&database, None).await.expect("the rest");
    let sql = "SELECT customer_id, campaign_id, issued_at, opened_seq, closed_seq, ends_at FROM holds \
               ORDER BY customer_id, opened_seq";
    let statement = Statement::from_string(database.get_database_backend(), sql);
    let rows = database.query_all_raw(statement).await.expect("rows");
    let holds: Vec<(String, String, i64, i64, i64, i64)> = rows
        .iter()
        .map(|row| row.try_get_many_by_index().expect("a hold"))
        .collect();
    let hold = |customer: &str, campaign: &str, issued, opened, closed, ends| {
        (
            customer.to_owned(),
            campaign.to_owned(),
            issued,
            opened,
            closed,
            ends,
        )
    };
    let never = i64::MAX;
    let expected = [
        hold("ana", "c", 1, 1, 2, 90),
        hold("ana", "", -never, 3, never, never),
        hold("ana", "c", 5, 5, never, 70),
        hold("bob", "c", 1, 7, never, 95),
    ];
    assert_eq!(holds, expected);
    database.close().await.expect("a clean end");
}

#[tokio::test]
async fn what_was_reserved_before_there_were_holds_is_known_on_sqlite() {
    let (_folder, url) = empty_database();
    what_was_reserved_before_there_were_holds_is_known(&url).await;
}

mod postgres {
    use super::*;

    /// A new database of this name, and where it is.
    async fn empty_database(name: &str) -> String {
        let server = std::env::var("LAUREL_TEST_POSTGRES_URL")
            .expect("LAUREL_TEST_POSTGRES_URL is not set: run `cargo xtask test`");
        let (base, _) = server
            .rsplit_once('/')
            .expect("a URL that ends in a database");
        let database = Database::connect(&server).await.expect("a connection");
        for sql in ["DROP DATABASE IF EXISTS", "CREATE DATABASE"] {
            let sql = format!("{sql} {name}");
            database.execute_unprepared(&sql).await.expect(&sql);
        }
        format!("{base}/{name}")
    }

    #[tokio::test]
    async fn what_was_reserved_before_there_were_holds_is_known_on_postgres() {
        let url = empty_database("laurel_migrations_holds").await;
        what_was_reserved_before_there_were_holds_is_known(&url).await;
    }

    #[tokio::test]
    async fn a_copy_waits_for_the_one_that_migrates() {
        let url = empty_database("laurel_migrations_waiting").await;
        let other = Database::connect(&url).await.expect("a connection");
        // Longer than one try for the lock lasts.
        let holding =
            other.execute_unprepared("SELECT pg_advisory_lock(119165838058860), pg_sleep(3)");
        let releasing = async {
            holding.await.expect("a lock");
            other.close_by_ref().await.expect("a clean end");
        };
        let (applied, ()) = tokio::join!(migrate(&url), releasing);
        assert!(!applied.expect("a migration").is_empty());
    }
}

#[tokio::test]
async fn a_newer_database_is_refused_and_left_alone() {
    let (_folder, url) = empty_database();
    migrate(&url).await.expect("a migration");
    let database = Database::connect(&url).await.expect("a connection");
    database
        .execute_unprepared(
            "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_future', 1)",
        )
        .await
        .expect("a row");
    for error in [
        migrate(&url).await.expect_err("newer"),
        status(&url).await.expect_err("newer"),
    ] {
        assert!(matches!(error, Error::Newer(names) if names == ["m9999_future"]));
    }
}
