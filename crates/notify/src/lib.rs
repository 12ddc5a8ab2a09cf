//! Tier changes into outbox messages, outbox messages into mail.
#![doc = include_str!("../README.md")]

mod channel;
mod file;
pub mod mail;
pub mod smtp;

pub use channel::{Channel, Delivery, Failure, Hold, Refusal};
pub use file::FileChannel;
pub use smtp::SmtpChannel;

/// The outbox channel whose rows are sent as mail.
pub const MAIL: &str = "mail";
