//! Stores events together with a delivery for each interested subscriber: both, or neither.

use std::collections::{BTreeMap, HashMap};

use laurel_payloads::Timestamp;
use sea_orm::{DbBackend, Value};
use uuid::Uuid;

use super::{EventState, NewEvent};
use crate::text::storable;
use crate::{Result, Store};

/// What became of an appended event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended {
    /// The event's id; for a duplicate, that of the one it repeats.
    pub id: Uuid,
    /// Whether it is new.
    pub outcome: Outcome,
}

/// Whether an appended event is new, and handed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is new and has its deliveries.
    Accepted,
    /// It repeats an event that is in the log, and was counted there.
    Duplicate,
    /// It is new, and kept aside because it could not be read.
    Quarantined,
}

/// Equal content of one source: within a batch it is one event, delivered several times.
pub(super) struct Fold {
    pub(super) id: Uuid,
    pub(super) members: Vec<usize>,
}

/// By source and digest, in that order: two batches that hold the same rows touch them in the same order.
pub(super) type Folds = BTreeMap<(String, [u8; 32]), Fold>;

impl Store {
    /// Appends a batch and answers for each event, in order. When it returns, everything is on disk.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database): it is not known what of the batch was stored; the same call, made
    /// again, answers `Duplicate` for what was.
    pub async fn append(&self, batch: &[NewEvent]) -> Result<Vec<Appended>> {
        if batch.is_empty() {
            return Ok(Vec::new());
        }
        let folds = self.fold(batch);
        let unsigned = batch.iter().all(|event| event.delivery_id.is_none());
        let appended = if unsigned && self.backend() == DbBackend::Postgres {
            self.append_at_once(batch, &folds).await?
        } else {
            self.append_by_steps(batch, &folds).await?
        };
        self.announce_append();
        Ok(appended)
    }

    fn fold(&self, batch: &[NewEvent]) -> Folds {
        let mut folds = Folds::new();
        for (index, event) in batch.iter().enumerate() {
            folds
                .entry((event.source.as_str().to_owned(), event.digest))
                .or_insert_with(|| Fold {
                    id: self.clock().id(),
                    members: Vec::new(),
                })
                .members
                .push(index);
        }
        folds
    }
}

/// The columns of an event that [`columns`] gives.
pub(super) const COLUMNS: &str = "id, source, kind, customer_id, state, quarantine_reason, quarantine_place, body, \
     digest, received_at, occurred_at, delivery_count, last_delivered_at, trace_context";

/// What is stored of a fold, and after it `more`: `N` values in all, which are fourteen and those.
pub(super) fn columns<const M: usize, const N: usize>(
    batch: &[NewEvent],
    fold: &Fold,
    more: [Value; M],
) -> [Value; N] {
    let event = &batch[fold.members[0]];
    let (state, quarantine) = match &event.state {
        EventState::Accepted => ("accepted", None),
        EventState::Quarantined(quarantine) => ("quarantined", Some(quarantine)),
    };
    let customer_id = event.customer_id.as_ref();
    let columns = [
        fold.id.into(),
        event.source.as_str().into(),
        event.kind.as_deref().map(storable).into(),
        customer_id.map(|id| id.as_str().to_owned()).into(),
        state.into(),
        quarantine
            .map(|quarantine| quarantine.reason.clone())
            .into(),
        quarantine
            .map(|quarantine| storable(&quarantine.place))
            .into(),
        Value::from(&event.body[..]),
        event.digest.to_vec().into(),
        event.received_at.micros().into(),
        event.occurred_at.micros().into(),
        i64::try_from(fold.members.len()).unwrap_or(i64::MAX).into(),
        last_received(batch, fold).micros().into(),
        event.trace_context.clone().into(),
    ];
    let mut values = columns.into_iter().chain(more);
    std::array::from_fn(|_| {
        values
            .next()
            .unwrap_or_else(|| unreachable!("fourteen and more"))
    })
}

/// When the content of a fold may come again as a new event.
pub(super) fn expires_at(batch: &[NewEvent], fold: &Fold) -> i64 {
    let first = &batch[fold.members[0]];
    let end = first.received_at.saturating_add(first.duplicate_window);
    end.micros()
}

pub(super) fn last_received(batch: &[NewEvent], fold: &Fold) -> Timestamp {
    let times = fold.members.iter().map(|&member| batch[member].received_at);
    times.max().unwrap_or(batch[fold.members[0]].received_at)
}

/// What each event of a batch is told.
pub(super) fn answers(
    batch: &[NewEvent],
    folds: &Folds,
    originals: &HashMap<Uuid, Uuid>,
) -> Vec<Appended> {
    let duplicate = |id| Appended {
        id,
        outcome: Outcome::Duplicate,
    };
    let mut answers = vec![duplicate(Uuid::nil()); batch.len()];
    for fold in folds.values() {
        let id = originals.get(&fold.id).copied().unwrap_or(fold.id);
        for &member in &fold.members {
            answers[member] = duplicate(id);
        }
        if id == fold.id {
            let first = fold.members[0];
            answers[first].outcome = match batch[first].state {
                EventState::Accepted => Outcome::Accepted,
                EventState::Quarantined(_) => Outcome::Quarantined,
            };
        }
    }
    answers
}
