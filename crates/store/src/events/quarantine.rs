//! Gives quarantined events a second reading, after an upgrade has learnt to read them.

use laurel_payloads::json::Malformed;
use laurel_payloads::{Event, Reading};

use super::EventRecord;
use super::delivery_ids::ID_CONFLICT;
use crate::{EventState, Result, Source, Store, routes, sql};

/// What reads the bodies of a source.
pub(crate) type Read<'a> = &'a (dyn Fn(&[u8]) -> std::result::Result<Reading, Malformed> + Sync);

impl Store {
    /// Reads one page of the quarantine again, from `after` on (exclusive), and accepts what this binary can read:
    /// it takes its old place (`seq`, time of receipt) and gets its deliveries. Returns the last `seq` looked at and how
    /// many were accepted; `None` at the end.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn reread_quarantine(
        &self,
        source: &Source,
        after: i64,
    ) -> Result<Option<(i64, usize)>> {
        self.reread_quarantine_with(source, after, &laurel_payloads::read)
            .await
    }

    /// The same for a source of another format, by what reads that.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn reread_quarantine_with(
        &self,
        source: &Source,
        after: i64,
        read: Read<'_>,
    ) -> Result<Option<(i64, usize)>> {
        let page = self.quarantine_after(source, after).await?;
        let Some(last) = page.last().map(|event| event.seq) else {
            return Ok(None);
        };
        let mut accepted = 0;
        for event in &page {
            accepted += usize::from(self.reread_event(event, read).await?);
        }
        Ok(Some((last, accepted)))
    }

    /// Reads one quarantined event again, and accepts it where this binary can read it now. Answers whether it did.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub(crate) async fn reread_event(&self, event: &EventRecord, read: Read<'_>) -> Result<bool> {
        // The strict scan decides, too: a body may parse and yet be ambiguous.
        let reading = read(&event.body).ok().map(|reading| reading.event);
        let accepted = match reading {
            Some(Ok(parsed)) => self.accept(event, &parsed).await?,
            _ => false,
        };
        self.announce_append();
        Ok(accepted)
    }

    async fn quarantine_after(&self, source: &Source, after: i64) -> Result<Vec<EventRecord>> {
        let sql = "SELECT seq FROM events WHERE source = $1 AND state = 'quarantined' AND seq > $2 \
                   AND quarantine_reason <> $3 ORDER BY seq LIMIT 100";
        let values = [source.as_str().into(), after.into(), ID_CONFLICT.into()];
        let rows = sql::query(self.reader(), sql, values).await?;
        let seqs = rows
            .iter()
            .map(|row| row.try_get("", "seq"))
            .collect::<Result<Vec<i64>, _>>()?;
        let mut events = self.events_by_seq(&seqs).await?;
        events.sort_by_key(|event| event.seq);
        Ok(events)
    }

    async fn accept(&self, event: &EventRecord, parsed: &Event) -> Result<bool> {
        let tx = self.begin().await?;
        // The routes before the event, as an append does: a registration holds both off in one order.
        let routes = routes::read(tx.connection()).await?;
        let sql = "UPDATE events SET state = 'accepted', kind = $2, customer_id = $3, occurred_at = $4, \
                   quarantine_reason = NULL, quarantine_place = NULL WHERE seq = $1 AND state = 'quarantined'";
        let values = [
            event.seq.into(),
            crate::text::storable(&parsed.name).into(),
            parsed
                .customer_id
                .as_ref()
                .map(|id| id.as_str().to_owned())
                .into(),
            parsed.occurred_at(event.received_at).micros().into(),
        ];
        let changed = sql::execute(tx.connection(), sql, values).await? == 1;
        if changed && event.state != EventState::Accepted {
            let takers = routes
                .iter()
                .filter(|route| route.takes(Some(&parsed.name)));
            let deliveries = takers.map(|route| route.delivery(event.seq, event.received_at));
            routes::deliver(tx.connection(), deliveries.collect()).await?;
        }
        tx.commit().await?;
        Ok(changed)
    }
}
