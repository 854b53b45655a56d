//! What arrives at the shelf, and what is counted on it; inside the caller's transaction.

use super::hold::warn_when_low;
use super::movement::{Movement, append};
use crate::{Error, Result};
use chrono::{DateTime, Utc};
use domain::id::{StoreId, UserId, VariantId, WarehouseId};
use domain::inventory::MovementKind;
use domain::{Conflict, FieldError};
use entity::stock_level;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, Set};

/// Goods that come in.
#[derive(Clone, Debug)]
pub struct Receipt {
    pub variant: VariantId,
    pub warehouse: WarehouseId,
    pub store: StoreId,
    pub quantity: i64,
    pub kind: MovementKind,
    pub reason: String,
    pub actor: Option<UserId>,
}

/// Goods come in; creates the stock level when the variant is new in the warehouse. A quantity of
/// zero only does that.
pub async fn receive(tx: &impl ConnectionTrait, now: DateTime<Utc>, receipts: Vec<Receipt>) -> Result<()> {
    use sea_orm::sea_query::OnConflict;
    use stock_level::Column as C;
    let mut receipts = receipts;
    receipts.sort_by_key(|r| (r.store, r.variant, r.warehouse));
    for receipt in &receipts {
        let row = stock_level::ActiveModel {
            variant_id: Set(receipt.variant),
            warehouse_id: Set(receipt.warehouse),
            store_id: Set(receipt.store),
            on_hand: Set(receipt.quantity),
            reserved: Set(0),
            low_stock_threshold: Set(domain::inventory::DEFAULT_LOW_STOCK_THRESHOLD),
            updated_at: Set(now),
        };
        let existing = Expr::col((stock_level::Entity, C::OnHand)).add(receipt.quantity);
        stock_level::Entity::insert(row)
            .on_conflict(OnConflict::columns([C::VariantId, C::WarehouseId]).value(C::OnHand, existing).to_owned())
            .exec_without_returning(tx)
            .await?;
    }
    let movements = receipts.into_iter().filter(|r| r.quantity != 0).map(|r| Movement {
        kind: r.kind,
        variant: r.variant,
        warehouse: r.warehouse,
        store: r.store,
        on_hand: r.quantity,
        reserved: 0,
        reason: Some(r.reason),
        reference: None,
        actor: r.actor,
    });
    append(tx, now, movements.collect()).await
}

/// Sets what is on the shelf and books the difference as an adjustment. Refused below what is
/// reserved. Answers the level as it is then.
pub async fn set_on_hand(
    tx: &impl ConnectionTrait,
    now: DateTime<Utc>,
    level: &stock_level::Model,
    on_hand: i64,
    reason: Option<String>,
    actor: UserId,
) -> Result<stock_level::Model> {
    use stock_level::Column as C;
    let delta = on_hand - level.on_hand;
    if delta == 0 {
        return Ok(level.clone());
    }
    // The difference is only right for the count it was taken from: somebody else's change between
    // the caller's read and here is a conflict, not an overwrite.
    let rows = stock_level::Entity::update_many()
        .col_expr(C::OnHand, Expr::value(on_hand))
        .col_expr(C::UpdatedAt, Expr::value(now))
        .filter(C::VariantId.eq(level.variant_id))
        .filter(C::WarehouseId.eq(level.warehouse_id))
        .filter(C::OnHand.eq(level.on_hand))
        .filter(C::Reserved.lte(on_hand))
        .exec_with_returning(tx)
        .await?;
    let Some(changed) = rows.into_iter().next() else {
        return Err(refuse_count(tx, level, on_hand).await?);
    };
    let movement = Movement {
        kind: MovementKind::Adjust,
        variant: level.variant_id,
        warehouse: level.warehouse_id,
        store: level.store_id,
        on_hand: delta,
        reserved: 0,
        reason,
        reference: None,
        actor: Some(actor),
    };
    append(tx, now, vec![movement]).await?;
    if delta < 0 {
        warn_when_low(tx, now, &changed, -delta).await?;
    }
    Ok(changed)
}

async fn refuse_count(tx: &impl ConnectionTrait, level: &stock_level::Model, on_hand: i64) -> Result<Error> {
    let present = stock_level::Entity::find_by_id((level.variant_id, level.warehouse_id)).one(tx).await?;
    let reserved = present.map_or(0, |l| l.reserved);
    Ok(if on_hand < reserved {
        domain::Error::Invalid(vec![FieldError::new("on_hand", "below_reserved").limit(reserved)]).into()
    } else {
        Conflict::Busy.into()
    })
}
