//! Masivo's API as it is documented, with its limits and faults, and what becomes of it here.

mod answers;
mod backfill;
mod enrichment;
mod faults;
mod house;
mod limits;
mod mock;
mod reconcile;
mod tokens;
mod worker;
