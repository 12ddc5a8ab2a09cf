//! Writes the lines of movements: what was earned, redeemed, reserved and released.

use laurel_payloads::{Amount, BrandId, CampaignId, CustomerId, EventKind, RewardId, Timestamp};

use crate::{Result, Source, Tx, sql};

/// One line of a movement.
#[derive(Debug, Clone)]
pub struct NewLine {
    /// Whose customer it is.
    pub source: Source,
    /// Whose movement it is.
    pub customer_id: CustomerId,
    /// The event's place in the log.
    pub event_seq: i64,
    /// The line's place in the event, from 0 on.
    pub line: i64,
    /// The event's kind.
    pub kind: EventKind,
    /// When the event happened.
    pub occurred_at: Timestamp,
    /// What moved.
    pub reward_id: RewardId,
    /// The line's brand.
    pub brand_id: Option<BrandId>,
    /// The line's campaign.
    pub campaign_id: Option<CampaignId>,
    /// How much: positive where it was earned or reserved, negative where it was redeemed or released.
    pub amount: Amount,
    /// When it was issued.
    pub issued_at: Option<Timestamp>,
    /// When it expires.
    pub expires_at: Option<Timestamp>,
    /// When its reservation ends by itself.
    pub reservation_expires_at: Option<Timestamp>,
}

impl Tx {
    /// Adds lines; one that is there already is left alone.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn add_lines(&self, lines: &[NewLine]) -> Result<()> {
        let rows = lines.iter().map(|line| {
            [
                line.source.as_str().into(),
                line.customer_id.as_str().into(),
                line.event_seq.into(),
                line.line.into(),
                line.kind.as_str().into(),
                line.occurred_at.micros().into(),
                line.reward_id.as_str().into(),
                line.brand_id
                    .as_ref()
                    .map(|id| id.as_str().to_owned())
                    .into(),
                line.campaign_id
                    .as_ref()
                    .map(|id| id.as_str().to_owned())
                    .into(),
                line.amount.millionths().into(),
                line.issued_at.map(Timestamp::micros).into(),
                line.expires_at.map(Timestamp::micros).into(),
                line.reservation_expires_at.map(Timestamp::micros).into(),
            ]
        });
        let into = "reward_lines (source, customer_id, event_seq, line, kind, occurred_at, reward_id, brand_id, \
                    campaign_id, amount, issued_at, expires_at, reservation_expires_at)";
        let tail = "ON CONFLICT (source, customer_id, event_seq, line) DO NOTHING";
        sql::insert(self.connection(), into, rows.collect(), tail).await?;
        self.note_holds(lines).await
    }
}
