//! SeaORM's view of the tables: private, one entity a file. What leaves the crate are records.

pub(crate) mod api_key;
pub(crate) mod customer;
pub(crate) mod history_entry;
pub(crate) mod reward;
pub(crate) mod tier;
pub(crate) mod tier_change;
