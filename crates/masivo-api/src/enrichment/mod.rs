//! Customers whose profile or address no webhook has told: noted by a subscriber, asked for by a worker of its own.
//!
//! Two halves, so that an API that is slow, dead or out of requests never holds up a delivery: the subscriber writes a row
//! and is done; the worker asks at Masivo's pace, with no transaction open, and waits as long as it takes.

mod asking;
mod subscriber;
mod worker;

pub(crate) use asking::{is_erased, keep, lacks};
pub use subscriber::Enrichment;
pub use worker::Lookups;
