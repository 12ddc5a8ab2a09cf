//! The API as a client meets it: through its router, over both databases.
#![expect(clippy::unwrap_used, reason = "a test may fail where it stands")]

mod access;
mod client;
mod filters;
mod http;
mod limits;
mod log;
mod nodes;
mod pages;
mod reserved;
mod schema;
mod statements;
mod story;
