//! The accept loop over real sockets, plain and encrypted, alone and with intake behind it.
#![expect(clippy::unwrap_used, reason = "a test may fail where it stands")]

mod authority;
mod intake;
mod plain;
mod process;
mod reload;
mod server;
mod settings;
mod tls;
mod upgraded;
