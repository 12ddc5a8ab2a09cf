//! The store's promises, each kept on SQLite and on PostgreSQL.

mod api_keys;
mod append;
mod bodies;
mod copies;
mod dead_letters;
mod deliveries;
mod duplicates;
mod leases;
mod messages;
mod outages;
mod outbox_claims;
mod outbox_leases;
mod outbox_races;
mod pitfalls;
mod quarantine;
mod raw;
mod registration;
mod replays;
mod window;
