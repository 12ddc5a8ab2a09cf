//! What mails say and how they look: in each language, for each brand, and as an operator would have it.

#![expect(clippy::unwrap_used, reason = "a test may fail where it stands")]

mod brands;
mod desk;
mod judged;
mod languages;
mod overriding;
mod refused;
mod seen;
