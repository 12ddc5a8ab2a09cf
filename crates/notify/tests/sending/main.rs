//! From a webhook to a message carried out, or to the reason why not.
#![expect(clippy::unwrap_used, reason = "a test may fail where it stands")]

mod broken;
mod erasing;
mod failing;
mod folder;
mod house;
mod leasing;
mod merging;
mod odd;
mod withholding;
mod working;
