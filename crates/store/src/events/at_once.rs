//! An append in one statement, for PostgreSQL, where each statement is a journey.

use std::collections::HashMap;

use uuid::Uuid;

use super::NewEvent;
use super::append::{Appended, COLUMNS, Folds, answers, columns, expires_at};
use crate::{Error, Result, Store, sql};

impl Store {
    pub(super) async fn append_at_once(
        &self,
        batch: &[NewEvent],
        folds: &Folds,
    ) -> Result<Vec<Appended>> {
        // In the order of the folds, so that two batches that hold the same rows lock them in the same order.
        let rows = folds.values().map(|fold| {
            let place = i64::try_from(fold.members[0]).unwrap_or(i64::MAX);
            columns::<2, 16>(batch, fold, [place.into(), expires_at(batch, fold).into()])
        });
        let (given, values) = sql::given(&format!("{COLUMNS}, place, expires_at"), rows.collect());
        // The events in the order in which they came, so that `seq` is the order of receipt within a batch, too.
        let sql = format!(
            "WITH given AS MATERIALIZED ({given}), \
             won AS (INSERT INTO recent (source, digest, event_id, first_seen_at, expires_at) \
               SELECT source, digest, id, received_at, expires_at FROM given \
               ON CONFLICT (source, digest) DO UPDATE SET event_id = excluded.event_id, \
               first_seen_at = excluded.first_seen_at, expires_at = excluded.expires_at \
               WHERE recent.expires_at <= excluded.first_seen_at RETURNING event_id), \
             new AS (INSERT INTO events ({COLUMNS}) SELECT {COLUMNS} FROM given \
               WHERE id IN (SELECT event_id FROM won) ORDER BY place RETURNING seq, id, kind, state, received_at), \
             told AS (INSERT INTO deliveries (subscriber, event_seq, due_at) \
               SELECT name, seq, received_at FROM new JOIN subscribers \
               ON subscribers.kinds IS NULL OR subscribers.kinds::jsonb ? new.kind WHERE new.state = 'accepted') \
             SELECT id FROM new"
        );
        let new = sql::query(self.writer(), &sql, values).await?.len();
        if new == folds.len() {
            return Ok(answers(batch, folds, &HashMap::new()));
        }
        let originals = self.repeated(batch, folds).await?;
        if new + originals.len() < folds.len() {
            return Err(Error::Forgotten);
        }
        Ok(answers(batch, folds, &originals))
    }

    /// Counts what was there already, and returns the event that each of it repeats.
    async fn repeated(&self, batch: &[NewEvent], folds: &Folds) -> Result<HashMap<Uuid, Uuid>> {
        let tx = self.begin().await?;
        let originals = tx.first_of(folds.iter()).await?;
        tx.count_repeats(batch, folds, &originals).await?;
        tx.commit().await?;
        Ok(originals)
    }
}
