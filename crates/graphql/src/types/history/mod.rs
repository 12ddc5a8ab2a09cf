//! A customer's history: one interface, and a type for each kind of entry.
//!
//! An entry's row is narrow. What it has of its own (lines, balances, a coupon) is in the event's body,
//! which is read, for a whole page at once, only where a query asks for it.

#[macro_use]
mod entry;

mod behavior;
mod filter;
mod kind;
mod list;
mod movement;
mod other;
mod tier_change;
mod tier_changes;

use async_graphql::{ID, Interface};
use laurel_payloads::EventKind as Kind;
use laurel_store::HistoryEntryRecord;

use super::Customer;
use crate::scalars::DateTime;
pub(crate) use behavior::{BehaviorEventFailed, BehaviorEventFulfilled};
use entry::Entry;
pub(crate) use movement::{
    Accumulation, ExternalMovement, Redemption, Registration, Reservation, ReservationCancellation,
    wallet_of,
};
pub(crate) use other::{CouponRedemption, UnrecognizedEvent};
pub(crate) use tier_change::{TierChange, TierChangeDirection};

pub(crate) use filter::{HistoryFilter, id};
pub(crate) use kind::EventKind;
pub(crate) use list::History;
pub(crate) use tier_changes::TierChanges;

/// Something that happened to a customer.
#[derive(Interface)]
#[expect(clippy::duplicated_attributes, reason = "two fields of one type")]
#[graphql(
    field(name = "id", ty = "ID", desc = "The global id."),
    field(
        name = "kind",
        ty = "EventKind",
        desc = "The kind of event that made the entry."
    ),
    field(
        name = "occurred_at",
        ty = "DateTime",
        desc = "When it happened, as far as the event tells; else when it was received."
    ),
    field(
        name = "received_at",
        ty = "DateTime",
        desc = "When its event was received."
    ),
    field(
        name = "customer",
        ty = "Customer",
        desc = "The customer to whom it happened."
    )
)]
pub(crate) enum HistoryEntry {
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

impl From<HistoryEntryRecord> for HistoryEntry {
    fn from(record: HistoryEntryRecord) -> Self {
        Entry::from(record).into()
    }
}

impl From<Entry> for HistoryEntry {
    /// The type of an entry follows from the kind of its event.
    fn from(entry: Entry) -> Self {
        match entry.kind {
            Kind::CustomerRegistration => Registration(entry).into(),
            Kind::CustomerAccumulation => Accumulation(entry).into(),
            Kind::CustomerRedemption => Redemption(entry).into(),
            Kind::RewardsReservation => Reservation(entry).into(),
            Kind::RewardsReservationCancelled => ReservationCancellation(entry).into(),
            Kind::BehaviorEventFulfilled => BehaviorEventFulfilled(entry).into(),
            Kind::BehaviorEventFailed => BehaviorEventFailed(entry).into(),
            Kind::CouponRedemption => CouponRedemption(entry).into(),
            Kind::TierUpgrade | Kind::TierDowngrade => TierChange::from(entry).into(),
            Kind::External => ExternalMovement(entry).into(),
            Kind::Unrecognized => UnrecognizedEvent(entry).into(),
        }
    }
}
