//! The SMTP channel against relays that do right and wrong.
#![expect(clippy::unwrap_used, reason = "a test may fail where it stands")]

mod authority;
mod encryption;
mod judged;
mod matrix;
mod postfix;
mod relay;
mod replies;
mod signed;
