//! Carries Laurel's messages to a service of one's own, as signed HTTP calls.

mod channel;
mod settings;
mod signature;

pub use channel::{Courier, CourierError};
pub use settings::Settings;
pub use signature::{InvalidSecret, Signer};
