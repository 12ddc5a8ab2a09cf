//! Erasing a customer: what is personal goes, what is counted stays.
//!
//! It begins with a mark, a keyed hash of the customer's id, in the transaction that deletes the profile: from then on
//! whoever handles an event of theirs finds the mark and keeps nothing personal ([`Tx::redact_erased`](crate::Tx)). Then
//! the log is gone through step by step, each step a short transaction that also notes how far it has come; and on SQLite
//! the files are cleaned of what deleted rows have left in them. An erasure that is interrupted is taken up again.

mod files;
mod key;
mod late;
mod log;
mod marks;
mod rows;
mod run;

pub use run::Erased;

pub(crate) use key::ErasureKey;
pub(crate) use rows::ERASED;
