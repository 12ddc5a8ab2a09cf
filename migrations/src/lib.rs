//! Ordered schema changes for SQLite and PostgreSQL, and the one function that applies them.
#![doc = include_str!("../README.md")]

mod apply;
mod dialect;
mod m0001_log;
mod m0002_read_models;
mod m0003_mail;
mod m0004_access;
mod m0005_delivery_ids;
mod m0006_reads;
mod m0007_erasure;
mod m0008_feed;
mod m0009_people;
mod m0011_waiting;
mod m0012_signing_keys;
mod m0013_holds;
mod migrations;

pub use apply::{Error, Status, migrate, migrate_with, status, status_with};
pub use migrations::Migrations;
pub use sea_orm_migration::MigratorTrait;

use sea_orm_migration::prelude::*;

/// Laurel's own migrations, oldest first. An extension brings a migrator, and a table to record it, of its own.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_log::Migration),
            Box::new(m0002_read_models::Migration),
            Box::new(m0003_mail::Migration),
            Box::new(m0004_access::Migration),
            Box::new(m0005_delivery_ids::Migration),
            Box::new(m0006_reads::Migration),
            Box::new(m0007_erasure::Migration),
            Box::new(m0008_feed::Migration),
            Box::new(m0009_people::Migration),
            Box::new(m0011_waiting::Migration),
            Box::new(m0012_signing_keys::Migration),
            Box::new(m0013_holds::Migration),
        ]
    }
}
