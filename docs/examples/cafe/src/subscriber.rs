//! The subscriber: a purchase is a stamp.

use async_trait::async_trait;
use laurel_dispatch::{Context, Kinds, RecordedEvent, Rejection, Subscriber};
use laurel_payloads::{EventKind, Payload};

use crate::table;

/// Stamps the card of whoever has bought something.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stamps;

#[async_trait]
impl Subscriber for Stamps {
    fn name(&self) -> &'static str {
        "cafe_stamps"
    }

    fn kinds(&self) -> Kinds {
        Kinds::of([EventKind::BehaviorEventFulfilled])
    }

    async fn handle(
        &self,
        cx: &mut Context<'_>,
        events: &[RecordedEvent],
    ) -> Result<(), Rejection> {
        // Think first: what is to be written is known before the transaction opens.
        let mut cards = Vec::new();
        for event in events {
            let parsed = event
                .parse()
                .map_err(|unreadable| Rejection::give_up(unreadable).for_event(event))?;
            if let (Payload::BehaviorEventFulfilled(outcome), Some(customer)) =
                (parsed.payload, parsed.customer_id)
                && outcome.event.r#type.as_deref() == Some("PURCHASE")
            {
                cards.push((event.source.clone(), customer));
            }
        }
        if cards.is_empty() {
            return Ok(());
        }
        // It is committed together with the end of the deliveries, or not at all: no event is counted twice.
        let tx = cx.write().await?;
        for (source, customer) in &cards {
            table::stamp(tx, source, customer)
                .await
                .map_err(Rejection::retry)?;
        }
        metrics::counter!("cafe_stamps_total").increment(cards.len() as u64);
        Ok(())
    }

    async fn clear(&self, cx: &mut Context<'_>) -> Result<(), Rejection> {
        let tx = cx.write().await?;
        table::clear(tx).await.map_err(Rejection::retry)
    }
}
