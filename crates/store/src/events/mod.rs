//! The event log: appended to, read, and never rewritten.

mod append;
mod at_once;
pub(crate) mod body;
mod delivery_ids;
mod new;
mod quarantine;
mod read;
mod record;
mod replay;
mod steps;
mod window;

pub use append::{Appended, Outcome};
pub use body::{Body, EventBody};
pub use new::NewEvent;
pub use read::EventFilter;
pub use record::{EventHead, EventRecord, EventState, Quarantine};
pub use replay::Replayed;
