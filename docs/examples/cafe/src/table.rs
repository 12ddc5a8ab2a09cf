//! The table of the cards, on SQLite and PostgreSQL alike.

use laurel_payloads::CustomerId;
use laurel_store::{Source, Store, Tx};
use sea_orm::{ConnectionTrait, QueryResult, Statement, Value};
use sea_orm_migration::prelude::*;

/// Makes the café's tables, and records it in a table of its own.
#[derive(Clone, Copy, Debug)]
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(Cards)]
    }

    fn migration_table_name() -> DynIden {
        "cafe_migrations".into_iden()
    }
}

struct Cards;

impl MigrationName for Cards {
    fn name(&self) -> &'static str {
        "c0001_cards"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Cards {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = "CREATE TABLE cafe_cards (source TEXT NOT NULL, customer_id TEXT NOT NULL, \
                   stamps BIGINT NOT NULL, PRIMARY KEY (source, customer_id))";
        manager.get_connection().execute_unprepared(sql).await?;
        Ok(())
    }
}

/// Adds a stamp to a card.
pub(crate) async fn stamp(tx: &Tx, source: &Source, customer: &CustomerId) -> Result<(), DbErr> {
    let sql = "INSERT INTO cafe_cards (source, customer_id, stamps) VALUES ($1, $2, 1) \
               ON CONFLICT (source, customer_id) DO UPDATE SET stamps = cafe_cards.stamps + 1";
    let values = [source.as_str().into(), customer.as_str().into()];
    let statement = statement(tx.connection(), sql, values);
    tx.connection().execute_raw(statement).await?;
    Ok(())
}

/// Throws all cards away.
pub(crate) async fn clear(tx: &Tx) -> Result<(), DbErr> {
    tx.connection()
        .execute_unprepared("DELETE FROM cafe_cards")
        .await?;
    Ok(())
}

/// The stamps on a customer's card.
pub(crate) async fn stamps(store: &Store, source: &Source, customer: &str) -> Result<i64, DbErr> {
    let sql = "SELECT stamps FROM cafe_cards WHERE source = $1 AND customer_id = $2";
    let values = [source.as_str().into(), customer.into()];
    let rows = rows(store, sql, values).await?;
    rows.first().map_or(Ok(0), |row| row.try_get("", "stamps"))
}

/// The ten fullest cards.
pub(crate) async fn fullest(store: &Store, source: &Source) -> Result<Vec<(String, i64)>, DbErr> {
    let sql = "SELECT customer_id, stamps FROM cafe_cards WHERE source = $1 \
               ORDER BY stamps DESC, customer_id LIMIT 10";
    let rows = rows(store, sql, [source.as_str().into()]).await?;
    let card =
        |row: &QueryResult| Ok((row.try_get("", "customer_id")?, row.try_get("", "stamps")?));
    rows.iter().map(card).collect()
}

async fn rows<const N: usize>(
    store: &Store,
    sql: &str,
    values: [Value; N],
) -> Result<Vec<QueryResult>, DbErr> {
    let statement = statement(store.connection(), sql, values);
    store.connection().query_all_raw(statement).await
}

fn statement<const N: usize>(
    db: &impl ConnectionTrait,
    sql: &str,
    values: [Value; N],
) -> Statement {
    Statement::from_sql_and_values(db.get_database_backend(), sql, values)
}
