//! What becomes of an order's reservations: released, dispatched, taken back; inside the caller's
//! transaction, rows in the same order as when they were held.

use super::movement::{Movement, append};
use crate::{Error, Result};
use chrono::{DateTime, Utc};
use domain::id::{OrderId, OrderLineId, UserId};
use domain::inventory::{MovementKind, ReservationState};
use entity::{order_line, reservation, stock_level};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, Set};

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
