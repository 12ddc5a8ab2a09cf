//! The vocabulary: webhook payloads as Masivo sends them.
#![doc = include_str!("../README.md")]

mod amount;
mod event;
mod external;
mod ids;
pub mod json;
mod masivo;
mod reader;
mod reading;
mod redaction;
mod schema;
mod sum;
mod timestamp;
mod unreadable;

pub use amount::{Amount, InvalidAmount};
pub use event::Event;
pub use external::External;
pub use ids::{
    BehaviorEventId, BrandId, CampaignId, CustomerId, ExternalKey, InvalidId, RewardId, TierId,
};
pub use masivo::{
    Attributes, BehaviorEvent, BehaviorOutcome, Consent, Coupon, Customer, EventKind, Line,
    Movement, Payload, Purposes, Registration, Reward, TierChange, Total, Wallet,
};
pub use reader::{Heading, Reader, read_with};
pub use reading::{Reading, read};
pub use redaction::{Mentioned, mentioned, redact};
pub use schema::{external_schema, schemas};
pub use sum::Sum;
pub use timestamp::Timestamp;
pub use unreadable::{Reason, Unreadable};
