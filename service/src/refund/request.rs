//! The store or the desk asks for a refund of a part of an order, line by line.

use super::query;
use crate::audit::{self, Deed};
use crate::db::{Tx, new_id, transact};
use crate::payment::{self, NewRefund, hold_refund, insert_refund, lock_orders, lock_payment};
use crate::{Actor, Ctx, Error, Result};
use domain::id::{OrderId, OrderLineId, RefundId, UserId};
use domain::identity::Permission;
use domain::order::{OrderStatus, Party};
use domain::payment::{Attempt, COD, PaymentStatus, RefundReason, RefundStatus};
use domain::refund::{RefundInput, RefundView};
use domain::{Conflict, FieldError, Money, Noun};
use entity::{order, order_line, payment as payments, refund, refund_line};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};
use serde_json::json;
use std::collections::BTreeMap;

/// By the seller, for an order of the store.
pub async fn request_as_seller(ctx: &Ctx, actor: &Actor, number: &str, input: RefundInput) -> Result<RefundView> {
    let store = actor.store(Permission::OrderFulfil)?;
    let row = order::Entity::find().filter(order::Column::Number.eq(number)).filter(order::Column::StoreId.eq(store));
    let row = row.one(&ctx.db).await?.ok_or(domain::Error::NotFound(Noun::Order))?;
    request(ctx, actor, row.id, (Party::Seller, actor.user()?.id), input).await
}

/// By the desk, for any order.
pub async fn request_as_desk(ctx: &Ctx, actor: &Actor, number: &str, input: RefundInput) -> Result<RefundView> {
    let agent = actor.require(Permission::DeskFulfil)?;
    let row = order::Entity::find().filter(order::Column::Number.eq(number)).one(&ctx.db).await?;
    let order = row.ok_or(domain::Error::NotFound(Noun::Order))?.id;
    let (payment, _) = payment::of_order(&ctx.db, order).await?;
    payment::check_interest(&ctx.db, agent, &payment).await?;
    request(ctx, actor, order, (Party::Desk, agent.id), input).await
}

async fn request(ctx: &Ctx, actor: &Actor, order: OrderId, by: (Party, UserId), input: RefundInput) -> Result<RefundView> {
    let input = &input.check()?;
    let id = transact(ctx, |tx| async move { write(ctx, &tx, order, by, input).await }).await?;
    query::view(ctx, actor, id).await
}

/// A line and what of it goes back.
struct Part {
    line: OrderLineId,
    quantity: i64,
    amount: Money,
}

async fn write(ctx: &Ctx, tx: &Tx, id: OrderId, by: (Party, UserId), input: &RefundInput) -> Result<RefundId> {
    let (party, by) = by;
    let (payment, _) = payment::of_order(&**tx, id).await?;
    let payment = lock_payment(tx, payment.id).await?;
    let order = lock_orders(tx, payment.id).await?.into_iter().find(|o| o.id == id);
    let order = order.ok_or_else(|| Error::fault("order outside its payment"))?;
    if !is_refundable(&payment, &order) {
        return Err(Conflict::NotRefundable.into());
    }
    let earlier = earlier(tx, id).await?;
    let parts = parts(tx, &order, input, &earlier).await?;
    let amount = Money::sum(parts.iter().map(|p| p.amount).chain([input.shipping]))?;
    if amount.0 <= 0 {
        return Err(domain::Error::invalid("lines", "required").into());
    }
    let (_, split) = payment::of_order(&**tx, id).await?;
    hold_refund(tx, &split, amount).await?;
    let is_whole = amount.checked_add(split.refunded)?.checked_add(split.refund_held)? == split.amount;
    if is_whole && matches!(order.status, OrderStatus::Pending | OrderStatus::Processing) {
        return Err(Conflict::CancelInstead.into());
    }
    let refund: RefundId = new_id();
    insert_refund(
        ctx,
        tx,
        NewRefund {
            id: refund,
            attempt: Attempt { payment: payment.id, number: payment.attempt },
            order: Some(id),
            amount,
            reason: RefundReason::OnRequest,
            status: RefundStatus::Waiting,
            cause: format!("request:{refund}"),
            requested_by: Some(by),
            note: Some(input.note.clone()),
            shipping: input.shipping,
            restock: input.restock && !parts.is_empty(),
        },
    )
    .await?;
    if !parts.is_empty() {
        let rows = parts.into_iter().map(|part| refund_line::ActiveModel {
            refund_id: Set(refund),
            order_line_id: Set(part.line),
            quantity: Set(part.quantity),
            amount: Set(part.amount),
        });
        refund_line::Entity::insert_many(rows).exec_without_returning(&**tx).await?;
    }
    if party == Party::Desk {
        let after = json!({ "order": order.number, "amount": amount, "note": input.note });
        let deed = Deed { action: "refund.request", subject: "refund", subject_id: refund.to_string(), before: json!({}), after };
        audit::record_for(ctx, tx, by, deed).await?;
    }
    Ok(refund)
}

/// Money is here for it: the payment was paid, or the cash was taken at the door.
fn is_refundable(payment: &payments::Model, order: &order::Model) -> bool {
    let is_here = match payment.gateway.as_str() {
        COD => order.status == OrderStatus::Delivered,
        _ => matches!(payment.status, PaymentStatus::Paid | PaymentStatus::PartiallyRefunded),
    };
    is_here && order.status.is_paid()
}

/// What was asked for before and not declined, by line, and of the shipping cost.
#[derive(Default)]
struct Earlier {
    lines: BTreeMap<OrderLineId, Before>,
    shipping: i64,
}

/// Of a line: money may go back for the same unit more than once, the unit comes back once.
#[derive(Clone, Copy, Default)]
struct Before {
    quantity: i64,
    put_back: i64,
    money: i64,
}

async fn earlier(tx: &Tx, order: OrderId) -> Result<Earlier> {
    let rows = refund::Entity::find()
        .filter(refund::Column::OrderId.eq(order))
        .filter(refund::Column::Status.ne(RefundStatus::Rejected))
        .all(&**tx)
        .await?;
    let lines = refund_line::Entity::find().filter(refund_line::Column::RefundId.is_in(rows.iter().map(|r| r.id)));
    let mut earlier = Earlier { shipping: rows.iter().map(|r| r.shipping.0).sum(), ..Earlier::default() };
    for line in lines.all(&**tx).await? {
        let is_put_back = rows.iter().any(|row| row.id == line.refund_id && row.restock);
        let sums = earlier.lines.entry(line.order_line_id).or_default();
        sums.quantity += line.quantity;
        sums.put_back += if is_put_back { line.quantity } else { 0 };
        sums.money += line.amount.0;
    }
    Ok(earlier)
}

/// What `wanted` of the units cost when `before` of them went back already: a difference of two
/// roundings, so that all of them together cost what was paid.
fn price(paid: Money, sold: i64, before: i64, wanted: i64) -> Result<Money> {
    let before = before.min(sold - wanted);
    let of = |quantity: i64| paid.proportion(quantity, sold);
    Ok(of(before.saturating_add(wanted))?.checked_sub(of(before)?)?)
}

/// Checks every line against what was sold and what went back already.
async fn parts(tx: &Tx, order: &order::Model, input: &RefundInput, earlier: &Earlier) -> Result<Vec<Part>> {
    let sold = order_line::Entity::find().filter(order_line::Column::OrderId.eq(order.id)).all(&**tx).await?;
    let sold: BTreeMap<_, _> = sold.into_iter().map(|l| (l.id, l)).collect();
    let (mut parts, mut errors) = (vec![], vec![]);
    for (index, wanted) in input.lines.iter().enumerate() {
        let field = |name: &str| format!("lines[{index}].{name}");
        let Some(line) = sold.get(&wanted.line_id) else {
            errors.push(FieldError::new(field("line_id"), "unknown_value"));
            continue;
        };
        let before = earlier.lines.get(&line.id).copied().unwrap_or_default();
        let paid = line.line_total.checked_add(order.tax_mode.on_top(line.tax))?;
        let money_left = paid.0 - before.money;
        let quantity_left = match (money_left, input.restock) {
            (0, _) => 0,
            (_, true) => line.quantity - before.put_back,
            (_, false) => line.quantity,
        };
        if wanted.quantity > quantity_left {
            errors.push(FieldError::new(field("quantity"), "too_large").limit(quantity_left));
            continue;
        }
        let amount = match wanted.amount {
            Some(amount) => amount,
            None => Money(price(paid, line.quantity, before.quantity, wanted.quantity)?.0.min(money_left)),
        };
        if amount.0 > money_left {
            errors.push(FieldError::new(field("amount"), "too_large").limit(money_left));
        }
        parts.push(Part { line: line.id, quantity: wanted.quantity, amount });
    }
    let shipping_left = order.shipping_cost.0 - earlier.shipping;
    if input.shipping.0 > shipping_left {
        errors.push(FieldError::new("shipping", "too_large").limit(shipping_left));
    }
    if errors.is_empty() { Ok(parts) } else { Err(domain::Error::Invalid(errors).into()) }
}
