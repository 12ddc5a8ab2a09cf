//! The crate's own tables, under a migration table of their own.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

/// The migrations of this crate, oldest first.
#[derive(Debug, Clone, Copy, Default)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(Tables)]
    }

    fn migration_table_name() -> DynIden {
        "masivo_api_migrations".into_iden()
    }
}

/// Whom to ask for, and how far a backfill has come. Times are microseconds, UTC.
struct Tables;

impl MigrationName for Tables {
    fn name(&self) -> &'static str {
        "m0001_masivo_api"
    }
}

const SQL: [&str; 3] = [
    "CREATE TABLE masivo_lookups (
        source {text} NOT NULL,
        customer_id {text} NOT NULL,
        state {text} NOT NULL CHECK (state IN ('wanted', 'known', 'found', 'missing', 'failed')),
        due_at BIGINT NOT NULL,
        locked_until BIGINT,
        attempts BIGINT NOT NULL DEFAULT 0,
        asked_at BIGINT,
        PRIMARY KEY (source, customer_id)
    )",
    "CREATE INDEX masivo_lookups_wanted ON masivo_lookups (source, due_at) WHERE state = 'wanted'",
    "CREATE TABLE masivo_progress (
        source {text} NOT NULL,
        customer_id {text} NOT NULL,
        year BIGINT NOT NULL,
        transactions BIGINT NOT NULL,
        done_at BIGINT NOT NULL,
        PRIMARY KEY (source, customer_id, year)
    )",
];

#[async_trait::async_trait]
impl MigrationTrait for Tables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Keys compare by their bytes, as in the house's own tables.
        let text = match manager.get_database_backend() {
            DbBackend::Postgres => "TEXT COLLATE \"C\"",
            _ => "TEXT",
        };
        for statement in SQL {
            let sql = statement.replace("{text}", text);
            manager.get_connection().execute_unprepared(&sql).await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
