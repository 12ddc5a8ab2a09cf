//! The log, redacted in place: in steps, so that intake goes on between them.

use std::collections::BTreeSet;

use laurel_payloads::{CustomerId, Payload, mentioned, redact};
use sea_orm::ConnectionTrait;

use crate::{EventRecord, EventState, Result, Scope, Tx, sql};

/// How many places of the log one look covers. Most of them are other customers' events.
const WINDOW: i64 = 20_000;
/// How many events one step redacts.
const STEP: i64 = 100;

/// What one step has found.
#[derive(Debug, Default)]
pub(super) struct Step {
    /// The place up to which the log is done.
    pub(super) reached: i64,
    /// The events that are to be redacted.
    pub(super) events: Vec<EventRecord>,
}

impl Scope {
    /// The last place of the log.
    pub(super) async fn end_of_log(&self) -> Result<i64> {
        let sql = "SELECT COALESCE(max(seq), 0) AS last FROM events";
        // Read where it is written: nothing that was committed is missed.
        let rows = sql::query(self.store().writer(), sql, []).await?;
        Ok(rows
            .first()
            .map(|row| row.try_get("", "last"))
            .transpose()?
            .unwrap_or(0))
    }

    /// The next events about these customers from `after` on.
    pub(super) async fn next_of_log(
        &self,
        ids: &[CustomerId],
        after: i64,
        until: i64,
    ) -> Result<Step> {
        let backend = self.store().backend();
        let end = until.min(after.saturating_add(WINDOW));
        let sql = format!(
            "SELECT seq FROM events WHERE source = $1 AND seq > $2 AND seq <= $3 AND customer_id {} \
             ORDER BY seq LIMIT {STEP}",
            sql::in_list(backend, 4)
        );
        let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
        let values = [
            self.source().as_str().into(),
            after.into(),
            end.into(),
            sql::list(backend, ids),
        ];
        let rows = sql::query(self.reader(), &sql, values).await?;
        let seqs: Vec<i64> = rows
            .iter()
            .map(|row| row.try_get("", "seq"))
            .collect::<Result<_, _>>()?;
        let is_full = i64::try_from(seqs.len()).is_ok_and(|found| found == STEP);
        let reached = if is_full {
            seqs.last().copied().unwrap_or(end)
        } else {
            end
        };
        let events = if seqs.is_empty() {
            Vec::new()
        } else {
            self.events_by_seq(&seqs).await?
        };
        Ok(Step { reached, events })
    }

    /// The quarantined events of which nobody could tell whom they are about, and that name one of these ids or
    /// addresses.
    pub(super) async fn quarantined_about(
        &self,
        ids: &[CustomerId],
        addresses: &BTreeSet<String>,
    ) -> Result<Vec<EventRecord>> {
        let mut found = Vec::new();
        let mut after = 0;
        loop {
            let sql = "SELECT seq FROM events WHERE source = $1 AND state = 'quarantined' AND seq > $2 \
                       AND customer_id IS NULL ORDER BY seq LIMIT 100";
            let values = [self.source().as_str().into(), after.into()];
            let rows = sql::query(self.reader(), sql, values).await?;
            let seqs: Vec<i64> = rows
                .iter()
                .map(|row| row.try_get("", "seq"))
                .collect::<Result<_, _>>()?;
            let Some(&last) = seqs.last() else {
                return Ok(found);
            };
            after = last;
            let events = self.events_by_seq(&seqs).await?;
            found.extend(events.into_iter().filter(|event| {
                let named = mentioned(&event.body);
                ids.iter().any(|id| named.customers.contains(id.as_str()))
                    || named
                        .addresses
                        .iter()
                        .any(|text| addresses.iter().any(|address| text.contains(address)))
            }));
        }
    }
}

impl Tx {
    /// Redacts the bodies of events, and drops the words in which subscribers failed on them. Answers how many bodies
    /// were not redacted before.
    pub(super) async fn redact_events(&self, events: &[EventRecord]) -> Result<u64> {
        let mut redacted = 0;
        for event in events {
            let left = left_of(event);
            if left == event.body {
                continue;
            }
            let sql = "UPDATE events SET body = $2, quarantine_place = CASE WHEN quarantine_place IS NULL THEN NULL \
                       ELSE '' END WHERE seq = $1";
            let values = [event.seq.into(), left.into()];
            redacted += sql::execute(self.connection(), sql, values).await?;
        }
        let backend = self.connection().get_database_backend();
        let sql = format!(
            "UPDATE deliveries SET last_error = NULL WHERE subscriber IN (SELECT name FROM subscribers) \
             AND event_seq {} AND last_error IS NOT NULL",
            sql::in_list(backend, 1)
        );
        let seqs = events.iter().map(|event| event.seq).collect();
        sql::execute(self.connection(), &sql, [sql::list::<i64>(backend, seqs)]).await?;
        Ok(redacted)
    }
}

/// What is left of a body. One that is kept aside must not become readable by being redacted.
fn left_of(event: &EventRecord) -> Vec<u8> {
    match event.state {
        EventState::Accepted => redact(
            event.kind.as_deref(),
            event.customer_id.as_ref(),
            &event.body,
        ),
        EventState::Quarantined(_) => br#"{"redacted":true}"#.to_vec(),
    }
}

/// The names and addresses by which a customer was known, as far as this event tells them.
pub(super) fn known_as(event: &EventRecord) -> Vec<String> {
    let profile = match event.parse().map(|event| event.payload) {
        Ok(Payload::CustomerRegistration(told)) => told.customer,
        Ok(Payload::External(told)) => told.customer,
        _ => None,
    };
    let profile = profile.map(|profile| [profile.name, profile.email]);
    profile.into_iter().flatten().flatten().collect()
}
