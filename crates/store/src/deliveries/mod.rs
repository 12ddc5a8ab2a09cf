//! Deliveries: which subscriber is still to handle which event, under leases, with retries and dead letters.

mod claim;
mod dead;
mod register;
mod settle;

pub(crate) use claim::micros;
pub use claim::{Delivery, MOST_CRASHES};
pub use dead::{Backlog, DeadLetter, DeliveryRecord};
