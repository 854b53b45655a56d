//! Everything the main job needs: people, stores, catalogue, stock, orders, money, events.

use crate::dialect::{run, run_either};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// A failing step must leave nothing behind, on SQLite too.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, include_str!("../sql/identity.sql")).await?;
        run(manager, include_str!("../sql/store.sql")).await?;
        run(manager, include_str!("../sql/catalog.sql")).await?;
        run_either(manager, include_str!("../sql/search_sqlite.sql"), include_str!("../sql/search_postgres.sql")).await?;
        run(manager, include_str!("../sql/inventory.sql")).await?;
        run(manager, include_str!("../sql/cart.sql")).await?;
        run(manager, include_str!("../sql/order.sql")).await?;
        run(manager, include_str!("../sql/payment.sql")).await?;
        run(manager, include_str!("../sql/event.sql")).await?;
        run_either(manager, include_str!("../sql/append_only_sqlite.sql"), include_str!("../sql/append_only_postgres.sql")).await
    }
}
