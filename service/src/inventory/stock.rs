//! The guarded statements that move stock, called inside the caller's transaction. Check and take
//! are one statement; rows are touched in (store, variant, warehouse) order, so that two
//! transactions never wait for each other in a circle.

use super::movement::{Movement, append};
use crate::event::{Event, emit};
use crate::{Error, Result};
use chrono::{DateTime, Utc};
use domain::id::{OrderId, OrderLineId, StoreId, UserId, VariantId, WarehouseId};
use domain::inventory::{MovementKind, ReservationState, crossed_low};
use domain::{Conflict, FieldError, ShortLine};
use entity::{order_line, reservation, stock_level, warehouse};
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

/// Gives back what is held for an order. Safe to repeat: only held reservations count.
pub async fn release(tx: &impl ConnectionTrait, now: DateTime<Utc>, order: OrderId, reference: &str) -> Result<()> {
    settle(tx, now, order, reference, ReservationState::Released, MovementKind::Release, false).await
}

/// What was held for an order leaves the warehouse. Safe to repeat.
pub async fn dispatch(tx: &impl ConnectionTrait, now: DateTime<Utc>, order: OrderId, reference: &str) -> Result<()> {
    settle(tx, now, order, reference, ReservationState::Dispatched, MovementKind::Sale, true).await
}

async fn settle(
    tx: &impl ConnectionTrait,
    now: DateTime<Utc>,
    order: OrderId,
    reference: &str,
    state: ReservationState,
    kind: MovementKind,
    leaves: bool,
) -> Result<()> {
    use stock_level::Column as C;
    let mut movements = vec![];
    for hold in claim(tx, order, ReservationState::Held, state).await? {
        let mut update = stock_level::Entity::update_many()
            .col_expr(C::Reserved, Expr::col(C::Reserved).sub(hold.quantity))
            .col_expr(C::UpdatedAt, Expr::value(now))
            .filter(C::VariantId.eq(hold.variant_id))
            .filter(C::WarehouseId.eq(hold.warehouse_id))
            .filter(C::Reserved.gte(hold.quantity));
        if leaves {
            update = update.col_expr(C::OnHand, Expr::col(C::OnHand).sub(hold.quantity));
        }
        let rows = update.exec_with_returning(tx).await?;
        let [level] = rows.as_slice() else {
            return Err(Error::fault(format!("reservation {} is not covered by its stock level", hold.id)));
        };
        movements.push(Movement {
            kind,
            variant: hold.variant_id,
            warehouse: hold.warehouse_id,
            store: level.store_id,
            on_hand: if leaves { -hold.quantity } else { 0 },
            reserved: -hold.quantity,
            reason: None,
            reference: Some(reference.to_owned()),
            actor: None,
        });
    }
    append(tx, now, movements).await
}

/// What had left for an order came back: it is on the shelf again. Safe to repeat.
pub async fn take_back(
    tx: &impl ConnectionTrait,
    now: DateTime<Utc>,
    order: OrderId,
    reference: &str,
    actor: UserId,
) -> Result<()> {
    use stock_level::Column as C;
    let mut movements = vec![];
    for back in claim(tx, order, ReservationState::Dispatched, ReservationState::Released).await? {
        let rows = stock_level::Entity::update_many()
            .col_expr(C::OnHand, Expr::col(C::OnHand).add(back.quantity))
            .col_expr(C::UpdatedAt, Expr::value(now))
            .filter(C::VariantId.eq(back.variant_id))
            .filter(C::WarehouseId.eq(back.warehouse_id))
            .exec_with_returning(tx)
            .await?;
        let [level] = rows.as_slice() else {
            return Err(Error::fault(format!("reservation {} has no stock level", back.id)));
        };
        movements.push(Movement {
            kind: MovementKind::Return,
            variant: back.variant_id,
            warehouse: back.warehouse_id,
            store: level.store_id,
            on_hand: back.quantity,
            reserved: 0,
            reason: None,
            reference: Some(reference.to_owned()),
            actor: Some(actor),
        });
    }
    append(tx, now, movements).await
}

/// Puts units of a line back on the shelf, while the rest of its order goes on: units still held are
/// released, units that were sent have come back. Fails when more is put back than the line has.
pub async fn put_back(
    tx: &impl ConnectionTrait,
    now: DateTime<Utc>,
    line: OrderLineId,
    quantity: i64,
    reference: &str,
    actor: UserId,
) -> Result<()> {
    use reservation::Column as R;
    use stock_level::Column as C;
    let rows = reservation::Entity::find()
        .filter(R::OrderLineId.eq(line))
        .filter(R::State.ne(ReservationState::Released))
        .order_by_asc(R::WarehouseId)
        .all(tx)
        .await?;
    let (mut missing, mut movements) = (quantity, vec![]);
    for row in rows {
        let part = Ord::min(missing, row.quantity);
        if part == 0 {
            break;
        }
        missing -= part;
        split_off(tx, &row, part).await?;
        let is_held = row.state == ReservationState::Held;
        let (column, delta) = if is_held { (C::Reserved, -part) } else { (C::OnHand, part) };
        let levels = stock_level::Entity::update_many()
            .col_expr(column, Expr::col(column).add(delta))
            .col_expr(C::UpdatedAt, Expr::value(now))
            .filter(C::VariantId.eq(row.variant_id))
            .filter(C::WarehouseId.eq(row.warehouse_id))
            .exec_with_returning(tx)
            .await?;
        let [level] = levels.as_slice() else {
            return Err(Error::fault(format!("reservation {} has no stock level", row.id)));
        };
        movements.push(Movement {
            kind: if is_held { MovementKind::Release } else { MovementKind::Return },
            variant: row.variant_id,
            warehouse: row.warehouse_id,
            store: level.store_id,
            on_hand: if is_held { 0 } else { part },
            reserved: if is_held { -part } else { 0 },
            reason: None,
            reference: Some(reference.to_owned()),
            actor: Some(actor),
        });
    }
    if missing > 0 {
        return Err(Error::fault(format!("line {line} has less than is put back")));
    }
    append(tx, now, movements).await
}

/// Marks a part of a reservation as given back.
async fn split_off(tx: &impl ConnectionTrait, row: &reservation::Model, part: i64) -> Result<()> {
    use reservation::Column as R;
    let own = reservation::Entity::update_many().filter(R::Id.eq(row.id));
    if part == row.quantity {
        own.col_expr(R::State, Expr::value(ReservationState::Released)).exec(tx).await?;
        return Ok(());
    }
    own.col_expr(R::Quantity, Expr::col(R::Quantity).sub(part)).exec(tx).await?;
    let back = reservation::ActiveModel {
        id: Set(crate::db::new_id()),
        order_line_id: Set(row.order_line_id),
        variant_id: Set(row.variant_id),
        warehouse_id: Set(row.warehouse_id),
        quantity: Set(part),
        state: Set(ReservationState::Released),
    };
    reservation::Entity::insert(back).exec_without_returning(tx).await?;
    Ok(())
}

/// Moves the order's reservations from one state to another and returns them in lock order.
async fn claim(
    tx: &impl ConnectionTrait,
    order: OrderId,
    from: ReservationState,
    to: ReservationState,
) -> Result<Vec<reservation::Model>> {
    let lines: Vec<OrderLineId> = order_line::Entity::find()
        .select_only()
        .column(order_line::Column::Id)
        .filter(order_line::Column::OrderId.eq(order))
        .into_tuple()
        .all(tx)
        .await?;
    if lines.is_empty() {
        return Ok(vec![]);
    }
    let mut holds = reservation::Entity::update_many()
        .col_expr(reservation::Column::State, Expr::value(to))
        .filter(reservation::Column::OrderLineId.is_in(lines))
        .filter(reservation::Column::State.eq(from))
        .exec_with_returning(tx)
        .await?;
    holds.sort_by_key(|h| (h.variant_id, h.warehouse_id));
    Ok(holds)
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
