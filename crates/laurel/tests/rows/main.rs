//! Hostile requests, byte by byte over a real socket: the accept loop, intake and a database behind it.

#![expect(clippy::unwrap_used, reason = "a test may fail where it stands")]

mod bodies;
mod door;
mod erased;
mod framing;
mod heads;
mod logs;
mod patience;
mod shown;
mod targets;
