//! The transfer desk and the audit trail.

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
        run(manager, include_str!("../sql/desk.sql")).await?;
        run_either(
            manager,
            include_str!("../sql/desk_append_only_sqlite.sql"),
            include_str!("../sql/desk_append_only_postgres.sql"),
        )
        .await
    }
}
