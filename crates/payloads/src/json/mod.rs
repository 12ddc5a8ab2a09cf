//! Strict JSON: one linear pass over the raw bytes, and the canonical form that decides duplicates.
//!
//! Deliberately not a parser of values: serde does that, on text that [`scan`] has let through. What
//! `serde_json` by itself lets pass (nesting without end, lone surrogates, the last of two equal
//! keys, numbers through `f64`) is caught here, before anything else looks at a body.

mod canonical;
pub(crate) mod number;
mod place;
mod scan;
mod tape;
mod text;

pub use canonical::Ambiguity;
pub use scan::{Fault, MAX_DEPTH, Malformed, scan};
pub(crate) use tape::Node;
pub use tape::Tape;
pub(crate) use text::content;
