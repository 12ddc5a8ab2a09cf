//! Faults, against the server as a process: kills, a database that goes away, a full disk, clients that vanish, too much
//! to do. What was answered 2xx is there once, whatever happens, and afterwards all goes on without a restart.
//!
//! CI runs small doses; `cargo xtask chaos` runs larger ones.

mod aftermath;
mod child;
mod cluster;
mod commits;
mod copies;
mod disk;
mod dose;
mod followed;
mod kills;
mod mail;
mod overload;
mod poison;
mod proxy;
mod restarts;
mod storm;
mod traffic;
