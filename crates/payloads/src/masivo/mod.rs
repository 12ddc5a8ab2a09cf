//! Masivo's events and the objects in them, under Masivo's own names.

mod behavior;
mod customer;
mod events;
pub(crate) mod fields;
mod reward;
mod table;
mod wallet;

pub use behavior::BehaviorEvent;
pub use customer::{Consent, Customer, Purposes};
pub(crate) use events::data_schema;
pub use events::{BehaviorOutcome, Coupon, EventKind, Movement, Payload, Registration, TierChange};
pub use reward::{Attributes, Reward};
pub use wallet::{Line, Total, Wallet};
