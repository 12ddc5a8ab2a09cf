//! Delivery ids that a sender has signed: each stands for one content of its source, for ever, whatever the window.

use std::borrow::Cow;
use std::collections::BTreeMap;

use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{EventState, NewEvent, Quarantine};
use crate::{Result, Tx, sql};

/// Why an event is kept aside whose id stands for other content. No upgrade makes it readable.
pub(super) const ID_CONFLICT: &str = "id_conflict";

/// The content that an id stands for, and its event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Holder {
    digest: Vec<u8>,
    event_id: Uuid,
}

/// By source and id, in that order: two batches that hold the same rows touch them in the same order.
pub(super) type Holders = BTreeMap<(String, String), Holder>;

impl Tx {
    /// What the ids of a batch stand for already.
    pub(super) async fn holders(&self, batch: &[NewEvent]) -> Result<Holders> {
        let mut by_source: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for event in batch {
            let ids = event.delivery_id.iter().cloned();
            ids.for_each(|id| by_source.entry(event.source.as_str()).or_default().push(id));
        }
        let backend = self.connection().get_database_backend();
        let sql = format!(
            "SELECT delivery_id, digest, event_id FROM delivery_ids WHERE source = $1 AND delivery_id {}",
            sql::in_list(backend, 2)
        );
        let mut holders = Holders::new();
        for (source, ids) in by_source {
            let values = [source.into(), sql::list(backend, ids)];
            for row in sql::query(self.connection(), &sql, values).await? {
                let holder = Holder {
                    digest: row.try_get("", "digest")?,
                    event_id: row.try_get("", "event_id")?,
                };
                holders.insert((source.to_owned(), row.try_get("", "delivery_id")?), holder);
            }
        }
        Ok(holders)
    }

    /// Enters the ids that are new; the first of a batch wins, and whoever committed first. `event_ids` are the events
    /// that the batch's contents are. Returns what each id stands for then.
    pub(super) async fn claim_ids(
        &self,
        batch: &[NewEvent],
        event_ids: &[Uuid],
        mut holders: Holders,
    ) -> Result<Holders> {
        let mut claims = Holders::new();
        for (event, event_id) in batch.iter().zip(event_ids) {
            let Some(key) = key(event).filter(|key| !holders.contains_key(key)) else {
                continue;
            };
            claims.entry(key).or_insert_with(|| Holder {
                digest: event.digest.to_vec(),
                event_id: *event_id,
            });
        }
        let rows = claims.iter().map(|((source, id), holder)| {
            [
                source.clone().into(),
                id.clone().into(),
                holder.digest.clone().into(),
                holder.event_id.into(),
            ]
        });
        let won = sql::insert(
            self.connection(),
            "delivery_ids (source, delivery_id, digest, event_id)",
            rows.collect(),
            "ON CONFLICT (source, delivery_id) DO NOTHING",
        )
        .await?;
        if won < claims.len() as u64 {
            return self.holders(batch).await;
        }
        holders.append(&mut claims);
        Ok(holders)
    }
}

fn key(event: &NewEvent) -> Option<(String, String)> {
    let id = event.delivery_id.clone()?;
    Some((event.source.as_str().to_owned(), id))
}

fn holder<'a>(event: &NewEvent, holders: &'a Holders) -> Option<&'a Holder> {
    holders.get(&key(event)?)
}

/// The event that this one is delivered for again, by its id and content.
pub(super) fn original(event: &NewEvent, holders: &Holders) -> Option<Uuid> {
    let holder = holder(event, holders).filter(|holder| holder.digest == event.digest)?;
    Some(holder.event_id)
}

/// The batch with those events in quarantine whose id stands for other content.
pub(super) fn set_aside<'a>(batch: &'a [NewEvent], holders: &Holders) -> Cow<'a, [NewEvent]> {
    let mut batch = Cow::Borrowed(batch);
    for index in 0..batch.len() {
        let event = &batch[index];
        if holder(event, holders).is_some_and(|holder| holder.digest != event.digest) {
            batch.to_mut()[index].state = EventState::Quarantined(Quarantine {
                reason: ID_CONFLICT.to_owned(),
                place: "webhook-id".to_owned(),
            });
        }
    }
    batch
}
