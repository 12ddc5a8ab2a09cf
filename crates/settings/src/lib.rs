//! The values that a section of the configuration is made of: secrets, addresses, durations.
#![doc = include_str!("../README.md")]

pub mod duration;
mod secret;

pub use secret::{Address, Secret};
