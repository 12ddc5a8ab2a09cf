//! What is read of the outbox, in batches.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use laurel_store::{AttemptRecord, MessageRecord};
use uuid::Uuid;

use super::Batch;
use crate::asking::Failed;

/// The id of a message.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct MessageId(pub(crate) Uuid);

impl Loader<MessageId> for Batch {
    type Value = MessageRecord;
    type Error = Failed;

    async fn load(&self, keys: &[MessageId]) -> Result<HashMap<MessageId, MessageRecord>, Failed> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let rows = self.0.read(self.0.scope.messages_by_id(&ids).await)?;
        Ok(rows
            .into_iter()
            .map(|row| (MessageId(row.id), row))
            .collect())
    }
}

/// The place in the log of an event that a message is wanted about: the first, where there are several channels.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct MessageAbout(pub(crate) i64);

impl Loader<MessageAbout> for Batch {
    type Value = MessageRecord;
    type Error = Failed;

    async fn load(
        &self,
        keys: &[MessageAbout],
    ) -> Result<HashMap<MessageAbout, MessageRecord>, Failed> {
        let seqs: Vec<i64> = keys.iter().map(|key| key.0).collect();
        let rows = self.0.read(self.0.scope.messages_by_event(&seqs).await)?;
        let mut found = HashMap::new();
        for row in rows {
            found.entry(MessageAbout(row.event_seq)).or_insert(row);
        }
        Ok(found)
    }
}

/// The id of a message whose tries are wanted.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Attempts(pub(crate) Uuid);

impl Loader<Attempts> for Batch {
    type Value = Vec<AttemptRecord>;
    type Error = Failed;

    async fn load(
        &self,
        keys: &[Attempts],
    ) -> Result<HashMap<Attempts, Vec<AttemptRecord>>, Failed> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let rows = self.0.read(self.0.scope.attempts(&ids).await)?;
        let mut found: HashMap<_, Vec<_>> = HashMap::new();
        for (message, attempt) in rows {
            found.entry(Attempts(message)).or_default().push(attempt);
        }
        Ok(found)
    }
}
