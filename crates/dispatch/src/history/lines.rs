//! The lines of a movement, signed by its kind.

use laurel_payloads::{Amount, CustomerId, EventKind, Line};
use laurel_store::{LearntReward, NewLine};

use crate::RecordedEvent;

/// What moved: earned and reserved up, redeemed and released down, whatever sign was sent for those two; an external
/// movement is signed already. A line that names no reward or no amount moves nothing.
pub(super) fn movement_lines(
    event: &RecordedEvent,
    customer_id: &CustomerId,
    kind: EventKind,
    lines: &[Line],
) -> Vec<NewLine> {
    (0..)
        .zip(lines)
        .filter_map(|(number, line)| {
            Some(NewLine {
                source: event.source.clone(),
                customer_id: customer_id.clone(),
                event_seq: event.seq,
                line: number,
                kind,
                occurred_at: event.occurred_at,
                reward_id: line.reward_id.clone()?,
                brand_id: line.brand_id.clone(),
                campaign_id: line.campaign_id.clone(),
                amount: signed(kind, line.amount?),
                issued_at: line.issued_at,
                expires_at: line.expiration_date,
                reservation_expires_at: line.reservation_expires_at,
            })
        })
        .collect()
}

fn signed(kind: EventKind, amount: Amount) -> Amount {
    match kind {
        EventKind::CustomerRedemption | EventKind::RewardsReservationCancelled => {
            Amount::from_millionths(-amount.millionths().abs())
        }
        _ => amount,
    }
}

/// The rewards that lines mention, without a description.
pub(super) fn rewards_of_lines(lines: &[NewLine]) -> impl Iterator<Item = LearntReward> {
    lines.iter().map(|line| LearntReward {
        source: line.source.clone(),
        reward_id: line.reward_id.clone(),
        seq: 0,
        brand_id: None,
        name: None,
        kind: None,
        conversion_factor: None,
    })
}
