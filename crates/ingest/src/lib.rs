//! Receives a webhook over HTTP: verify, append, answer.
#![doc = include_str!("../README.md")]

mod account;
mod answer;
mod body;
mod budget;
mod claim;
mod contained;
mod intake;
mod limit;
mod outage;
mod problem;
mod receive;
mod refusal;
mod settings;
mod usage;
mod verifiers;
mod verify;
mod writer;

pub use contained::{Contained, contained};
pub use intake::Intake;
pub use problem::{Overload, Problem};
pub use receive::router;
pub use settings::{RateLimit, Settings, SourceSettings};
pub use verifiers::{
    AllowList, BasicVerifier, HmacAlgorithm, HmacSettings, HmacVerifier, InvalidSecret,
    QueryVerifier, SignatureEncoding, SignedTime, StandardWebhooks, TokenVerifier,
};
pub use verify::{Check, Proof, Refusal, Unverified, Verdict, Verifier};
