//! Appends to the stock ledger.

use crate::Result;
use chrono::{DateTime, Utc};
use domain::id::{StoreId, UserId, VariantId, WarehouseId};
use domain::inventory::MovementKind;
use entity::stock_movement;
use sea_orm::{ConnectionTrait, EntityTrait, Set};

/// A change of one stock level, about to be written.
#[derive(Clone, Debug)]
pub(super) struct Movement {
    pub kind: MovementKind,
    pub variant: VariantId,
    pub warehouse: WarehouseId,
    pub store: StoreId,
    pub on_hand: i64,
    pub reserved: i64,
    pub reason: Option<String>,
    pub reference: Option<String>,
    pub actor: Option<UserId>,
}

/// Writes them all in one statement.
pub(super) async fn append(tx: &impl ConnectionTrait, now: DateTime<Utc>, movements: Vec<Movement>) -> Result<()> {
    if movements.is_empty() {
        return Ok(());
    }
    let rows = movements.into_iter().map(|m| stock_movement::ActiveModel {
        id: Set(crate::db::new_id()),
        variant_id: Set(m.variant),
        warehouse_id: Set(m.warehouse),
        store_id: Set(m.store),
        kind: Set(m.kind),
        on_hand_delta: Set(m.on_hand),
        reserved_delta: Set(m.reserved),
        reason: Set(m.reason),
        reference: Set(m.reference),
        actor_id: Set(m.actor),
        created_at: Set(now),
    });
    stock_movement::Entity::insert_many(rows).exec_without_returning(tx).await?;
    Ok(())
}
