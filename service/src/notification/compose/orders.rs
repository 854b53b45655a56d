//! Letters about orders, to their buyer and their seller.

use super::{owner, person};
use crate::notification::letter::Letter;
use crate::notification::value::Value;
use crate::{Ctx, Error, Result};
use domain::id::{GroupId, OrderId, PaymentId, StoreId};
use domain::letter::LetterKind;
use domain::order::OrderStatus;
use domain::payment::{COD, PaymentStatus};
use entity::{order, order_line, payment, refund, review, store};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};

/// Not to whom has paid, or whose payment has ended since.
pub(super) async fn placed(ctx: &Ctx, group: GroupId) -> Result<Vec<Letter>> {
    let payment = payment::Entity::find().filter(payment::Column::GroupId.eq(group)).one(&ctx.db).await?;
    let payment = payment.ok_or_else(|| Error::fault("checkout without payment"))?;
    let orders =
        order::Entity::find().filter(order::Column::GroupId.eq(group)).order_by_asc(order::Column::Id).all(&ctx.db).await?;
    let rows = orders.into_iter().map(|o| (format!("{} – {}", o.number, o.first_item), Value::Money(o.total)));
    let buyer = person(ctx, payment.buyer_id).await?;
    if payment.gateway == COD {
        let letter = Letter::new(ctx, LetterKind::CodPlaced, buyer, "/orders").rows(rows);
        return Ok(vec![letter.with("total", payment.amount).row("total_payment", payment.amount)]);
    }
    if payment.status != PaymentStatus::Pending {
        return Ok(vec![]);
    }
    let letter = Letter::new(ctx, LetterKind::OrderPlaced, buyer, &format!("/pay/{}", payment.id))
        .rows(rows)
        .with("total", payment.amount)
        .row("total_payment", payment.amount)
        .with_row("pay_before", payment.expires_at);
    Ok(vec![letter])
}

/// Not to whom has paid, or whose payment has ended since.
pub(super) async fn payment_due(ctx: &Ctx, id: PaymentId) -> Result<Vec<Letter>> {
    let payment = payment::Entity::find_by_id(id).one(&ctx.db).await?.ok_or_else(|| Error::fault("payment vanished"))?;
    if payment.status != PaymentStatus::Pending {
        return Ok(vec![]);
    }
    let sum = payment.transfer_amount.unwrap_or(payment.amount);
    let letter = Letter::new(ctx, LetterKind::PaymentDue, person(ctx, payment.buyer_id).await?, &format!("/pay/{id}"));
    Ok(vec![letter.with("total", sum).row("total_payment", sum).with_row("pay_before", payment.expires_at)])
}

/// Not to whom has confirmed it since.
pub(super) async fn completion_due(ctx: &Ctx, id: OrderId) -> Result<Vec<Letter>> {
    let order = find(ctx, id).await?;
    if order.status != OrderStatus::Shipped {
        return Ok(vec![]);
    }
    let letter = to_buyer(ctx, LetterKind::CompletionDue, &order).await?;
    Ok(vec![letter.row("order", &order.number).row("tracking_number", order.tracking_number.clone())])
}

/// Nobody is asked to send what was cancelled since.
pub(super) async fn cod_placed(ctx: &Ctx, id: OrderId) -> Result<Vec<Letter>> {
    let order = find(ctx, id).await?;
    if order.status == OrderStatus::Cancelled {
        return Ok(vec![]);
    }
    let letter = to_seller(ctx, LetterKind::NewCodOrder, &order).await?.with("buyer", &order.buyer_name);
    Ok(vec![with_lines(letter, &order, &lines(ctx, id).await?)])
}

/// The buyer's money is here whatever became of the order; the seller is not asked to send what was
/// cancelled since.
pub(super) async fn paid(ctx: &Ctx, id: OrderId) -> Result<Vec<Letter>> {
    let order = find(ctx, id).await?;
    let lines = lines(ctx, id).await?;
    let received = to_buyer(ctx, LetterKind::PaymentReceived, &order).await?;
    let mut letters = vec![with_lines(received, &order, &lines)];
    if order.status != OrderStatus::Cancelled {
        let new = to_seller(ctx, LetterKind::NewOrder, &order).await?.with("buyer", &order.buyer_name);
        letters.push(with_lines(new, &order, &lines));
    }
    Ok(letters)
}

pub(super) async fn accepted(ctx: &Ctx, id: OrderId) -> Result<Vec<Letter>> {
    let order = find(ctx, id).await?;
    let letter = to_buyer(ctx, LetterKind::OrderAccepted, &order).await?.with("store", store_name(ctx, order.store_id).await?);
    Ok(vec![with_lines(letter, &order, &lines(ctx, id).await?)])
}

pub(super) async fn shipped(ctx: &Ctx, id: OrderId) -> Result<Vec<Letter>> {
    let order = find(ctx, id).await?;
    let letter = to_buyer(ctx, LetterKind::OrderShipped, &order)
        .await?
        .with_row("courier", &order.courier)
        .with_row("tracking_number", order.tracking_number.clone())
        .row("order", &order.number);
    Ok(vec![letter])
}

pub(super) async fn delivered(ctx: &Ctx, id: OrderId) -> Result<Vec<Letter>> {
    let order = find(ctx, id).await?;
    let letter = to_buyer(ctx, LetterKind::OrderDelivered, &order).await?.with("store", store_name(ctx, order.store_id).await?);
    Ok(vec![with_lines(letter, &order, &lines(ctx, id).await?)])
}

/// Nobody is asked about what they have reviewed already.
pub(super) async fn review_invited(ctx: &Ctx, id: OrderId) -> Result<Vec<Letter>> {
    let order = find(ctx, id).await?;
    let lines = lines(ctx, id).await?;
    let reviewed =
        review::Entity::find().filter(review::Column::OrderLineId.is_in(lines.iter().map(|l| l.id))).count(&ctx.db).await?;
    if reviewed > 0 {
        return Ok(vec![]);
    }
    let letter = to_buyer(ctx, LetterKind::ReviewInvitation, &order)
        .await?
        .with("product", &order.first_item)
        .with("store", store_name(ctx, order.store_id).await?);
    Ok(vec![letter])
}

/// The seller hears of it when they had heard of the order: when it was paid, or is to be at the door.
pub(super) async fn cancelled(ctx: &Ctx, id: OrderId) -> Result<Vec<Letter>> {
    let order = find(ctx, id).await?;
    let was_paid = refund::Entity::find().filter(refund::Column::OrderId.eq(id)).one(&ctx.db).await?.is_some();
    let money = Value::Phrase(if was_paid { "refund_comes" } else { "nothing_charged" });
    let mut letters = vec![to_buyer(ctx, LetterKind::OrderCancelled, &order).await?.with("money", money)];
    let (payment, _) = crate::payment::of_order(&ctx.db, id).await?;
    if was_paid || payment.gateway == COD {
        letters.push(to_seller(ctx, LetterKind::SaleCancelled, &order).await?);
    }
    Ok(letters)
}

async fn find(ctx: &Ctx, id: OrderId) -> Result<order::Model> {
    order::Entity::find_by_id(id).one(&ctx.db).await?.ok_or_else(|| Error::fault("order vanished"))
}

async fn to_buyer(ctx: &Ctx, kind: LetterKind, order: &order::Model) -> Result<Letter> {
    let buyer = person(ctx, order.buyer_id).await?;
    Ok(Letter::new(ctx, kind, buyer, &format!("/orders/{}", order.number)).with("order", &order.number))
}

async fn to_seller(ctx: &Ctx, kind: LetterKind, order: &order::Model) -> Result<Letter> {
    let owner = owner(ctx, order.store_id).await?;
    Ok(Letter::new(ctx, kind, owner, &format!("/seller/orders/{}", order.number)).with("order", &order.number))
}

async fn store_name(ctx: &Ctx, id: StoreId) -> Result<String> {
    let store = store::Entity::find_by_id(id).one(&ctx.db).await?;
    Ok(store.ok_or_else(|| Error::fault("store vanished"))?.name)
}

async fn lines(ctx: &Ctx, order: OrderId) -> Result<Vec<order_line::Model>> {
    let lines = order_line::Entity::find().filter(order_line::Column::OrderId.eq(order));
    Ok(lines.order_by_asc(order_line::Column::Position).all(&ctx.db).await?)
}

/// A row for each line, shipping and the total.
fn with_lines(letter: Letter, order: &order::Model, lines: &[order_line::Model]) -> Letter {
    let goods = lines.iter().map(|l| (format!("{} × {}", l.quantity, l.product_name), Value::Money(l.line_total)));
    letter.rows(goods).with("courier", &order.courier).row("shipping", order.shipping_cost).with_row("total", order.total)
}
