//! Attempts to pay, refunds with approval, disputes, reminders, bank statements.

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
        run(manager, include_str!("../sql/payments.sql")).await?;
        run_either(
            manager,
            include_str!("../sql/payments_append_only_sqlite.sql"),
            include_str!("../sql/payments_append_only_postgres.sql"),
        )
        .await
    }
}
