//! The pages behind the links in a mail, asked as mail programs, mailbox providers and people do.

#![expect(clippy::unwrap_used, reason = "a test may fail where it stands")]

mod asked;
mod house;
mod judged;
mod opened;
mod said;
