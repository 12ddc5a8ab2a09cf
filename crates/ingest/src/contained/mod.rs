//! What extensions bring, kept from doing harm: it may panic or hang, and costs its own requests only.

mod routes;
mod verifier;

pub use routes::contained;
pub use verifier::Contained;
