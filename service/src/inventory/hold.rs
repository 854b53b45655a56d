//! Holds stock, called inside the caller's transaction. Check and take are one statement; rows are
//! touched in (store, variant, warehouse) order, so that two transactions never wait for each other in
//! a circle.

use super::movement::{Movement, append};
use crate::Result;
use crate::event::{Event, emit};
use chrono::{DateTime, Utc};
use domain::id::{OrderLineId, StoreId, VariantId, WarehouseId};
use domain::inventory::{MovementKind, ReservationState, crossed_low};
use domain::{Conflict, ShortLine};
use entity::{reservation, stock_level, warehouse};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use std::collections::BTreeMap;

/// Stock wanted for one order line.
#[derive(Clone, Debug)]
pub struct Want {
    pub line: OrderLineId,
    pub store: StoreId,
    pub variant: VariantId,
    pub quantity: i64,
    pub product_name: String,
    /// Number of the order.
    pub reference: String,
}

/// Holds stock for all lines or for none: every short line is reported at once.
pub async fn hold(tx: &impl ConnectionTrait, now: DateTime<Utc>, wants: &[Want]) -> Result<()> {
    let mut by_variant: BTreeMap<(StoreId, VariantId), Vec<&Want>> = BTreeMap::new();
    for want in wants {
        by_variant.entry((want.store, want.variant)).or_default().push(want);
    }
    let (mut short, mut reservations, mut movements) = (vec![], vec![], vec![]);
    for ((store, variant), lines) in by_variant {
        let quantity = lines.iter().map(|w| w.quantity).sum();
        match take(tx, now, variant, quantity).await? {
            Taken::Short { available } => short.push(ShortLine {
                item_id: None,
                variant_id: variant,
                product_name: lines[0].product_name.clone(),
                requested: quantity,
                available,
            }),
            Taken::From(parts) => {
                movements.extend(parts.iter().map(|&(warehouse, part)| Movement {
                    kind: MovementKind::Reserve,
                    variant,
                    warehouse,
                    store,
                    on_hand: 0,
                    reserved: part,
                    reason: None,
                    reference: Some(lines[0].reference.clone()),
                    actor: None,
                }));
                reservations.extend(share_out(variant, &lines, parts));
            }
        }
    }
    if !short.is_empty() {
        return Err(Conflict::StockInsufficient(short).into());
    }
    reservation::Entity::insert_many(reservations).exec_without_returning(tx).await?;
    append(tx, now, movements).await
}

enum Taken {
    From(Vec<(WarehouseId, i64)>),
    Short { available: i64 },
}

/// Raises `reserved` for one variant: from one warehouse if any has enough (the default one
/// first), else from as few as possible.
async fn take(tx: &impl ConnectionTrait, now: DateTime<Utc>, variant: VariantId, quantity: i64) -> Result<Taken> {
    // The plan is made from a read that others may overtake; the guarded updates decide. One more
    // look after losing a race is enough: it then sees what the winner left.
    let mut taken: Vec<(WarehouseId, i64)> = vec![];
    let mut missing = quantity;
    for _ in 0..3 {
        let levels = levels_default_first(tx, variant).await?;
        let available: i64 = levels.iter().map(|l| l.on_hand - l.reserved).sum();
        if available < missing {
            return Ok(Taken::Short { available: available + taken.iter().map(|t| t.1).sum::<i64>() });
        }
        for (warehouse, part) in plan(&levels, missing) {
            if reserve(tx, now, variant, warehouse, part).await? {
                taken.push((warehouse, part));
                missing -= part;
            }
        }
        if missing == 0 {
            return Ok(Taken::From(taken));
        }
    }
    Ok(Taken::Short { available: quantity - missing })
}

async fn levels_default_first(tx: &impl ConnectionTrait, variant: VariantId) -> Result<Vec<stock_level::Model>> {
    let levels = stock_level::Entity::find()
        .filter(stock_level::Column::VariantId.eq(variant))
        .order_by_asc(stock_level::Column::WarehouseId)
        .all(tx)
        .await?;
    if levels.len() < 2 {
        return Ok(levels);
    }
    let ids = levels.iter().map(|l| l.warehouse_id);
    let default: Option<WarehouseId> = warehouse::Entity::find()
        .select_only()
        .column(warehouse::Column::Id)
        .filter(warehouse::Column::Id.is_in(ids))
        .filter(warehouse::Column::IsDefault.eq(true))
        .into_tuple()
        .one(tx)
        .await?;
    let mut levels = levels;
    levels.sort_by_key(|l| (Some(l.warehouse_id) != default, l.warehouse_id));
    Ok(levels)
}

/// How much to take from which warehouse, in warehouse order.
fn plan(levels: &[stock_level::Model], quantity: i64) -> Vec<(WarehouseId, i64)> {
    let available = |l: &stock_level::Model| l.on_hand - l.reserved;
    if let Some(level) = levels.iter().find(|l| available(l) >= quantity) {
        return vec![(level.warehouse_id, quantity)];
    }
    let mut largest_first: Vec<_> = levels.iter().filter(|l| available(l) > 0).collect();
    largest_first.sort_by_key(|l| std::cmp::Reverse(available(l)));
    let mut left = quantity;
    let mut parts: Vec<_> = largest_first
        .into_iter()
        .map_while(|l| {
            let part = Ord::min(available(l), left);
            left -= part;
            (part > 0).then_some((l.warehouse_id, part))
        })
        .collect();
    parts.sort();
    parts
}

/// The check and the take, in one statement. Warns once when the threshold is crossed.
async fn reserve(
    tx: &impl ConnectionTrait,
    now: DateTime<Utc>,
    variant: VariantId,
    warehouse: WarehouseId,
    quantity: i64,
) -> Result<bool> {
    use stock_level::Column as C;
    let rows = stock_level::Entity::update_many()
        .col_expr(C::Reserved, Expr::col(C::Reserved).add(quantity))
        .col_expr(C::UpdatedAt, Expr::value(now))
        .filter(C::VariantId.eq(variant))
        .filter(C::WarehouseId.eq(warehouse))
        .filter(Expr::col(C::OnHand).sub(Expr::col(C::Reserved)).gte(quantity))
        .exec_with_returning(tx)
        .await?;
    let Some(level) = rows.first() else { return Ok(false) };
    warn_when_low(tx, now, level, quantity).await?;
    Ok(true)
}

/// Emits the low-stock event if taking `quantity` has just crossed the threshold.
pub(super) async fn warn_when_low(
    tx: &impl ConnectionTrait,
    now: DateTime<Utc>,
    level: &stock_level::Model,
    quantity: i64,
) -> Result<()> {
    let after = level.on_hand - level.reserved;
    if crossed_low(after + quantity, after, level.low_stock_threshold) {
        emit(tx, now, Event::StockLow { variant: level.variant_id, warehouse: level.warehouse_id }).await?;
    }
    Ok(())
}

/// Divides what was taken of a variant among the lines that want it.
fn share_out(variant: VariantId, lines: &[&Want], mut parts: Vec<(WarehouseId, i64)>) -> Vec<reservation::ActiveModel> {
    let mut rows = vec![];
    for line in lines {
        let mut missing = line.quantity;
        for (warehouse, left) in parts.iter_mut().filter(|(_, left)| *left > 0) {
            let part = Ord::min(missing, *left);
            if part == 0 {
                break;
            }
            *left -= part;
            missing -= part;
            rows.push(reservation::ActiveModel {
                id: Set(crate::db::new_id()),
                order_line_id: Set(line.line),
                variant_id: Set(variant),
                warehouse_id: Set(*warehouse),
                quantity: Set(part),
                state: Set(ReservationState::Held),
            });
        }
    }
    rows
}
