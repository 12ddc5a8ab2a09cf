//! The outbox: what is to be written to a customer, claimed under a lease and never sent inside a transaction.

mod claim;
mod enqueue;
mod read;
mod recipient;
mod record;
mod settle;

pub use claim::{OutboxClaim, OutboxGroup};
pub use enqueue::NewMessage;
pub use read::{MessageCursor, MessageRecord, MessageState};
pub use recipient::Recipient;
pub use record::OutboxRecord;
pub use settle::{AttemptRecord, OutboxLease, OutboxOutcome, Settlement};
