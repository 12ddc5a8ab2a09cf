//! Folds the repeats of a behavior event's failure into one entry, with the number of attempts and the last time.
//!
//! The entry stands where the first of them (by order of receipt) stands, whatever the order in which they are handled.

use laurel_payloads::BehaviorEventId;

use super::NewEntry;
use super::entries::COLUMNS;
use crate::{Result, Tx, sql};

impl Tx {
    pub(super) async fn add_failure(
        &self,
        entry: &NewEntry,
        failed: &BehaviorEventId,
    ) -> Result<()> {
        let sql = "INSERT INTO behavior_failures (source, customer_id, behavior_event_id, event_seq) \
                   VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
        let key = [
            entry.source.as_str().into(),
            entry.customer_id.as_str().into(),
            failed.as_str().into(),
            entry.event_seq.into(),
        ];
        if sql::execute(self.connection(), sql, key).await? == 0 {
            return Ok(());
        }
        if !self.count_attempt(entry, failed).await? {
            sql::insert(self.connection(), COLUMNS, vec![entry.row()], "").await?;
        }
        Ok(())
    }

    /// Counts one more attempt on the entry that there is; answers false where there is none yet.
    async fn count_attempt(&self, entry: &NewEntry, failed: &BehaviorEventId) -> Result<bool> {
        let sql = "UPDATE history_entries SET attempts = attempts + 1, \
                   last_occurred_at = CASE WHEN $5 > last_occurred_at THEN $5 ELSE last_occurred_at END, \
                   occurred_at = CASE WHEN $4 < event_seq THEN $5 ELSE occurred_at END, \
                   received_at = CASE WHEN $4 < event_seq THEN $6 ELSE received_at END, \
                   event_id = CASE WHEN $4 < event_seq THEN $7 ELSE event_id END, \
                   event_seq = CASE WHEN $4 < event_seq THEN $4 ELSE event_seq END \
                   WHERE source = $1 AND customer_id = $2 AND behavior_event_id = $3 \
                   AND kind = 'BEHAVIOR_EVENT_FAILED'";
        let values = [
            entry.source.as_str().into(),
            entry.customer_id.as_str().into(),
            failed.as_str().into(),
            entry.event_seq.into(),
            entry.occurred_at.micros().into(),
            entry.received_at.micros().into(),
            entry.event_id.into(),
        ];
        Ok(sql::execute(self.connection(), sql, values).await? == 1)
    }
}
