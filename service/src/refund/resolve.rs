//! What finance found out about money that a gateway or bank took by itself, and what the books make
//! of it. Nothing is asked of the gateway: the money is gone already.

use super::dispute::show;
use crate::audit::{self, Deed};
use crate::db::{Tx, new_id, transact};
use crate::event::{Event, emit};
use crate::identity::SignedIn;
use crate::live::Signal;
use crate::order::step::{Step, step};
use crate::payment::{self, NewRefund, check_interest, complete_refund, hold_refund, insert_refund, lock_orders, lock_payment};
use crate::{Actor, Ctx, Error, Result, analytics, inventory, ledger};
use domain::id::{DisputeId, OrderId};
use domain::identity::Permission;
use domain::ledger::{Account, AccountKind, Balanced, LedgerKind};
use domain::order::{OrderAction, OrderStatus, Party};
use domain::payment::{Attempt, RefundReason, RefundStatus};
use domain::refund::{DisputeOutcome, DisputeResolution, DisputeRow};
use domain::{Conflict, Money, Noun};
use entity::payment_dispute::{self as dispute, Column as C};
use entity::{order, payment as payments, payment_event, payment_split, refund};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, Set};
use serde_json::json;

/// Finance has looked, and says what came of it: that is booked, once.
pub async fn resolve(ctx: &Ctx, actor: &Actor, id: DisputeId, input: DisputeResolution) -> Result<DisputeRow> {
    let by = actor.require(Permission::RefundApprove)?;
    let found = dispute::Entity::find_by_id(id).one(&ctx.db).await?.ok_or(domain::Error::NotFound(Noun::Dispute))?;
    let input = &input.check(found.amount)?;
    let found = &found;
    let (row, orders) = transact(ctx, |tx| async move {
        let payment = lock_payment(&tx, found.payment_id).await?;
        check_interest(&*tx, by, &payment).await?;
        // The guarded update decides which of two answers counts.
        let taken = dispute::Entity::update_many()
            .col_expr(C::ResolvedBy, Expr::value(by.id))
            .col_expr(C::ResolvedAt, Expr::value(ctx.now()))
            .col_expr(C::Resolution, Expr::value(&input.resolution))
            .col_expr(C::Outcome, Expr::value(input.outcome.as_str()))
            .filter(C::Id.eq(id))
            .filter(C::ResolvedAt.is_null())
            .exec(&*tx)
            .await?;
        if taken.rows_affected == 0 {
            return Err(Error::from(Conflict::AlreadyDecided));
        }
        let booked = match input.outcome {
            DisputeOutcome::Nothing => Booked::default(),
            DisputeOutcome::ChargebackLost => book(ctx, &tx, by, found, &payment, input, RefundReason::Chargeback).await?,
            DisputeOutcome::RefundSent => book(ctx, &tx, by, found, &payment, input, RefundReason::ByGateway).await?,
        };
        let row = dispute::Entity::find_by_id(id).one(&*tx).await?.ok_or_else(|| Error::fault("dispute vanished"))?;
        let mut row = row.into_active_model();
        row.booked = Set(booked.orders);
        row.loss = Set(booked.loss);
        let row = row.update(&*tx).await?;
        let after = json!({
            "resolution": input.resolution, "outcome": input.outcome, "booked": row.booked, "loss": row.loss, "order": input.order
        });
        let (before, subject_id) = (json!({ "open": true, "amount": found.amount }), id.to_string());
        audit::record(ctx, &tx, by, Deed { action: "dispute.resolve", subject: "dispute", subject_id, before, after }).await?;
        Ok((row, booked.changed))
    })
    .await?;
    if !orders.is_empty() {
        ctx.live.send(Signal::Payment(row.payment_id));
        orders.into_iter().for_each(|order| ctx.live.send(Signal::Order(order)));
    }
    show(ctx, vec![row]).await?.pop().ok_or_else(|| domain::Error::NotFound(Noun::Dispute).into())
}

/// What a resolution booked.
#[derive(Default)]
struct Booked {
    /// Of what the orders had left.
    orders: Money,
    /// Of what no order had left.
    loss: Money,
    changed: Vec<OrderId>,
}

/// Takes the money from what the orders have left of it, one after the other. What no order has left
/// went back before: of a chargeback that is the platform's loss, of a refund it is refused.
async fn book(
    ctx: &Ctx,
    tx: &Tx,
    by: &SignedIn,
    dispute: &dispute::Model,
    payment: &payments::Model,
    input: &DisputeResolution,
    reason: RefundReason,
) -> Result<Booked> {
    let event = payment_event::Entity::find_by_id(dispute.event_id).one(&**tx).await?;
    let event = event.ok_or_else(|| Error::fault("dispute without its event"))?;
    let attempts = payment::attempts(&**tx, payment).await?;
    let means = attempts.into_iter().find(|m| m.gateway == event.gateway);
    let means = means.ok_or_else(|| Error::fault("dispute at a gateway the payment never used"))?;
    let mut orders = lock_orders(tx, payment.id).await?;
    match &input.order {
        Some(number) => orders.retain(|order| order.number == *number),
        // A refund is of one order: which one only a person knows.
        None if reason == RefundReason::ByGateway && orders.len() > 1 => {
            return Err(domain::Error::invalid("order", "required").into());
        }
        None => {}
    }
    if orders.is_empty() {
        return Err(domain::Error::invalid("order", "unknown_value").into());
    }
    let amount = input.amount.unwrap_or(dispute.amount);
    let (mut rest, mut changed) = (amount, vec![]);
    for order in orders {
        let (_, split) = payment::of_order(&**tx, order.id).await?;
        let left = split.amount.checked_sub(split.refunded)?.checked_sub(split.refund_held)?;
        let part = left.min(rest);
        if part == Money::ZERO {
            continue;
        }
        rest = rest.checked_sub(part)?;
        changed.push(order.id);
        let gone = Gone { dispute, attempt: means.attempt, reference: &event.gateway_reference, reason, note: &input.resolution };
        take(ctx, tx, by, &order, &split, part, gone).await?;
        if split.refunded.checked_add(part)? == split.amount {
            end_unsent(ctx, tx, by, order).await?;
        }
    }
    let orders = amount.checked_sub(rest)?;
    if rest != Money::ZERO {
        if reason == RefundReason::ByGateway {
            return Err(Conflict::RefundTooMuch { left: orders }.into());
        }
        let clearing = Account::at_gateway(AccountKind::GatewayClearing, &event.gateway);
        let lost = Balanced::transfer(AccountKind::ChargebackLoss, clearing, rest)?;
        let about = (None, Some(payment.id));
        ledger::book(&**tx, ctx.now(), LedgerKind::Chargeback, &dispute.id.to_string(), about, &lost).await?;
    }
    Ok(Booked { orders, loss: rest, changed })
}

/// Money that is gone already, and why.
struct Gone<'a> {
    dispute: &'a dispute::Model,
    attempt: Attempt,
    /// The gateway's name of what it did.
    reference: &'a str,
    reason: RefundReason,
    note: &'a str,
}

/// Books a part of an order's money as owed and, in the same breath, as sent.
async fn take(
    ctx: &Ctx,
    tx: &Tx,
    by: &SignedIn,
    order: &order::Model,
    split: &payment_split::Model,
    amount: Money,
    gone: Gone<'_>,
) -> Result<()> {
    let new = NewRefund {
        id: new_id(),
        attempt: gone.attempt,
        order: Some(order.id),
        amount,
        reason: gone.reason,
        status: RefundStatus::Requested,
        cause: format!("dispute:{}:{}", gone.dispute.id, order.id),
        requested_by: Some(by.id),
        note: Some(gone.note.to_owned()),
        shipping: Money::ZERO,
        restock: false,
    };
    let id = new.id;
    if !insert_refund(ctx, tx, new).await? {
        return Err(Error::fault("dispute booked before it was resolved"));
    }
    hold_refund(tx, split, amount).await?;
    ledger::owe(ctx, tx, order, split.payment_id, amount, &id.to_string()).await?;
    if order.status == OrderStatus::Delivered {
        analytics::record_refund(tx, order, id).await?;
    }
    let row = refund::Entity::find_by_id(id).one(&**tx).await?.ok_or_else(|| Error::fault("refund vanished"))?;
    complete_refund(ctx, tx, &row, gone.reference, Some(by.id)).await.map(drop)
}

/// Nothing of its money is left: an order that was not sent stays at home.
async fn end_unsent(ctx: &Ctx, tx: &Tx, by: &SignedIn, order: order::Model) -> Result<()> {
    if !matches!(order.status, OrderStatus::Pending | OrderStatus::Processing) {
        return Ok(());
    }
    let (id, number) = (order.id, order.number.clone());
    let note = Some("dana ditarik kembali lewat gateway".to_owned());
    step(ctx, tx, order, Step { action: OrderAction::Cancel, party: Party::Desk, actor: Some(by.id), note }).await?;
    inventory::release(&**tx, ctx.now(), id, &number).await?;
    emit(&**tx, ctx.now(), Event::OrderCancelled { order: id }).await.map(drop)
}
