//! Entries that move rewards: lines, and the balances after them.

use async_graphql::{Context, Object, Result};
use laurel_payloads::{Amount, Event, Line, Movement, Payload, RewardId, Wallet};
use laurel_store::Moment;

use super::entry::Entry;
use crate::reads::{ReservationsOf, read};
use crate::scalars::{DateTime, Decimal};
use crate::types::wallet::Balance;
use crate::types::{ReservationOutcome, Reward};

entry_type! {
    /// The customer registered.
    Registration {
        /// What the registration itself moved: nothing. What was earned by it has an entry of its own.
        async fn lines(&self, context: &Context<'_>) -> Result<Vec<RewardLine>> {
            lines(&self.0, context).await
        }

        /// The wallet that the customer began with.
        async fn balances_after(&self, context: &Context<'_>) -> Result<Vec<Balance>> {
            balances_after(&self.0, context).await
        }
    }
}

entry_type! {
    /// The customer earned rewards.
    Accumulation {
        /// What was earned.
        async fn lines(&self, context: &Context<'_>) -> Result<Vec<RewardLine>> {
            lines(&self.0, context).await
        }

        /// What the customer held after it, as the event itself tells.
        async fn balances_after(&self, context: &Context<'_>) -> Result<Vec<Balance>> {
            balances_after(&self.0, context).await
        }
    }
}

entry_type! {
    /// The customer spent rewards.
    Redemption {
        /// What was spent. The amounts are as Masivo sent them: positive.
        async fn lines(&self, context: &Context<'_>) -> Result<Vec<RewardLine>> {
            lines(&self.0, context).await
        }

        /// What the customer held after it, as the event itself tells.
        async fn balances_after(&self, context: &Context<'_>) -> Result<Vec<Balance>> {
            balances_after(&self.0, context).await
        }
    }
}

entry_type! {
    /// Rewards were set aside for a purchase that is not fulfilled yet.
    Reservation {
        /// What was reserved.
        async fn lines(&self, context: &Context<'_>) -> Result<Vec<RewardLine>> {
            lines(&self.0, context).await
        }

        /// What has become of it by now, line by line.
        async fn outcomes(&self, context: &Context<'_>) -> Result<Vec<ReservationOutcome>> {
            let Moment { customer_id, event_seq, .. } = self.0.moment();
            let all = read(context, ReservationsOf(customer_id, event_seq)).await?;
            Ok(all.into_iter().flatten().map(ReservationOutcome).collect())
        }

        /// What the customer held after it, as the event itself tells.
        async fn balances_after(&self, context: &Context<'_>) -> Result<Vec<Balance>> {
            balances_after(&self.0, context).await
        }
    }
}

entry_type! {
    /// Reserved rewards were released.
    ReservationCancellation {
        /// What was released.
        async fn lines(&self, context: &Context<'_>) -> Result<Vec<RewardLine>> {
            lines(&self.0, context).await
        }

        /// What the customer held after it, as the event itself tells.
        async fn balances_after(&self, context: &Context<'_>) -> Result<Vec<Balance>> {
            balances_after(&self.0, context).await
        }
    }
}

entry_type! {
    /// A movement that an extension added to the history, such as one from before the webhooks.
    ExternalMovement {
        /// What the extension calls it.
        async fn name(&self, context: &Context<'_>) -> Result<String> {
            let event = self.0.details(context).await?;
            Ok(match &event.payload {
                Payload::External(external) => external.name.clone(),
                _ => event.name.clone(),
            })
        }

        /// What moved, signed: negative where the customer lost it.
        async fn lines(&self, context: &Context<'_>) -> Result<Vec<RewardLine>> {
            lines(&self.0, context).await
        }
    }
}

async fn lines(entry: &Entry, context: &Context<'_>) -> Result<Vec<RewardLine>> {
    let event = entry.details(context).await?;
    let lines = match &event.payload {
        Payload::External(external) => &external.lines[..],
        _ => movement(&event).map_or(&[][..], |movement| &movement.lines),
    };
    Ok(lines.iter().filter_map(RewardLine::read).collect())
}

async fn balances_after(entry: &Entry, context: &Context<'_>) -> Result<Vec<Balance>> {
    let event = entry.details(context).await?;
    let totals = wallet_of(&event)
        .map(|wallet| wallet.totals.as_slice())
        .unwrap_or_default();
    let moment = entry.moment();
    let balances = totals
        .iter()
        .filter_map(|total| Balance::after(&moment, total));
    Ok(balances.collect())
}

fn movement(event: &Event) -> Option<&Movement> {
    match &event.payload {
        Payload::CustomerAccumulation(movement)
        | Payload::CustomerRedemption(movement)
        | Payload::RewardsReservation(movement)
        | Payload::RewardsReservationCancelled(movement) => Some(movement),
        _ => None,
    }
}

/// The wallet that an event brings.
pub(crate) fn wallet_of(event: &Event) -> Option<&Wallet> {
    match &event.payload {
        Payload::CustomerRegistration(registration) => registration.wallet.as_ref(),
        Payload::External(external) => external.wallet.as_ref(),
        _ => movement(event)?.wallet.as_ref(),
    }
}

/// A line of a movement.
pub(crate) struct RewardLine {
    reward: RewardId,
    amount: Amount,
    line: Line,
}

impl RewardLine {
    /// A line that names no reward moves nothing.
    fn read(line: &Line) -> Option<Self> {
        let amount = line.amount.unwrap_or(Amount::ZERO);
        Some(Self {
            reward: line.reward_id.clone()?,
            amount,
            line: line.clone(),
        })
    }
}

/// An amount of one reward that moved.
#[Object]
impl RewardLine {
    /// The reward.
    async fn reward(&self) -> Reward {
        Reward(self.reward.clone())
    }

    /// How much of it, as Masivo sent it: positive, whether it was earned, spent, reserved or released. Only an external
    /// movement is signed.
    async fn amount(&self) -> Decimal {
        self.amount.into()
    }

    /// The campaign that it belongs to.
    async fn campaign_id(&self) -> Option<async_graphql::ID> {
        self.line.campaign_id.as_ref().map(|id| id.as_str().into())
    }

    /// The brand that it belongs to.
    async fn brand_id(&self) -> Option<async_graphql::ID> {
        self.line.brand_id.as_ref().map(|id| id.as_str().into())
    }

    /// When it moved.
    async fn issued_at(&self) -> Option<DateTime> {
        self.line.issued_at.map(DateTime)
    }

    /// When it expires.
    async fn expires_at(&self) -> Option<DateTime> {
        self.line.expiration_date.map(DateTime)
    }
}
