//! What became of a reservation.

use async_graphql::{ID, Object};
use laurel_store::ReservationRecord;

use super::Reward;
use crate::scalars::{DateTime, Decimal};

/// What became of one line of a reservation.
pub(crate) struct ReservationOutcome(pub(crate) ReservationRecord);

/// What became of what was reserved of one reward. `redeemed`, `released`, `expired` and `open` add up to `reserved`.
/// What is redeemed or released counts towards the earliest reservation of the same reward, campaign and issue time.
#[Object]
impl ReservationOutcome {
    /// The reward.
    async fn reward(&self) -> Reward {
        Reward(self.0.reward_id.clone())
    }

    /// The campaign that it belongs to.
    async fn campaign_id(&self) -> Option<ID> {
        self.0.campaign_id.as_ref().map(|id| id.as_str().into())
    }

    /// How much was reserved.
    async fn reserved(&self) -> Decimal {
        self.0.reserved.into()
    }

    /// How much of it was redeemed.
    async fn redeemed(&self) -> Decimal {
        self.0.redeemed.into()
    }

    /// How much of it was released.
    async fn released(&self) -> Decimal {
        self.0.released.into()
    }

    /// How much of it was neither when the reservation ended by itself.
    async fn expired(&self) -> Decimal {
        self.0.expired.into()
    }

    /// How much of it is still reserved.
    async fn open(&self) -> Decimal {
        self.0.open.into()
    }

    /// When the reservation ends by itself, or ended; null where it does not.
    async fn ends_at(&self) -> Option<DateTime> {
        self.0.ends.map(DateTime)
    }
}
