//! Who is let in, by which credential, and what becomes of everybody else: rows A3 to A17 and A35 of the hostile
//! inputs, Standard Webhooks by its own vectors and by signers that are not ours.
#![expect(clippy::unwrap_used, reason = "a test may fail where it stands")]

mod claims;
mod delivery_ids;
mod desk;
mod judged;
mod kinds;
mod post;
mod properties;
mod rows;
mod standard;
mod visible;
