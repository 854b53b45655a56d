//! Finance decides on a request: exactly once, together with the books and the stock.

use super::query;
use crate::audit::{self, Deed};
use crate::db::{Tx, transact};
use crate::event::{Event, emit};
use crate::identity::SignedIn;
use crate::live::Signal;
use crate::payment::{check_interest, let_go_refund, lock_orders, lock_payment, note_refund};
use crate::{Actor, Ctx, Error, Result, analytics, inventory, ledger};
use domain::id::{OrderId, RefundId, UserId};
use domain::identity::Permission;
use domain::order::OrderStatus;
use domain::payment::RefundStatus;
use domain::refund::{RefundRejection, RefundView};
use domain::{Conflict, Noun};
use entity::{order, refund, refund_line};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, Set};
use serde_json::json;

/// The money goes back: it is owed from now on, and sent by the gateway or a person. Repeating one's
/// own approval changes nothing.
pub async fn approve(ctx: &Ctx, actor: &Actor, id: RefundId) -> Result<RefundView> {
    let by = actor.require(Permission::RefundApprove)?;
    let order = transact(ctx, |tx| async move {
        let Some((row, order)) = open(&tx, id, by).await? else { return Ok(None) };
        let (payment, amount) = (row.payment_id, row.amount);
        let before = json!({ "status": row.status, "amount": amount });
        let restock = row.restock;
        decided(ctx, &tx, row, RefundStatus::Requested, by.id, None).await?;
        ledger::owe(ctx, &tx, &order, payment, amount, &id.to_string()).await?;
        if order.status == OrderStatus::Delivered {
            analytics::record_refund(&tx, &order, id).await?;
        }
        if restock {
            put_back(ctx, &tx, &order, id, by.id).await?;
        }
        emit(&*tx, ctx.now(), Event::RefundRequested { refund: id }).await?;
        let after = json!({ "status": RefundStatus::Requested, "restock": restock });
        let deed = Deed { action: "refund.approve", subject: "refund", subject_id: id.to_string(), before, after };
        audit::record(ctx, &tx, by, deed).await?;
        Ok(Some(order.id))
    })
    .await?;
    announce(ctx, order);
    query::find(ctx, actor, id).await
}

/// Nothing goes back.
pub async fn reject(ctx: &Ctx, actor: &Actor, id: RefundId, input: RefundRejection) -> Result<RefundView> {
    let by = actor.require(Permission::RefundApprove)?;
    let reason = &input.check()?;
    let order = transact(ctx, |tx| async move {
        let Some((row, order)) = open(&tx, id, by).await? else { return Ok(None) };
        let (payment, amount) = (row.payment_id, row.amount);
        let before = json!({ "status": row.status, "amount": amount });
        decided(ctx, &tx, row, RefundStatus::Rejected, by.id, Some(reason.clone())).await?;
        let_go_refund(&tx, payment, order.id, amount).await?;
        let after = json!({ "status": RefundStatus::Rejected, "reason": reason });
        let deed = Deed { action: "refund.reject", subject: "refund", subject_id: id.to_string(), before, after };
        audit::record(ctx, &tx, by, deed).await?;
        Ok(Some(order.id))
    })
    .await?;
    announce(ctx, order);
    query::find(ctx, actor, id).await
}

/// The request with its order, both locked; `None` when the reader has decided on it before.
async fn open(tx: &Tx, id: RefundId, by: &SignedIn) -> Result<Option<(refund::Model, order::Model)>> {
    let missing = || domain::Error::NotFound(Noun::Refund);
    let row = refund::Entity::find_by_id(id).one(&**tx).await?.ok_or_else(missing)?;
    let payment = lock_payment(tx, row.payment_id).await?;
    // Read again: another approver may have held the lock.
    let row = refund::Entity::find_by_id(id).one(&**tx).await?.ok_or_else(missing)?;
    if row.status != RefundStatus::Waiting {
        return if row.decided_by == Some(by.id) { Ok(None) } else { Err(Conflict::AlreadyDecided.into()) };
    }
    if row.requested_by == Some(by.id) {
        return Err(Conflict::OwnRequest.into());
    }
    check_interest(&**tx, by, &payment).await?;
    let order = lock_orders(tx, payment.id).await?.into_iter().find(|o| Some(o.id) == row.order_id);
    let order = order.ok_or_else(|| Error::fault("request without an order"))?;
    Ok(Some((row, order)))
}

async fn decided(ctx: &Ctx, tx: &Tx, row: refund::Model, status: RefundStatus, by: UserId, remark: Option<String>) -> Result<()> {
    let id = row.id;
    let mut row = row.into_active_model();
    row.status = Set(status);
    row.decided_by = Set(Some(by));
    row.decided_at = Set(Some(ctx.now()));
    row.updated_at = Set(ctx.now());
    row.update(&**tx).await?;
    note_refund(ctx, tx, id, status, Some(by), remark).await
}

/// The goods are on the shelf again: those still held are released, those sent came back.
async fn put_back(ctx: &Ctx, tx: &Tx, order: &order::Model, id: RefundId, by: UserId) -> Result<()> {
    let lines = refund_line::Entity::find().filter(refund_line::Column::RefundId.eq(id)).all(&**tx).await?;
    for line in lines {
        inventory::put_back(&**tx, ctx.now(), line.order_line_id, line.quantity, &order.number, by).await?;
    }
    Ok(())
}

fn announce(ctx: &Ctx, order: Option<OrderId>) {
    if let Some(order) = order {
        ctx.live.send(Signal::Order(order));
    }
}
