//! The migrations as the commands use them: applied once, refused when the database is newer.

use laurel_migrations::{Error, migrate, status};
use sea_orm_migration::sea_orm::{ConnectionTrait, Database};

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

mod postgres {
    use super::*;

    #[tokio::test]
    async fn a_copy_waits_for_the_one_that_migrates() {
        let server = std::env::var("LAUREL_TEST_POSTGRES_URL")
            .expect("LAUREL_TEST_POSTGRES_URL is not set: run `cargo xtask test`");
        let (base, _) = server
            .rsplit_once('/')
            .expect("a URL that ends in a database");
        let url = format!("{base}/laurel_migrations_waiting");
        let database = Database::connect(&server).await.expect("a connection");
        for sql in [
            "DROP DATABASE IF EXISTS laurel_migrations_waiting",
            "CREATE DATABASE laurel_migrations_waiting",
        ] {
            database.execute_unprepared(sql).await.expect(sql);
        }
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
