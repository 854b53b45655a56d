//! Table `stock_movement`: append-only stock ledger.

use domain::id::{MovementId, StoreId, UserId, VariantId, WarehouseId};
use domain::inventory::MovementKind;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "stock_movement")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MovementId,
    pub variant_id: VariantId,
    pub warehouse_id: WarehouseId,
    pub store_id: StoreId,
    pub kind: MovementKind,
    /// Changes, never balances.
    pub on_hand_delta: i64,
    pub reserved_delta: i64,
    pub reason: Option<String>,
    /// Order number or the like.
    pub reference: Option<String>,
    /// NULL: the system.
    pub actor_id: Option<UserId>,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
