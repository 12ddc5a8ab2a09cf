//! The house: configuration, listeners, the platform that joins the crates, and the command line.

pub mod config;
pub mod listener;
