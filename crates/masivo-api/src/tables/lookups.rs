//! Whom Masivo is to be asked for, and whom it has been: a row a customer, kept for good, so that nobody is asked for twice.

use std::collections::HashSet;
use std::time::Duration;

use laurel_payloads::{CustomerId, Timestamp};
use laurel_store::{Result, Source, Store, Tx};
use sea_orm::ConnectionTrait;
use sea_orm::DbBackend;

use super::{execute, query};

/// How long a worker may take for one customer before another takes over.
const LEASE: Duration = Duration::from_mins(10);
/// Who is to be asked for at `$2`, and is in nobody's hands.
const DUE: &str = "source = $1 AND state = 'wanted' AND due_at <= $2 \
                   AND (locked_until IS NULL OR locked_until <= $2)";

/// A customer who is to be asked for.
#[derive(Debug, Clone)]
pub(crate) struct Lookup {
    pub(crate) source: Source,
    pub(crate) customer_id: CustomerId,
    pub(crate) attempts: i64,
}

/// What became of a lookup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Somebody else has told meanwhile.
    Known,
    /// Masivo has told.
    Found,
    /// Masivo does not know the customer.
    Missing,
    /// Masivo's answer cannot be used, time after time.
    Failed,
}

impl Outcome {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Known => "known",
            Self::Found => "found",
            Self::Missing => "missing",
            Self::Failed => "failed",
        }
    }
}

/// Notes customers to be asked for; those that are noted already, asked for or not, stay as they are.
pub(crate) async fn note(
    tx: &Tx,
    source: &Source,
    customers: impl IntoIterator<Item = &CustomerId>,
    due_at: Timestamp,
) -> Result<()> {
    let sql = "INSERT INTO masivo_lookups (source, customer_id, state, due_at) \
               VALUES ($1, $2, 'wanted', $3) ON CONFLICT (source, customer_id) DO NOTHING";
    for customer in customers {
        let values = [
            source.as_str().into(),
            customer.as_str().into(),
            due_at.micros().into(),
        ];
        execute(tx.connection(), sql, values).await?;
    }
    Ok(())
}

/// Which of these customers are noted already.
pub(crate) async fn noted(
    store: &Store,
    source: &Source,
    customers: &[CustomerId],
) -> Result<HashSet<String>> {
    among(store, source, customers, "").await
}

/// Which of these customers have been asked for.
pub(crate) async fn asked(
    store: &Store,
    source: &Source,
    customers: &[CustomerId],
) -> Result<HashSet<String>> {
    among(store, source, customers, "AND asked_at IS NOT NULL").await
}

async fn among(
    store: &Store,
    source: &Source,
    customers: &[CustomerId],
    and: &str,
) -> Result<HashSet<String>> {
    let mut found = HashSet::new();
    for customers in customers.chunks(100) {
        let places: Vec<String> = (2..customers.len() + 2)
            .map(|at| format!("${at}"))
            .collect();
        let sql = format!(
            "SELECT customer_id FROM masivo_lookups WHERE source = $1 AND customer_id IN ({}) {and}",
            places.join(", ")
        );
        let ids = customers.iter().map(|id| id.as_str().into());
        let values = std::iter::once(source.as_str().into()).chain(ids);
        for row in query(store.connection(), &sql, values).await? {
            found.insert(row.try_get("", "customer_id")?);
        }
    }
    Ok(found)
}

/// Takes the customer of a source who has waited longest, for this worker alone.
pub(crate) async fn claim(store: &Store, source: &Source) -> Result<Option<Lookup>> {
    let now = store.clock().now();
    // Among the readers first: nobody waits for a writer that has nothing to write.
    let due = format!("SELECT 1 FROM masivo_lookups WHERE {DUE} LIMIT 1");
    let values = [source.as_str().into(), now.micros().into()];
    if query(store.connection(), &due, values).await?.is_empty() {
        return Ok(None);
    }
    let tx = store.begin().await?;
    let skip = match tx.connection().get_database_backend() {
        DbBackend::Postgres => "FOR UPDATE SKIP LOCKED",
        _ => "",
    };
    let sql = format!(
        "UPDATE masivo_lookups SET locked_until = $3, attempts = attempts + 1 \
         WHERE source = $1 AND customer_id IN (SELECT customer_id FROM masivo_lookups \
           WHERE {DUE} ORDER BY due_at LIMIT 1 {skip}) \
         RETURNING customer_id, attempts"
    );
    let values = [
        source.as_str().into(),
        now.micros().into(),
        now.saturating_add(LEASE).micros().into(),
    ];
    let rows = query(tx.connection(), &sql, values).await?;
    tx.commit().await?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    let customer_id: String = row.try_get("", "customer_id")?;
    Ok(Some(Lookup {
        source: source.clone(),
        customer_id: customer_id
            .parse()
            .map_err(|_| laurel_store::Error::Corrupt("a customer's id".to_owned()))?,
        attempts: row.try_get("", "attempts")?,
    }))
}

/// Remembers that a customer has been asked for, noted before or not.
pub(crate) async fn answered(
    store: &Store,
    source: &Source,
    customer: &CustomerId,
    outcome: Outcome,
) -> Result<()> {
    let sql = "INSERT INTO masivo_lookups (source, customer_id, state, due_at, asked_at) \
               VALUES ($1, $2, $3, $4, $4) ON CONFLICT (source, customer_id) DO UPDATE SET \
               state = excluded.state, asked_at = excluded.asked_at, locked_until = NULL";
    let values = [
        source.as_str().into(),
        customer.as_str().into(),
        outcome.as_str().into(),
        store.clock().now().micros().into(),
    ];
    let tx = store.begin().await?;
    execute(tx.connection(), sql, values).await?;
    tx.commit().await
}

/// Puts a customer back until `due_at`; a try that was not the customer's fault does not count.
pub(crate) async fn postpone(
    store: &Store,
    lookup: &Lookup,
    due_at: Timestamp,
    counts: bool,
) -> Result<()> {
    let sql = "UPDATE masivo_lookups SET locked_until = NULL, due_at = $3, attempts = $4 \
               WHERE source = $1 AND customer_id = $2 AND state = 'wanted'";
    let values = [
        lookup.source.as_str().into(),
        lookup.customer_id.as_str().into(),
        due_at.micros().into(),
        (lookup.attempts - i64::from(!counts)).into(),
    ];
    let tx = store.begin().await?;
    execute(tx.connection(), sql, values).await?;
    tx.commit().await
}

/// Forgets everybody, so that all are asked for anew.
pub(crate) async fn forget(tx: &Tx) -> Result<()> {
    execute(tx.connection(), "DELETE FROM masivo_lookups", []).await?;
    Ok(())
}
