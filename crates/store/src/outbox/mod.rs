//! The outbox: what is to be written to a customer, claimed under a lease and never sent inside a transaction.

mod addressee;
mod claim;
mod enqueue;
mod read;
mod recipient;
mod record;
mod reports;
mod resend;
mod settle;
mod waiting;

pub use addressee::Addressee;
pub use claim::{OutboxClaim, OutboxGroup};
pub use enqueue::NewMessage;
pub use read::{MessageCursor, MessageRecord, MessageState};
pub use recipient::Recipient;
pub use record::OutboxRecord;
pub use reports::{MailReport, ReportKind};
pub use resend::{Resend, STALE_AFTER};
pub use settle::{AttemptRecord, OutboxLease, OutboxOutcome, Settlement};
