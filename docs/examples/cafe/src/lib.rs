//! A stamp for every purchase, and a coffee for every card that is full.
#![doc = include_str!("../README.md")]

mod command;
mod query;
mod routes;
mod settings;
mod subscriber;
mod table;

pub use command::stamps;
pub use query::Query;
pub use routes::regulars;
pub use settings::Settings;
pub use subscriber::Stamps;
pub use table::Migrator;

/// The recipes, compiled as they stand.
#[cfg(doctest)]
#[doc = include_str!("../../../extending.md")]
struct Recipes;
