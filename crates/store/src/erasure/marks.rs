//! The marks by which an erased customer is recognised.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use laurel_payloads::{CustomerId, Timestamp};
use sea_orm::{ConnectionTrait, DbBackend};

use super::ErasureKey;
use crate::convert::{customer_id, parsed};
use crate::{Result, Scope, Source, Store, Tx, sql};

/// An erasure that was begun and is not finished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct UnderWay {
    pub(super) source: Source,
    pub(super) customer_id: CustomerId,
}

impl Scope {
    /// Which of these customers are erased: nothing about them is to be looked up, and nothing sent to them.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn erased(&self, customers: &[CustomerId]) -> Result<BTreeSet<CustomerId>> {
        let asked = customers.iter().map(|id| (self.source(), id)).collect();
        let erased = erased(self.store(), self.reader(), asked).await?;
        Ok(erased.into_iter().map(|(_, id)| id).collect())
    }
}

impl Tx {
    /// Which of these customers are erased, as this transaction sees it.
    pub(crate) async fn erased(
        &self,
        customers: BTreeSet<(&Source, &CustomerId)>,
    ) -> Result<BTreeSet<(Source, CustomerId)>> {
        erased(self.store(), self.connection(), customers).await
    }

    /// Marks a customer, under every id that they had, and answers how far an earlier run has come.
    pub(super) async fn mark(
        &self,
        key: &ErasureKey,
        source: &Source,
        ids: &[CustomerId],
    ) -> Result<i64> {
        let now = self.store().clock().now().micros();
        let mut reached = 0;
        for (place, id) in ids.iter().enumerate() {
            // The first of them is the customer's own: its row tells how far the erasure has come.
            let under_way = (place == 0).then(|| id.as_str().to_owned());
            let sql = "INSERT INTO erasures (source, customer_hash, erased_at, customer_id, touched_at) \
                       VALUES ($1, $2, $3, $4, $3) ON CONFLICT (source, customer_hash) DO UPDATE SET \
                       scanned_to = CASE WHEN erasures.customer_id IS NULL THEN 0 ELSE erasures.scanned_to END, \
                       customer_id = excluded.customer_id, touched_at = excluded.touched_at \
                       RETURNING scanned_to";
            let values = [
                source.as_str().into(),
                key.customer(source, id.as_str()).into(),
                now.into(),
                under_way.into(),
            ];
            let rows = sql::query(self.connection(), sql, values).await?;
            if let (0, Some(row)) = (place, rows.first()) {
                reached = row.try_get("", "scanned_to")?;
            }
        }
        Ok(reached)
    }

    /// Notes how far an erasure has come; at its end the id is no longer needed.
    pub(super) async fn reached(
        &self,
        key: &ErasureKey,
        source: &Source,
        customer: &CustomerId,
        seq: i64,
        finished: bool,
    ) -> Result<()> {
        let sql = "UPDATE erasures SET scanned_to = $3, touched_at = $4, \
                   customer_id = CASE WHEN $5 THEN NULL ELSE customer_id END \
                   WHERE source = $1 AND customer_hash = $2";
        let values = [
            source.as_str().into(),
            key.customer(source, customer.as_str()).into(),
            seq.into(),
            self.store().clock().now().micros().into(),
            finished.into(),
        ];
        sql::execute(self.connection(), sql, values).await?;
        Ok(())
    }
}

impl Store {
    /// The erasures that nobody has touched since `before`.
    pub(super) async fn abandoned_erasures(&self, before: Timestamp) -> Result<Vec<UnderWay>> {
        let sql = "SELECT source, customer_id FROM erasures WHERE customer_id IS NOT NULL AND touched_at < $1";
        let rows = sql::query(self.reader(), sql, [before.micros().into()]).await?;
        let under_way = rows.iter().map(|row| {
            let source: String = row.try_get("", "source")?;
            Ok(UnderWay {
                source: parsed(Source::new(&source))?,
                customer_id: customer_id(row.try_get("", "customer_id")?)?,
            })
        });
        under_way.collect()
    }
}

async fn erased(
    store: &Store,
    db: &impl ConnectionTrait,
    customers: BTreeSet<(&Source, &CustomerId)>,
) -> Result<BTreeSet<(Source, CustomerId)>> {
    let mut found = BTreeSet::new();
    if customers.is_empty() {
        return Ok(found);
    }
    let Some(key) = store.find_erasure_key(db).await? else {
        return Ok(found);
    };
    let mut by_source = BTreeMap::<&Source, HashMap<String, &CustomerId>>::new();
    for (source, id) in customers {
        let hash = hex::encode(key.customer(source, id.as_str()));
        by_source.entry(source).or_default().insert(hash, id);
    }
    let hashes = match store.backend() {
        DbBackend::Postgres => "SELECT decode(asked, 'hex') FROM unnest($2::text[]) AS asked",
        _ => "SELECT unhex(value) FROM json_each($2)",
    };
    let sql = format!(
        "SELECT customer_hash FROM erasures WHERE source = $1 AND customer_hash IN ({hashes})"
    );
    for (source, asked) in by_source {
        let hashes: Vec<String> = asked.keys().cloned().collect();
        let values = [source.as_str().into(), sql::list(store.backend(), hashes)];
        for row in sql::query(db, &sql, values).await? {
            let hash: Vec<u8> = row.try_get("", "customer_hash")?;
            if let Some(&id) = asked.get(&hex::encode(hash)) {
                found.insert((source.clone(), id.clone()));
            }
        }
    }
    Ok(found)
}
