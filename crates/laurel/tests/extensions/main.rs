//! What becomes of the house when an extension is broken, and what a new one is given.

#![expect(clippy::unwrap_used, reason = "a test may fail where it stands")]

mod alone;
mod broken;
mod new;
mod of_a_programme;
