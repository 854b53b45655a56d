//! Moves orders through their machine.

use super::query;
use super::step::{Step, record, step};
use crate::db::{Tx, transact};
use crate::event::{Event, emit};
use crate::live::Signal;
use crate::payment::{self, lock_orders, lock_payment, request_order_refund};
use crate::{Actor, Ctx, Error, Result, analytics, inventory, ledger};
use domain::Noun;
use domain::id::{OrderId, UserId};
use domain::identity::Permission;
use domain::order::{CancelInput, OrderAction, OrderStatus, OrderView, Party, ShipInput};
use domain::payment::{COD, PaymentStatus, RefundReason};
use entity::{order, payment as payments};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, Set};

/// Who handles an order on the selling side: its store, or the desk for it.
#[derive(Clone, Copy)]
pub(super) struct Handler {
    pub order: OrderId,
    pub party: Party,
    pub user: UserId,
}

impl Handler {
    fn step(self, action: OrderAction, note: Option<String>) -> Step {
        Step { action, party: self.party, actor: Some(self.user), note }
    }
}

/// By the seller: the order will be packed.
pub async fn accept(ctx: &Ctx, actor: &Actor, number: &str) -> Result<OrderView> {
    accept_by(ctx, of_store(ctx, actor, number).await?).await?;
    query::own_order(ctx, actor, number).await
}

pub(super) async fn accept_by(ctx: &Ctx, by: Handler) -> Result<()> {
    let id = by.order;
    transact(ctx, |tx| async move {
        let (_, order) = lock(&tx, id).await?;
        if step(ctx, &tx, order, by.step(OrderAction::Accept, None)).await?.is_some() {
            emit(&*tx, ctx.now(), Event::OrderAccepted { order: id }).await?;
        }
        Ok(())
    })
    .await?;
    ctx.live.send(Signal::Order(id));
    Ok(())
}

/// By the seller: the parcel is with the courier, its stock leaves the warehouse.
pub async fn ship(ctx: &Ctx, actor: &Actor, number: &str, input: ShipInput) -> Result<OrderView> {
    ship_by(ctx, of_store(ctx, actor, number).await?, input).await?;
    query::own_order(ctx, actor, number).await
}

pub(super) async fn ship_by(ctx: &Ctx, by: Handler, input: ShipInput) -> Result<()> {
    let id = by.order;
    let input = &input.check()?;
    transact(ctx, |tx| async move {
        let (_, order) = lock(&tx, id).await?;
        let note = Some(format!("{} {}", input.courier, input.tracking_number));
        let number = order.number.clone();
        let is_known = order.courier == input.courier && order.tracking_number.as_deref() == Some(&input.tracking_number);
        let Some(order) = step(ctx, &tx, order.clone(), by.step(OrderAction::Ship, note.clone())).await? else {
            return if is_known { Ok(()) } else { correct_parcel(ctx, &tx, by, order, input).await };
        };
        write_parcel(&tx, order, input).await?;
        inventory::dispatch(&*tx, ctx.now(), id, &number).await?;
        emit(&*tx, ctx.now(), Event::OrderShipped { order: id }).await?;
        Ok(())
    })
    .await?;
    ctx.live.send(Signal::Order(id));
    Ok(())
}

async fn write_parcel(tx: &Tx, order: order::Model, input: &ShipInput) -> Result<()> {
    let mut row = order.into_active_model();
    row.courier = Set(input.courier.clone());
    row.tracking_number = Set(Some(input.tracking_number.clone()));
    row.update(&**tx).await?;
    Ok(())
}

/// A mistyped tracking number is put right; the buyer is told the new one.
async fn correct_parcel(ctx: &Ctx, tx: &Tx, by: Handler, order: order::Model, input: &ShipInput) -> Result<()> {
    let (id, before) = (order.id, format!("{} {}", order.courier, order.tracking_number.as_deref().unwrap_or_default()));
    let after = format!("{} {}", input.courier, input.tracking_number);
    record(ctx, tx, &order, order.status, &by.step(OrderAction::Ship, Some(format!("{before} → {after}")))).await?;
    write_parcel(tx, order, input).await?;
    emit(&**tx, ctx.now(), Event::OrderShipped { order: id }).await.map(drop)
}

/// By the seller: until shipped.
pub async fn cancel_own(ctx: &Ctx, actor: &Actor, number: &str, input: CancelInput) -> Result<OrderView> {
    end(ctx, of_store(ctx, actor, number).await?, input.check()?).await?;
    query::own_order(ctx, actor, number).await
}

/// By the buyer: until accepted. An unpaid order ends with its whole checkout, because the payment
/// is one.
pub async fn cancel(ctx: &Ctx, actor: &Actor, number: &str, input: CancelInput) -> Result<OrderView> {
    let user = actor.require(Permission::Shop)?.id;
    let id = query::id_of(ctx, order::Column::BuyerId, user.0, number).await?;
    end(ctx, Handler { order: id, party: Party::Buyer, user }, input.check()?).await?;
    query::find(ctx, actor, number).await
}

/// By the buyer: the goods arrived, the money is the seller's.
pub async fn confirm_receipt(ctx: &Ctx, actor: &Actor, number: &str) -> Result<OrderView> {
    let user = actor.require(Permission::Shop)?.id;
    let id = query::id_of(ctx, order::Column::BuyerId, user.0, number).await?;
    deliver(ctx, id, Party::Buyer, Some(user), None).await?;
    query::find(ctx, actor, number).await
}

/// By the seller: the courier brought the cash of an order that is paid at the door.
pub async fn mark_delivered(ctx: &Ctx, actor: &Actor, number: &str) -> Result<OrderView> {
    mark_delivered_by(ctx, of_store(ctx, actor, number).await?).await?;
    query::own_order(ctx, actor, number).await
}

pub(super) async fn mark_delivered_by(ctx: &Ctx, by: Handler) -> Result<()> {
    only_cod(ctx, by.order).await?;
    deliver(ctx, by.order, by.party, Some(by.user), None).await?;
    Ok(())
}

/// By the seller: an order to be paid at the door was refused there. It ends, its goods are back on
/// the shelf.
pub async fn mark_undelivered(ctx: &Ctx, actor: &Actor, number: &str, input: CancelInput) -> Result<OrderView> {
    mark_undelivered_by(ctx, of_store(ctx, actor, number).await?, input.check()?).await?;
    query::own_order(ctx, actor, number).await
}

pub(super) async fn mark_undelivered_by(ctx: &Ctx, by: Handler, reason: Option<String>) -> Result<()> {
    only_cod(ctx, by.order).await?;
    let (id, reason) = (by.order, &reason);
    transact(ctx, |tx| async move {
        let (payment, order) = lock(&tx, id).await?;
        let Some(order) = step(ctx, &tx, order, by.step(OrderAction::Undelivered, reason.clone())).await? else { return Ok(()) };
        inventory::take_back(&*tx, ctx.now(), id, &order.number, by.user).await?;
        payment::end_if_settled(ctx, &tx, payment).await?;
        emit(&*tx, ctx.now(), Event::OrderCancelled { order: id }).await?;
        Ok(())
    })
    .await?;
    ctx.live.send(Signal::Order(id));
    Ok(())
}

/// Whoever has been paid must wait for the buyer; a method never changes once it is cash.
async fn only_cod(ctx: &Ctx, id: OrderId) -> Result<()> {
    let (payment, split) = payment::of_order(&ctx.db, id).await?;
    if payment.gateway == COD {
        return Ok(());
    }
    let order = order::Entity::find_by_id(split.order_id).one(&ctx.db).await?.ok_or(domain::Error::NotFound(Noun::Order))?;
    Err(domain::Conflict::InvalidTransition { status: order.status }.into())
}

/// Completes a shipped order: cash is booked, escrow is released to the seller and the sale enters the figures.
pub(super) async fn deliver(ctx: &Ctx, id: OrderId, party: Party, actor: Option<UserId>, note: Option<String>) -> Result<bool> {
    let note = &note;
    let done = transact(ctx, |tx| async move {
        let (payment, order) = lock(&tx, id).await?;
        let by = Step { action: OrderAction::ConfirmReceipt, party, actor, note: note.clone() };
        let Some(order) = step(ctx, &tx, order, by).await? else { return Ok(false) };
        payment::collect(ctx, &tx, payment, &order).await?;
        ledger::release(ctx, &tx, &order).await?;
        analytics::record_delivery(ctx, &tx, id).await?;
        emit(&*tx, ctx.now(), Event::OrderDelivered { order: id }).await?;
        Ok(true)
    })
    .await?;
    ctx.live.send(Signal::Order(id));
    Ok(done)
}

/// Cancels an order: what was held is given back, what was paid is refunded.
pub(super) async fn end(ctx: &Ctx, by: Handler, reason: Option<String>) -> Result<()> {
    let Handler { order: id, party, user } = by;
    let reason = &reason;
    let ended = transact(ctx, |tx| async move {
        let (payment, _) = payment::of_order(&*tx, id).await?;
        let payment = lock_payment(&tx, payment.id).await?;
        let order = lock_orders(&tx, payment.id).await?.into_iter().find(|o| o.id == id);
        let order = order.ok_or_else(|| Error::fault("order outside its payment"))?;
        if matches!(order.status, OrderStatus::PendingPayment | OrderStatus::AwaitingVerification) {
            if party == Party::Seller {
                // One seller must not end another seller's order by refusing an unpaid one.
                return Err(domain::Error::Conflict(domain::Conflict::InvalidTransition { status: order.status }).into());
            }
            return payment::close(ctx, &tx, payment, PaymentStatus::Expired, party, Some(user), reason.clone()).await;
        }
        if step(ctx, &tx, order.clone(), by.step(OrderAction::Cancel, reason.clone())).await?.is_none() {
            return Ok(vec![]);
        }
        inventory::release(&*tx, ctx.now(), id, &order.number).await?;
        if payment.gateway == COD {
            // Nothing was paid, nothing goes back.
            payment::end_if_settled(ctx, &tx, payment).await?;
        } else {
            request_order_refund(ctx, &tx, &order, payment.id, RefundReason::OrderCancelled).await?;
        }
        emit(&*tx, ctx.now(), Event::OrderCancelled { order: id }).await?;
        Ok(vec![id])
    })
    .await?;
    ended.into_iter().for_each(|order| ctx.live.send(Signal::Order(order)));
    Ok(())
}

async fn of_store(ctx: &Ctx, actor: &Actor, number: &str) -> Result<Handler> {
    let store = actor.store(Permission::OrderFulfil)?;
    let order = query::id_of(ctx, order::Column::StoreId, store.0, number).await?;
    Ok(Handler { order, party: Party::Seller, user: actor.user()?.id })
}

/// Locks the order's payment and orders in the order everybody does, and answers payment and order.
async fn lock(tx: &Tx, id: OrderId) -> Result<(payments::Model, order::Model)> {
    let (payment, _) = payment::of_order(&**tx, id).await?;
    let payment = lock_payment(tx, payment.id).await?;
    let order = lock_orders(tx, payment.id).await?.into_iter().find(|o| o.id == id);
    Ok((payment, order.ok_or(domain::Error::NotFound(Noun::Order))?))
}
