//! What comes back, as mail servers and strangers write it.

#![expect(clippy::unwrap_used, reason = "a test may fail where it stands")]

mod garbage;
mod house;
mod mailboxes;
mod reports;
