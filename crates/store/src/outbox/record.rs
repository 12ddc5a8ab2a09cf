//! A message in the outbox.

use laurel_payloads::{CustomerId, EventKind, TierId, Timestamp};
use sea_orm::QueryResult;
use uuid::Uuid;

use crate::convert::{customer_id, parsed};
use crate::{Error, Result, Source, TierStep};

/// A message that is to go out about one tier change.
#[derive(Debug, Clone, PartialEq)]
pub struct OutboxRecord {
    /// Its identity; the Message-ID of a mail is derived from it.
    pub id: Uuid,
    /// Whose customer it is for.
    pub source: Source,
    /// Whom it is for.
    pub customer_id: CustomerId,
    /// The place in the log of the event that it is about.
    pub event_seq: i64,
    /// That event.
    pub event_id: Uuid,
    /// `TIER_UPGRADE` or `TIER_DOWNGRADE`.
    pub kind: EventKind,
    /// The tier before.
    pub from: TierStep,
    /// The tier after.
    pub to: TierStep,
    /// What set the change off: `EVENT`, `CRON_DOWNGRADE` or `REVERSAL`.
    pub triggered_by: Option<String>,
    /// When the event was received.
    pub received_at: Timestamp,
    /// How many times it was claimed to be sent, this claim included.
    pub attempts: i64,
    /// When it was first tried to send it; where it is sent anew, since then.
    pub first_attempted_at: Option<Timestamp>,
}

/// The columns that [`from_row`] reads, of the table `outbox`.
pub(super) const COLUMNS: &str = "outbox.id, outbox.source, outbox.customer_id, outbox.event_seq, outbox.event_id, \
     outbox.kind, outbox.from_tier_id, outbox.to_tier_id, outbox.from_tier_name, outbox.to_tier_name, \
     outbox.from_tier_level, outbox.to_tier_level, outbox.triggered_by, outbox.received_at, outbox.attempts, \
     (SELECT min(attempted_at) FROM delivery_attempts WHERE outbox_id = outbox.id \
      AND attempted_at >= COALESCE(outbox.resent_at, 0)) AS first_attempted_at";

pub(super) fn from_row(row: &QueryResult) -> Result<OutboxRecord> {
    let source: String = row.try_get("", "source")?;
    let kind: String = row.try_get("", "kind")?;
    let first: Option<i64> = row.try_get("", "first_attempted_at")?;
    Ok(OutboxRecord {
        id: row.try_get("", "id")?,
        source: parsed(Source::new(&source))?,
        customer_id: customer_id(row.try_get("", "customer_id")?)?,
        event_seq: row.try_get("", "event_seq")?,
        event_id: row.try_get("", "event_id")?,
        kind: EventKind::parse_stored(&kind)
            .ok_or_else(|| Error::Corrupt(format!("no kind of message: {kind}")))?,
        from: step(row, "from")?,
        to: step(row, "to")?,
        triggered_by: row.try_get("", "triggered_by")?,
        received_at: Timestamp::from_micros(row.try_get("", "received_at")?),
        attempts: row.try_get("", "attempts")?,
        first_attempted_at: first.map(Timestamp::from_micros),
    })
}

fn step(row: &QueryResult, side: &str) -> Result<TierStep> {
    let tier_id: Option<String> = row.try_get("", &format!("{side}_tier_id"))?;
    Ok(TierStep {
        tier_id: tier_id.map(|id| parsed(TierId::try_from(id))).transpose()?,
        name: row.try_get("", &format!("{side}_tier_name"))?,
        level: row.try_get("", &format!("{side}_tier_level"))?,
    })
}
