//! What the fields of a page read in batches: one statement for all rows, whatever their number.

mod bodies;
mod outbox;

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::Context;
use async_graphql::dataloader::{DataLoader, HashMapCache, Loader};
use laurel_payloads::{CustomerId, RewardId, TierId};
use laurel_store::{
    CustomerRecord, DeliveryRecord, EventHead, HistoryEntryRecord, Moment, Names,
    ReservationRecord, Reserved, RewardRecord, TierRecord,
};
use tokio::sync::OnceCell;
use uuid::Uuid;

use crate::asking::{Asking, Failed};
use crate::engine::Batches;
use bodies::Budget;

pub(crate) use bodies::{BodyOf, Share};
pub(crate) use outbox::{Attempts, MessageAbout, MessageId};

/// The loader of one request. What it has read once, it does not read again.
pub(crate) type Reads = DataLoader<Batch, HashMapCache>;

/// Reads for one asker, batch by batch, and bodies within what one request may load of them.
pub(crate) struct Batch(Asking, Budget);

/// The names of the programme's rewards and tiers, read at most once a request.
#[derive(Default)]
pub(crate) struct NamesOnce(OnceCell<Arc<Names>>);

/// The names of the programme's rewards and tiers.
pub(crate) async fn names<'a>(context: &Context<'a>) -> Result<&'a Names, Failed> {
    let once = &context.data_unchecked::<NamesOnce>().0;
    if let Some(names) = once.get() {
        return Ok(names);
    }
    let asking = Asking::of(context);
    let read = async || asking.read(asking.scope.names().await);
    Ok(once.get_or_try_init(read).await?)
}

/// A loader for one request, whose batches the engine runs.
pub(crate) fn reads(asking: Asking, batches: &Batches) -> Reads {
    let batch = Batch(asking, Budget::default());
    DataLoader::with_cache(batch, batches.spawner(), HashMapCache::default()).delay(Duration::ZERO)
}

/// Reads one thing by its key, together with whatever else is read at the moment.
pub(crate) async fn read<K>(
    context: &Context<'_>,
    key: K,
) -> Result<Option<<Batch as Loader<K>>::Value>, Failed>
where
    K: Clone + Eq + Hash + Send + Sync + 'static,
    Batch: Loader<K, Error = Failed>,
{
    context.data_unchecked::<Reads>().load_one(key).await
}

/// The place in the log of an event whose deliveries are wanted.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Deliveries(pub(crate) i64);

impl Loader<Deliveries> for Batch {
    type Value = Vec<DeliveryRecord>;
    type Error = Failed;

    async fn load(
        &self,
        keys: &[Deliveries],
    ) -> Result<HashMap<Deliveries, Vec<DeliveryRecord>>, Failed> {
        let seqs: Vec<i64> = keys.iter().map(|key| key.0).collect();
        let rows = self.0.read(self.0.scope.deliveries(&seqs).await)?;
        let mut found: HashMap<_, _> = keys.iter().map(|&key| (key, Vec::new())).collect();
        for row in rows {
            found
                .entry(Deliveries(row.event_seq))
                .or_default()
                .push(row);
        }
        Ok(found)
    }
}

impl Loader<Moment> for Batch {
    type Value = Arc<Reserved>;
    type Error = Failed;

    async fn load(&self, keys: &[Moment]) -> Result<HashMap<Moment, Arc<Reserved>>, Failed> {
        let found = self.0.read(self.0.scope.reserved_after(keys).await)?;
        Ok(found
            .into_iter()
            .map(|(moment, reserved)| (moment, Arc::new(reserved)))
            .collect())
    }
}

/// The event whose reservations are wanted: whose it is, and its place in the log.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct ReservationsOf(pub(crate) CustomerId, pub(crate) i64);

impl Loader<ReservationsOf> for Batch {
    type Value = Vec<ReservationRecord>;
    type Error = Failed;

    async fn load(
        &self,
        keys: &[ReservationsOf],
    ) -> Result<HashMap<ReservationsOf, Vec<ReservationRecord>>, Failed> {
        let events: Vec<_> = keys.iter().map(|key| (key.0.clone(), key.1)).collect();
        let found = self.0.read(self.0.scope.reservations(&events).await)?;
        let found = found.into_iter();
        Ok(found
            .map(|((id, seq), all)| (ReservationsOf(id, seq), all))
            .collect())
    }
}

/// The event whose entry is wanted.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct EntryOf(pub(crate) Uuid);

impl Loader<EntryOf> for Batch {
    type Value = HistoryEntryRecord;
    type Error = Failed;

    async fn load(&self, keys: &[EntryOf]) -> Result<HashMap<EntryOf, HistoryEntryRecord>, Failed> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let rows = self.0.read(self.0.scope.entries_by_event(&ids).await)?;
        Ok(rows
            .into_iter()
            .map(|row| (EntryOf(row.event_id), row))
            .collect())
    }
}

/// The id of an event of the log.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct EventId(pub(crate) Uuid);

impl Loader<EventId> for Batch {
    type Value = EventHead;
    type Error = Failed;

    async fn load(&self, keys: &[EventId]) -> Result<HashMap<EventId, EventHead>, Failed> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let rows = self.0.read(self.0.scope.event_heads_by_id(&ids).await)?;
        Ok(rows.into_iter().map(|row| (EventId(row.id), row)).collect())
    }
}

/// An id that has become another names the customer under that other.
impl Loader<CustomerId> for Batch {
    type Value = Arc<CustomerRecord>;
    type Error = Failed;

    async fn load(
        &self,
        keys: &[CustomerId],
    ) -> Result<HashMap<CustomerId, Arc<CustomerRecord>>, Failed> {
        let found = self.0.read(self.0.scope.customers_by_id(keys).await)?;
        let found = found.into_iter();
        Ok(found.map(|(id, record)| (id, Arc::new(record))).collect())
    }
}

impl Loader<RewardId> for Batch {
    type Value = RewardRecord;
    type Error = Failed;

    async fn load(&self, keys: &[RewardId]) -> Result<HashMap<RewardId, RewardRecord>, Failed> {
        let rows = self.0.read(self.0.scope.rewards_by_id(keys).await)?;
        Ok(rows
            .into_iter()
            .map(|row| (row.reward_id.clone(), row))
            .collect())
    }
}

impl Loader<TierId> for Batch {
    type Value = TierRecord;
    type Error = Failed;

    async fn load(&self, keys: &[TierId]) -> Result<HashMap<TierId, TierRecord>, Failed> {
        let rows = self.0.read(self.0.scope.tiers_by_id(keys).await)?;
        Ok(rows
            .into_iter()
            .map(|row| (row.tier_id.clone(), row))
            .collect())
    }
}
