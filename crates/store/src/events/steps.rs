//! An append in steps, for SQLite, and for deliveries whose ids are signed: first what is known, then what is new.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait, DbBackend};
use uuid::Uuid;

use super::append::{Appended, COLUMNS, Fold, Folds, answers, columns, expires_at, last_received};
use super::delivery_ids::{Holders, original, set_aside};
use super::{EventState, NewEvent};
use crate::routes::Route;
use crate::{Result, Store, Tx, routes, sql};

impl Store {
    pub(super) async fn append_by_steps(
        &self,
        batch: &[NewEvent],
        folds: &Folds,
    ) -> Result<Vec<Appended>> {
        let tx = self.begin().await?;
        let routes = routes::read(tx.connection()).await?;
        let holders = tx.holders(batch).await?;
        let mut originals = known(batch, folds, &holders);
        originals.extend(tx.claim_content(batch, folds, &originals).await?);
        let event_ids = event_ids(batch, folds, &originals);
        let holders = tx.claim_ids(batch, &event_ids, holders).await?;
        let batch = &*set_aside(batch, &holders);
        let new: Vec<&Fold> = folds
            .values()
            .filter(|fold| !originals.contains_key(&fold.id))
            .collect();
        tx.insert_events(batch, &new, &routes).await?;
        tx.count_repeats(batch, folds, &originals).await?;
        tx.commit().await?;
        Ok(answers(batch, folds, &originals))
    }
}

impl Tx {
    /// Enters each content that is not known by its id into the duplicate window, and returns the first event's id for
    /// those that are in it.
    async fn claim_content(
        &self,
        batch: &[NewEvent],
        folds: &Folds,
        known: &HashMap<Uuid, Uuid>,
    ) -> Result<HashMap<Uuid, Uuid>> {
        let unknown = || {
            folds
                .iter()
                .filter(|(_, fold)| !known.contains_key(&fold.id))
        };
        let rows = unknown().map(|((source, digest), fold)| {
            let first = &batch[fold.members[0]];
            [
                source.clone().into(),
                digest.to_vec().into(),
                fold.id.into(),
                first.received_at.micros().into(),
                expires_at(batch, fold).into(),
            ]
        });
        let rows: Vec<_> = rows.collect();
        let claimed = rows.len() as u64;
        let won = sql::insert(
            self.connection(),
            "recent (source, digest, event_id, first_seen_at, expires_at)",
            rows,
            "ON CONFLICT (source, digest) DO UPDATE SET event_id = excluded.event_id, \
             first_seen_at = excluded.first_seen_at, expires_at = excluded.expires_at \
             WHERE recent.expires_at <= excluded.first_seen_at",
        )
        .await?;
        if won == claimed {
            return Ok(HashMap::new());
        }
        self.first_of(unknown()).await
    }

    /// The first events of contents in the duplicate window, where they are not the ones at hand.
    pub(super) async fn first_of(
        &self,
        folds: impl Iterator<Item = (&(String, [u8; 32]), &Fold)>,
    ) -> Result<HashMap<Uuid, Uuid>> {
        let sql =
            "SELECT event_id FROM recent WHERE source = $1 AND digest = $2 AND event_id <> $3";
        let mut originals: HashMap<Uuid, Uuid> = HashMap::new();
        for ((source, digest), fold) in folds {
            let values = [
                source.clone().into(),
                digest.to_vec().into(),
                fold.id.into(),
            ];
            for row in sql::query(self.connection(), sql, values).await? {
                originals.insert(fold.id, row.try_get("", "event_id")?);
            }
        }
        Ok(originals)
    }

    async fn insert_events(
        &self,
        batch: &[NewEvent],
        new: &[&Fold],
        routes: &[Route],
    ) -> Result<()> {
        // In the order in which they came, so that `seq` is the order of receipt within a batch, too.
        let mut new = new.to_vec();
        new.sort_by_key(|fold| fold.members[0]);
        let seqs = self.next_seqs(new.len()).await?;
        let rows = new
            .iter()
            .zip(&seqs)
            .map(|(fold, seq)| columns::<1, 15>(batch, fold, [(*seq).into()]))
            .collect();
        let into = format!("events ({COLUMNS}, seq)");
        sql::insert(self.connection(), &into, rows, "").await?;
        let mut deliveries = Vec::new();
        for (fold, seq) in new.iter().zip(seqs) {
            let event = &batch[fold.members[0]];
            let accepted = event.state == EventState::Accepted;
            let routes = routes
                .iter()
                .filter(|route| accepted && route.takes(event.kind.as_deref()));
            deliveries.extend(routes.map(|route| route.delivery(seq, event.received_at)));
        }
        routes::deliver(self.connection(), deliveries).await
    }

    /// The places in the log of the next so many events.
    async fn next_seqs(&self, count: usize) -> Result<Vec<i64>> {
        if count == 0 {
            return Ok(Vec::new());
        }
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        if self.connection().get_database_backend() == DbBackend::Postgres {
            let sql =
                "SELECT array_agg(nextval('events_seq_seq')) AS seqs FROM generate_series(1, $1)";
            let rows = sql::query(self.connection(), sql, [count.into()]).await?;
            let seqs = rows
                .first()
                .map(|row| row.try_get::<Option<Vec<i64>>>("", "seqs"));
            return Ok(seqs.transpose()?.flatten().unwrap_or_default());
        }
        // Nobody else writes until this transaction ends.
        let sql = "SELECT seq FROM sqlite_sequence WHERE name = 'events'";
        let rows = sql::query(self.connection(), sql, []).await?;
        let last = rows.first().map(|row| row.try_get::<i64>("", "seq"));
        let last = last.transpose()?.unwrap_or(0);
        Ok((last + 1..=last + count).collect())
    }

    pub(super) async fn count_repeats(
        &self,
        batch: &[NewEvent],
        folds: &Folds,
        originals: &HashMap<Uuid, Uuid>,
    ) -> Result<()> {
        let mut repeats: Vec<(&Uuid, &Fold)> = folds
            .values()
            .filter_map(|fold| originals.get(&fold.id).map(|original| (original, fold)))
            .collect();
        repeats.sort_by_key(|(original, _)| **original);
        for (original, fold) in repeats {
            let sql = "UPDATE events SET delivery_count = delivery_count + $2, last_delivered_at = \
                       CASE WHEN last_delivered_at < $3 THEN $3 ELSE last_delivered_at END WHERE id = $1";
            let count = i64::try_from(fold.members.len()).unwrap_or(i64::MAX);
            let values = [
                (*original).into(),
                count.into(),
                last_received(batch, fold).micros().into(),
            ];
            sql::execute(self.connection(), sql, values).await?;
        }
        Ok(())
    }
}

/// The events of contents that came before under the same delivery id.
fn known(batch: &[NewEvent], folds: &Folds, holders: &Holders) -> HashMap<Uuid, Uuid> {
    let known = folds.values().filter_map(|fold| {
        let mut members = fold.members.iter();
        let found = members.find_map(|&member| original(&batch[member], holders));
        Some((fold.id, found?))
    });
    known.collect()
}

/// The event that each of a batch is, new or not.
fn event_ids(batch: &[NewEvent], folds: &Folds, originals: &HashMap<Uuid, Uuid>) -> Vec<Uuid> {
    let mut ids = vec![Uuid::nil(); batch.len()];
    for fold in folds.values() {
        let id = originals.get(&fold.id).unwrap_or(&fold.id);
        fold.members.iter().for_each(|&member| ids[member] = *id);
    }
    ids
}
