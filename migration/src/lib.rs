//! The database schema, for SQLite and PostgreSQL. Applied at start by `serve` and `migrate`.
//!
//! Tables are plain SQL (`sql/`) with the few types that differ filled in per database; what exists
//! in one dialect only has a file of its own.

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::*;

mod dialect;
mod m20261121_000001_core;
mod m20261121_000002_desk;
mod m20261121_000003_identity;
mod m20261121_000004_mail;
mod m20261121_000005_books;
mod m20261121_000006_payments;
mod m20261122_000001_outbox;
mod m20261126_000002_books;
mod m20261126_000003_finance;
mod m20261126_000004_bank;
mod m20261126_000005_attempts;
mod m20261126_000006_inspection;
mod m20261126_000007_jobs;
mod m20261126_000008_layer2;
mod m20261126_000009_disputes;
mod m20261127_000001_reading;

pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261121_000001_core::Migration),
            Box::new(m20261121_000002_desk::Migration),
            Box::new(m20261121_000003_identity::Migration),
            Box::new(m20261121_000004_mail::Migration),
            Box::new(m20261121_000005_books::Migration),
            Box::new(m20261121_000006_payments::Migration),
            Box::new(m20261122_000001_outbox::Migration),
            Box::new(m20261126_000002_books::Migration),
            Box::new(m20261126_000003_finance::Migration),
            Box::new(m20261126_000004_bank::Migration),
            Box::new(m20261126_000005_attempts::Migration),
            Box::new(m20261126_000006_inspection::Migration),
            Box::new(m20261126_000007_jobs::Migration),
            Box::new(m20261126_000008_layer2::Migration),
            Box::new(m20261126_000009_disputes::Migration),
            Box::new(m20261127_000001_reading::Migration),
        ]
    }
}
