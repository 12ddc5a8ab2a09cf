//! Whatever has a global id, and reading it by that id.

use async_graphql::{Context, ID, Interface, Result};
use laurel_payloads::{CustomerId, EventKind};

use super::history::{
    Accumulation, BehaviorEventFailed, BehaviorEventFulfilled, CouponRedemption, ExternalMovement,
    HistoryEntry, Redemption, Registration, Reservation, ReservationCancellation, TierChange,
    UnrecognizedEvent,
};
use super::{Customer, Notification, WebhookEvent};
use crate::asking::Asking;
use crate::global_id::GlobalId;
use crate::reads::{EntryOf, EventId, MessageId, read};

/// Something with a global id.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "The global id."))]
pub(crate) enum Node {
    Customer(Customer),
    WebhookEvent(WebhookEvent),
    Notification(Notification),
    Registration(Registration),
    Accumulation(Accumulation),
    Redemption(Redemption),
    Reservation(Reservation),
    ReservationCancellation(ReservationCancellation),
    BehaviorEventFulfilled(BehaviorEventFulfilled),
    BehaviorEventFailed(BehaviorEventFailed),
    CouponRedemption(CouponRedemption),
    TierChange(TierChange),
    ExternalMovement(ExternalMovement),
    UnrecognizedEvent(UnrecognizedEvent),
}

impl Node {
    /// Reads by global id. Unknown, another source's, and not for the asker to see are one answer.
    pub(crate) async fn by_id(context: &Context<'_>, id: &ID) -> Result<Option<Self>> {
        let asking = Asking::of(context);
        let node = match GlobalId::decode(id, asking.scope.source()) {
            None => None,
            Some(GlobalId::Customer(id)) => {
                let customer = read(context, id).await?;
                let customer = customer.and_then(|record| asking.shown(record));
                customer.map(|record| Customer(record).into())
            }
            Some(GlobalId::Entry(event)) => {
                let entry = read(context, EntryOf(event)).await?;
                let entry =
                    entry.filter(|entry| asking.operates || entry.kind != EventKind::Unrecognized);
                match entry {
                    Some(entry) if owned(context, &entry.customer_id).await? => {
                        Some(HistoryEntry::from(entry).into())
                    }
                    _ => None,
                }
            }
            Some(GlobalId::Notification(id)) => match read(context, MessageId(id)).await? {
                Some(message) if owned(context, &message.customer_id).await? => {
                    Some(Notification(message).into())
                }
                _ => None,
            },
            Some(GlobalId::Event(_)) if !asking.operates => None,
            Some(GlobalId::Event(event)) => read(context, EventId(event))
                .await?
                .map(|record| WebhookEvent(record).into()),
        };
        Ok(node)
    }
}

/// Whether the asker may see what belongs to this customer: an API key may, and the customer, whatever their id was
/// then.
async fn owned(context: &Context<'_>, customer: &CustomerId) -> Result<bool> {
    let asking = Asking::of(context);
    if asking.viewer().is_none() {
        return Ok(true);
    }
    let customer = read(context, customer.clone()).await?;
    Ok(customer.and_then(|record| asking.shown(record)).is_some())
}

impl From<HistoryEntry> for Node {
    fn from(entry: HistoryEntry) -> Self {
        match entry {
            HistoryEntry::Registration(entry) => entry.into(),
            HistoryEntry::Accumulation(entry) => entry.into(),
            HistoryEntry::Redemption(entry) => entry.into(),
            HistoryEntry::Reservation(entry) => entry.into(),
            HistoryEntry::ReservationCancellation(entry) => entry.into(),
            HistoryEntry::BehaviorEventFulfilled(entry) => entry.into(),
            HistoryEntry::BehaviorEventFailed(entry) => entry.into(),
            HistoryEntry::CouponRedemption(entry) => entry.into(),
            HistoryEntry::TierChange(entry) => entry.into(),
            HistoryEntry::ExternalMovement(entry) => entry.into(),
            HistoryEntry::UnrecognizedEvent(entry) => entry.into(),
        }
    }
}
