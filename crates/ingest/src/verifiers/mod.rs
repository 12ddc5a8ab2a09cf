//! The ways to authenticate a source that are built in.

mod address;
mod authorization;
mod basic;
mod hmac;
mod keys;
mod query;
mod signature;
mod standard;
mod timestamp;
mod token;

pub use address::AllowList;
pub(crate) use address::client;
pub use basic::BasicVerifier;
pub use hmac::{HmacAlgorithm, HmacSettings, HmacVerifier, SignatureEncoding, SignedTime};
pub use query::QueryVerifier;
pub use standard::{InvalidSecret, StandardWebhooks};
pub use token::TokenVerifier;
