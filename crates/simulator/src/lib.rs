//! A make-believe loyalty programme.
#![doc = include_str!("../README.md")]

mod account;
mod behavior;
mod catalogue;
mod ledger;
mod people;
mod plan;
mod play;
mod programme;
mod traffic;
mod webhook;

pub use ledger::{Ledger, Standing, TierStep};
pub use programme::Programme;
pub use traffic::{Settings, Traffic};
pub use webhook::Webhook;
