//! The API as a client meets it: through its router, over both databases.
#![expect(clippy::unwrap_used, reason = "a test may fail where it stands")]

mod access;
mod again;
mod aliases;
mod client;
mod customer_tokens;
mod denied;
mod documents;
mod erasure;
mod everywhere;
mod explored;
mod explorer;
mod external;
mod filters;
mod hostile;
mod http;
mod identity;
mod judged;
mod limits;
mod live;
mod log;
mod nodes;
mod notifications;
mod origins;
mod pages;
mod program;
mod reserved;
mod schema;
mod statements;
mod story;
mod suppressions;
mod unexplained;
mod wallets;
