//! Receives a webhook over HTTP: verify, append, answer.
#![doc = include_str!("../README.md")]

mod answer;
mod body;
mod intake;
mod problem;
mod receive;
mod settings;
mod usage;
mod verifiers;
mod verify;
mod writer;

pub use intake::Intake;
pub use problem::Problem;
pub use receive::router;
pub use settings::{Settings, SourceSettings};
pub use verifiers::{
    AllowList, BasicVerifier, HmacAlgorithm, HmacSettings, HmacVerifier, InvalidSecret,
    QueryVerifier, SignatureEncoding, SignedTime, StandardWebhooks, TokenVerifier,
};
pub use verify::{Proof, Refusal, Unverified, Verifier};
