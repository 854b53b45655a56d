//! Runs and events in somebody's hands, letters by their event, indexes for what is cleaned up.

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
        run(manager, include_str!("../sql/jobs.sql")).await?;
        let (sqlite, postgres) =
            (include_str!("../sql/jobs_letters_sqlite.sql"), include_str!("../sql/jobs_letters_postgres.sql"));
        run_either(manager, sqlite, postgres).await
    }
}
