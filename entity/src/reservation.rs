//! Table `reservation`: stock held for an order line.

use domain::id::{OrderLineId, ReservationId, VariantId, WarehouseId};
use domain::inventory::ReservationState;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reservation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReservationId,
    pub order_line_id: OrderLineId,
    pub variant_id: VariantId,
    pub warehouse_id: WarehouseId,
    pub quantity: i64,
    pub state: ReservationState,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
