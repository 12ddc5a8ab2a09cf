//! Has one event handled again: one that was kept aside, or that somebody gave up.

use laurel_payloads::Reading;
use laurel_payloads::json::Malformed;
use uuid::Uuid;

use super::delivery_ids::ID_CONFLICT;
use crate::{EventState, Result, Scope};

/// What became of the wish to have an event handled again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Replayed {
    /// There is no such event.
    Unknown,
    /// It was kept aside; it can be read now, has its old place, and is handed on.
    Accepted,
    /// It is still kept aside, for the reason that it names.
    Unreadable,
    /// So many deliveries that were given up are tried again.
    Revived(u64),
    /// It was handled, or is on its way: there is nothing to do again.
    Nothing,
}

impl Scope {
    /// Has an event handled again where it was not handled. Whoever has handled it is not given it again, and what it
    /// led to is keyed by it: nothing is counted, and nobody mailed, twice.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn replay_event(
        &self,
        id: Uuid,
        read: &(dyn Fn(&[u8]) -> std::result::Result<Reading, Malformed> + Sync),
    ) -> Result<Replayed> {
        let Some(event) = self.event(id).await? else {
            return Ok(Replayed::Unknown);
        };
        match &event.state {
            EventState::Quarantined(why) if why.reason == ID_CONFLICT => Ok(Replayed::Unreadable),
            EventState::Quarantined(_) if self.store().reread_event(&event, read).await? => {
                Ok(Replayed::Accepted)
            }
            EventState::Quarantined(_) => Ok(Replayed::Unreadable),
            EventState::Accepted => match self.store().revive(None, Some(id)).await? {
                0 => Ok(Replayed::Nothing),
                count => Ok(Replayed::Revived(count)),
            },
        }
    }
}
