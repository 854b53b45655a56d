//! Commission, tax, payouts, settlements; the ledger guards itself.

use crate::dialect::{run, run_either};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, include_str!("../sql/books.sql")).await?;
        run_either(manager, include_str!("../sql/books_sqlite.sql"), include_str!("../sql/books_postgres.sql")).await
    }
}
