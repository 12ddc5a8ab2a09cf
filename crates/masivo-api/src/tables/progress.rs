//! How far a backfill of transactions has come: a row a customer and year, and one for the run itself.
//!
//! A run that was broken off goes on where it stopped; a run after one that ended looks at every year again that was not
//! over when it was last looked at.

use laurel_payloads::{CustomerId, Timestamp};
use laurel_store::{Result, Source, Store};
use sea_orm::Value;

use super::{execute, query};

/// No customer has this id, and no year this number: the row of the run.
const RUN: (&str, i64) = ("", 0);

/// A customer's year that was brought in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Done {
    pub(crate) at: Timestamp,
    pub(crate) transactions: i64,
}

/// When the run began that is to be gone on with; a new one begins now.
pub(crate) async fn begin(store: &Store, source: &Source) -> Result<Timestamp> {
    let now = store.clock().now();
    let sql = "INSERT INTO masivo_progress (source, customer_id, year, transactions, done_at) \
               VALUES ($1, $2, $3, 0, $4) ON CONFLICT (source, customer_id, year) DO NOTHING";
    let [source_, customer, year] = key(source, RUN);
    let tx = store.begin().await?;
    execute(
        tx.connection(),
        sql,
        [source_, customer, year, now.micros().into()],
    )
    .await?;
    tx.commit().await?;
    let begun = read(store, source, RUN).await?;
    Ok(begun.map_or(now, |begun| begun.at))
}

/// The run is through: the next one is a new one.
pub(crate) async fn end(store: &Store, source: &Source) -> Result<()> {
    let sql = "DELETE FROM masivo_progress WHERE source = $1 AND customer_id = $2 AND year = $3";
    let tx = store.begin().await?;
    execute(tx.connection(), sql, key(source, RUN)).await?;
    tx.commit().await
}

/// When a customer's year was last brought in.
pub(crate) async fn of(
    store: &Store,
    source: &Source,
    customer: &CustomerId,
    year: i32,
) -> Result<Option<Done>> {
    read(store, source, (customer.as_str(), year.into())).await
}

/// A customer's year has been brought in.
pub(crate) async fn done(
    store: &Store,
    source: &Source,
    customer: &CustomerId,
    year: i32,
    transactions: usize,
) -> Result<()> {
    let sql = "INSERT INTO masivo_progress (source, customer_id, year, transactions, done_at) \
               VALUES ($1, $2, $3, $4, $5) ON CONFLICT (source, customer_id, year) DO UPDATE SET \
               transactions = excluded.transactions, done_at = excluded.done_at";
    let [source, customer, year] = key(source, (customer.as_str(), year.into()));
    let transactions = i64::try_from(transactions).unwrap_or(i64::MAX);
    let now = store.clock().now().micros();
    let tx = store.begin().await?;
    let values = [source, customer, year, transactions.into(), now.into()];
    execute(tx.connection(), sql, values).await?;
    tx.commit().await
}

async fn read(store: &Store, source: &Source, piece: (&str, i64)) -> Result<Option<Done>> {
    let sql = "SELECT transactions, done_at FROM masivo_progress \
               WHERE source = $1 AND customer_id = $2 AND year = $3";
    let rows = query(store.connection(), sql, key(source, piece)).await?;
    let done = rows.first().map(|row| {
        Ok(Done {
            at: Timestamp::from_micros(row.try_get("", "done_at")?),
            transactions: row.try_get("", "transactions")?,
        })
    });
    done.transpose()
}

fn key(source: &Source, (customer, year): (&str, i64)) -> [Value; 3] {
    [source.as_str().into(), customer.into(), year.into()]
}
