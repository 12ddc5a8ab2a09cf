//! The store's promises, each kept on SQLite and on PostgreSQL.

mod append;
mod bodies;
mod copies;
mod dead_letters;
mod deliveries;
mod duplicates;
mod leases;
mod raw;
mod registration;
mod window;
