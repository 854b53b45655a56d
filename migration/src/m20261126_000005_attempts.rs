//! When gateways are asked about payments.

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
        run(manager, include_str!("../sql/attempts.sql")).await?;
        // What ended long ago is left alone.
        run_either(
            manager,
            "UPDATE payment SET ask_at = updated_at WHERE (gateway_reference IS NOT NULL OR attempted_at IS NOT NULL)
             AND updated_at > strftime('%Y-%m-%dT%H:%M:%S', 'now', '-7 days')",
            "UPDATE payment SET ask_at = updated_at WHERE (gateway_reference IS NOT NULL OR attempted_at IS NOT NULL)
             AND updated_at > now() - interval '7 days'",
        )
        .await
    }
}
