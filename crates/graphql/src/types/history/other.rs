//! Entries of no family: coupons, and events that nobody here knows.

use async_graphql::{Context, ID, Json, Result};
use laurel_payloads::{Coupon, Event, Payload};

use serde_json::value::RawValue;

entry_type! {
    /// The customer redeemed a coupon.
    CouponRedemption {
        /// What the customer typed in.
        async fn code(&self, context: &Context<'_>) -> Result<Option<String>> {
            let event = self.0.details(context).await?;
            Ok(coupon(&event).and_then(|coupon| coupon.code.clone()))
        }

        /// The campaign that issued it.
        async fn campaign_id(&self, context: &Context<'_>) -> Result<Option<ID>> {
            let event = self.0.details(context).await?;
            Ok(coupon(&event).and_then(|coupon| Some(coupon.campaign_id.as_ref()?.as_str().into())))
        }
    }
}

entry_type! {
    /// An event that nobody here knows. Only operators see these.
    UnrecognizedEvent {
        /// Its name, as it was sent.
        async fn name(&self, context: &Context<'_>) -> Result<String> {
            Ok(self.0.details(context).await?.name.clone())
        }

        /// Its data, as it was sent.
        async fn data(&self, context: &Context<'_>) -> Result<Option<Json<Box<RawValue>>>> {
            let event = self.0.details(context).await?;
            Ok(match &event.payload {
                Payload::Unrecognized(data) => Some(Json(data.clone())),
                _ => None,
            })
        }
    }
}

fn coupon(event: &Event) -> Option<&Coupon> {
    match &event.payload {
        Payload::CouponRedemption(coupon) => Some(coupon),
        _ => None,
    }
}
