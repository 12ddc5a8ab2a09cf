//! Hands each stored event to each subscriber; holds the built-in projections. The extension API.
#![doc = include_str!("../README.md")]

mod append;
mod backoff;
mod breakers;
mod context;
mod dispatcher;

mod handling;
mod history;
mod rejection;
mod replay;
mod settings;
mod subscriber;
mod upkeep;
mod worker;

pub use append::{AppendError, append};
pub use context::Context;
pub use dispatcher::{Dispatcher, Drained};
pub use history::History;
pub use laurel_store::{Appended, EventRecord as RecordedEvent, Kinds, Outcome, Source, Store};
pub use rejection::Rejection;
pub use replay::{Replay, replay};
pub use settings::Settings;
pub use subscriber::Subscriber;
