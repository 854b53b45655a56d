//! The awaited money is here.

use super::lock::{Share, lock_shares};
use super::{clearing, reconcile, request_order_refund};
use crate::db::Tx;
use crate::event::{Event, emit};
use crate::inventory::{self, Want};
use crate::order::step::{Step, step};
use crate::{Ctx, Error, Result, ledger};
use domain::id::{OrderId, PaymentId};
use domain::ledger::{AccountKind, Balanced, LedgerKind};
use domain::order::{OrderAction, OrderStatus, SystemNote};
use domain::payment::{PaymentStatus, RefundReason};
use domain::store::StockPolicy;
use domain::{Conflict, Error as Refusal};
use entity::{order, order_line, payment, store};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, Set, TransactionTrait};

/// Marks the payment paid, books each order's share into escrow and moves the orders to `pending`.
/// Answers the orders that changed.
pub(super) async fn settle(ctx: &Ctx, tx: &Tx, payment: payment::Model) -> Result<Vec<OrderId>> {
    let now = ctx.now();
    let shares = lock_shares(tx, payment.id).await?;
    let mut row = payment.clone().into_active_model();
    row.status = Set(PaymentStatus::Paid);
    row.paid_at = Set(Some(now));
    row.ask_at = Set(reconcile::ask_after_payment(&payment, now));
    row.updated_at = Set(now);
    row.update(&**tx).await?;

    let mut changed = vec![];
    for Share { order, share, stock_policy } in shares {
        let escrow = Balanced::transfer(clearing(&payment.gateway), (AccountKind::Escrow, Some(order.store_id)), share)?;
        let about = (Some(order.id), Some(payment.id));
        ledger::book(&**tx, now, LedgerKind::Charge, &order.id.to_string(), about, &escrow).await?;
        changed.push(order.id);
        let late = stock_policy == StockPolicy::DeductAtPayment;
        if order.status == OrderStatus::Cancelled {
            request_order_refund(ctx, tx, &order, payment.id, RefundReason::LatePayment).await?;
        } else if late && !hold_now(ctx, tx, &order).await? {
            refuse(ctx, tx, order, payment.id).await?;
        } else {
            let id = order.id;
            step(ctx, tx, order, Step::by_system(OrderAction::Pay)).await?;
            emit(&**tx, now, Event::OrderPaid { order: id }).await?;
        }
    }
    Ok(changed)
}

async fn wants(tx: &Tx, order: &order::Model) -> Result<Vec<Want>> {
    let lines = order_line::Entity::find().filter(order_line::Column::OrderId.eq(order.id)).all(&**tx).await?;
    let want = |line: order_line::Model| Want {
        line: line.id,
        store: order.store_id,
        variant: line.variant_id,
        quantity: line.quantity,
        product_name: line.product_name,
        reference: order.number.clone(),
    };
    Ok(lines.into_iter().map(want).collect())
}

/// Takes the stock of an order whose store holds none before it is sure; fails when there is too little.
pub(super) async fn hold_rest(ctx: &Ctx, tx: &Tx, order: &order::Model) -> Result<()> {
    let store = store::Entity::find_by_id(order.store_id).one(&**tx).await?;
    if store.is_some_and(|s| s.stock_policy == StockPolicy::DeductAtPayment) {
        inventory::hold(&**tx, ctx.now(), &wants(tx, order).await?).await?;
    }
    Ok(())
}

/// Takes the stock of a store that sells it only when paid; `false` when there is too little.
async fn hold_now(ctx: &Ctx, tx: &Tx, order: &order::Model) -> Result<bool> {
    let wants = wants(tx, order).await?;
    // A savepoint: what a refused hold has taken so far is given back, the rest goes on.
    let savepoint = tx.begin().await?;
    match inventory::hold(&savepoint, ctx.now(), &wants).await {
        Ok(()) => {
            savepoint.commit().await?;
            Ok(true)
        }
        Err(Error::Domain(Refusal::Conflict(Conflict::StockInsufficient(_)))) => {
            savepoint.rollback().await?;
            Ok(false)
        }
        Err(error) => Err(error),
    }
}

/// Paid, but sold out meanwhile: the order ends and the money goes back.
async fn refuse(ctx: &Ctx, tx: &Tx, order: order::Model, payment: PaymentId) -> Result<()> {
    request_order_refund(ctx, tx, &order, payment, RefundReason::StockInsufficient).await?;
    let id = order.id;
    let note = Some(SystemNote::SoldOut.code().to_owned());
    step(ctx, tx, order, Step { note, ..Step::by_system(OrderAction::Cancel) }).await?;
    emit(&**tx, ctx.now(), Event::OrderCancelled { order: id }).await?;
    Ok(())
}
