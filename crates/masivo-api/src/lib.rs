//! What webhooks do not tell, asked of Masivo's REST API: profiles, and movements without a webhook.
#![doc = include_str!("../README.md")]

mod accounts;
mod backfill;
mod booking;
mod calendar;
pub mod client;
mod customers;
mod enrichment;
mod error;
mod keys;
mod progress_bar;
mod reconcile;
mod settings;
mod tables;
mod told;
pub mod wire;

pub use backfill::Backfill;
pub use enrichment::{Enrichment, Lookups};
pub use error::Error;
pub use reconcile::{Reconcile, Reconciliation};
pub use settings::{Account, InvalidSettings, Settings};
pub use tables::Migrator;
