//! The built-in projections: customers, wallets, histories, tier changes, and the names of rewards and tiers.
//!
//! They are one subscriber, so that most events cost one delivery. What a batch says is gathered first, without a
//! transaction; then it is written in one go. A new kind of Masivo's is decided on in [`gathering`].

mod gathering;
mod lines;
mod snapshots;

use async_trait::async_trait;

use self::gathering::Gathering;
use crate::{Context, RecordedEvent, Rejection, Subscriber};

/// The subscriber that keeps the read models.
///
/// ```
/// use laurel_dispatch::{History, Subscriber};
///
/// assert_eq!(History.name(), "history");
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct History;

#[async_trait]
impl Subscriber for History {
    fn name(&self) -> &'static str {
        "history"
    }

    async fn handle(
        &self,
        cx: &mut Context<'_>,
        events: &[RecordedEvent],
    ) -> Result<(), Rejection> {
        let mut gathering = Gathering::default();
        for event in events {
            let parsed = event.parse().map_err(|unreadable| {
                Rejection::give_up(format!("unreadable: {unreadable}")).for_event(event)
            })?;
            gathering.add(event, parsed);
        }
        let tx = cx.write().await?;
        tx.update_customers(gathering.customers.into_values().collect())
            .await?;
        tx.redact_erased(events).await?;
        tx.add_entries(&gathering.entries).await?;
        tx.add_lines(&gathering.lines).await?;
        tx.add_tier_changes(&gathering.tier_changes).await?;
        tx.learn_rewards(gathering.rewards).await?;
        tx.learn_tiers(gathering.tiers).await?;
        tx.feed(&gathering.entries).await?;
        Ok(())
    }

    async fn clear(&self, cx: &mut Context<'_>) -> Result<(), Rejection> {
        Ok(cx.write().await?.clear_history().await?)
    }
}
