//! Cash on delivery. The store's courier takes the cash and the store keeps it: it is booked as owed
//! by the store and at once set off against what the store earned, so that only the commission
//! remains to be had of it (ADR 14).

use super::{lock_orders, settle};
use crate::db::{Tx, new_id};
use crate::event::{Event, emit};
use crate::order::step::{Step, step};
use crate::{Ctx, Result, ledger};
use domain::Money;
use domain::id::{OrderId, UserId};
use domain::ledger::{AccountKind, Balanced, LedgerKind};
use domain::order::{OrderAction, OrderStatus, Party};
use domain::payment::{COD, PaymentEventKind, PaymentStatus};
use entity::{order, payment, payment_event, payment_split};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, Set};

/// The buyer of a locked, unpaid payment will pay at the door instead: the sellers can begin. Fails
/// when a store that holds no stock before the payment has sold out.
pub(super) async fn promise(ctx: &Ctx, tx: &Tx, payment: &payment::Model, buyer: UserId) -> Result<Vec<OrderId>> {
    let mut changed = vec![];
    for order in lock_orders(tx, payment.id).await?.into_iter().filter(|o| o.status == OrderStatus::PendingPayment) {
        let id = order.id;
        settle::hold_rest(ctx, tx, &order).await?;
        let by = Step { action: OrderAction::PayOnDelivery, party: Party::Buyer, actor: Some(buyer), note: None };
        step(ctx, tx, order, by).await?;
        emit(&**tx, ctx.now(), Event::CodPlaced { order: id }).await?;
        changed.push(id);
    }
    Ok(changed)
}

/// Books the cash of a delivered order, and that the store keeps it. The caller releases the escrow as
/// on any delivery.
async fn book_cash(ctx: &Ctx, tx: &Tx, payment: &payment::Model, order: &order::Model) -> Result<()> {
    let about = (Some(order.id), Some(payment.id));
    let store = Some(order.store_id);
    let cash = Balanced::transfer((AccountKind::CodReceivable, store), (AccountKind::Escrow, store), order.total)?;
    ledger::book(&**tx, ctx.now(), LedgerKind::CodCollected, &order.id.to_string(), about, &cash).await?;
    let kept = Balanced::transfer((AccountKind::SellerPayable, store), (AccountKind::CodReceivable, store), order.total)?;
    ledger::book(&**tx, ctx.now(), LedgerKind::CodOffset, &order.id.to_string(), about, &kept).await
}

/// The goods of an order were handed over: if it is paid in cash, that is booked. The payment is
/// locked by the caller, the order just delivered.
pub(crate) async fn collect(ctx: &Ctx, tx: &Tx, payment: payment::Model, order: &order::Model) -> Result<()> {
    if payment.gateway != COD {
        return Ok(());
    }
    book_cash(ctx, tx, &payment, order).await?;
    let event = payment_event::ActiveModel {
        id: Set(new_id()),
        payment_id: Set(payment.id),
        gateway: Set(COD.to_owned()),
        gateway_reference: Set(order.number.clone()),
        kind: Set(PaymentEventKind::Paid),
        amount: Set(order.total),
        outcome: Set("collected".to_owned()),
        created_at: Set(ctx.now()),
    };
    payment_event::Entity::insert(event).exec_without_returning(&**tx).await?;
    end_if_settled(ctx, tx, payment).await
}

/// Ends a payment in cash with the last of its orders: paid if anything was delivered, else expired.
pub(crate) async fn end_if_settled(ctx: &Ctx, tx: &Tx, payment: payment::Model) -> Result<()> {
    if payment.gateway != COD || payment.status != PaymentStatus::Pending {
        return Ok(());
    }
    let orders = lock_orders(tx, payment.id).await?;
    if !orders.iter().all(|o| o.status.is_final()) {
        return Ok(());
    }
    let is_paid = orders.iter().any(|o| o.status == OrderStatus::Delivered);
    let splits = payment_split::Entity::find().filter(payment_split::Column::PaymentId.eq(payment.id)).all(&**tx).await?;
    let has_refund = splits.iter().any(|s| s.refunded > Money::ZERO);
    let mut row = payment.into_active_model();
    row.status = Set(match (is_paid, has_refund) {
        (true, true) => PaymentStatus::PartiallyRefunded,
        (true, false) => PaymentStatus::Paid,
        (false, _) => PaymentStatus::Expired,
    });
    row.paid_at = Set(is_paid.then(|| ctx.now()));
    row.updated_at = Set(ctx.now());
    row.update(&**tx).await?;
    Ok(())
}
