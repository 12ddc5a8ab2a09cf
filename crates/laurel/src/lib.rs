//! The house: configuration, listeners, the platform that joins the crates, and the command line.
#![doc = include_str!("../README.md")]

mod cli;
mod client;
pub mod config;
mod database;
mod demo;
mod failure;
mod links;
pub mod listener;
mod mail;
mod platform;
mod serve;
mod shutdown;
pub mod telemetry;

pub use failure::{Failure, exit};
pub use platform::{Platform, Session, Settings};
