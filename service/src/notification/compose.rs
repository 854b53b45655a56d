//! Which letters an event makes us write, and their values. The words are in `service/letters`.

mod orders;
mod payouts;
mod staff;

use super::letter::{Letter, Reader};
use super::value::Value;
use super::{report, security};
use crate::event::Event;
use crate::{Ctx, Error, Result};
use domain::desk::ProofStatus;
use domain::id::{EventId, PaymentId, RefundId, StoreId, UserId, VariantId, WarehouseId};
use domain::letter::LetterKind;
use domain::order::SystemNote;
use domain::payment::{PaymentStatus, RefundReason};
use entity::{order, payment, refund, stock_level, store, user, variant};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

pub(super) async fn letters(ctx: &Ctx, id: EventId, event: &Event) -> Result<Vec<Letter>> {
    match event {
        Event::UserRegistered { user } => welcome(ctx, *user).await,
        Event::CheckoutPlaced { group } => orders::placed(ctx, *group).await,
        Event::PaymentDue { payment } => orders::payment_due(ctx, *payment).await,
        Event::CompletionDue { order } => orders::completion_due(ctx, *order).await,
        Event::CodPlaced { order } => orders::cod_placed(ctx, *order).await,
        Event::OrderPaid { order } => orders::paid(ctx, *order).await,
        Event::OrderAccepted { order } => orders::accepted(ctx, *order).await,
        Event::OrderShipped { order } => orders::shipped(ctx, *order).await,
        Event::OrderDelivered { order } => orders::delivered(ctx, *order).await,
        Event::OrderCancelled { order } => orders::cancelled(ctx, *order).await,
        Event::ReviewInvited { order } => orders::review_invited(ctx, *order).await,
        Event::RefundSucceeded { refund } => refunded(ctx, *refund).await,
        Event::ProofRejected { payment } => proof_rejected(ctx, *payment).await,
        Event::PayoutClosed { payout } => payouts::closed(ctx, *payout).await,
        Event::PayoutAccountChanged { store } => payouts::account_changed(ctx, *store).await,
        Event::StockLow { variant, warehouse } => stock_low(ctx, *variant, *warehouse).await,
        Event::WeeklyReportDue { store, at } => report::letter(&ctx.at(*at), *store).await,
        Event::BooksWrong { day } => staff::books_wrong(ctx, *day).await,
        Event::EmailVerificationRequested { .. }
        | Event::PasswordResetRequested { .. }
        | Event::RegistrationRepeated { .. }
        | Event::PasswordChanged { .. }
        | Event::TwoFactorChanged { .. } => security::letters(ctx, id, event).await,
        Event::ChargeEnded { .. }
        | Event::RefundRequested { .. }
        | Event::ReviewWritten { .. }
        | Event::StoreChanged { .. }
        | Event::JobRequested { .. } => Ok(vec![]),
    }
}

async fn welcome(ctx: &Ctx, id: UserId) -> Result<Vec<Letter>> {
    Ok(vec![Letter::new(ctx, LetterKind::Welcome, person(ctx, id).await?, "/")])
}

async fn refunded(ctx: &Ctx, id: RefundId) -> Result<Vec<Letter>> {
    let row = refund::Entity::find_by_id(id).one(&ctx.db).await?.ok_or_else(|| Error::fault("refund vanished"))?;
    // We sent nothing: the buyer's bank took it.
    if row.reason == RefundReason::Chargeback {
        return Ok(vec![]);
    }
    let payment = payment::Entity::find_by_id(row.payment_id).one(&ctx.db).await?;
    let payment = payment.ok_or_else(|| Error::fault("refund without payment"))?;
    let buyer = person(ctx, payment.buyer_id).await?;
    let letter = Letter::new(ctx, LetterKind::RefundSent, buyer, "/orders");
    let order = match row.order_id {
        Some(id) => order::Entity::find_by_id(id).one(&ctx.db).await?,
        None => None,
    };
    let letter = match order {
        Some(order) => letter.row("order", order.number),
        None => letter,
    };
    Ok(vec![letter.with_row("amount", row.amount)])
}

async fn proof_rejected(ctx: &Ctx, id: PaymentId) -> Result<Vec<Letter>> {
    let payment = payment::Entity::find_by_id(id).one(&ctx.db).await?.ok_or_else(|| Error::fault("payment vanished"))?;
    let proof = crate::desk::latest_proof(ctx, &payment).await?.ok_or_else(|| Error::fault("proof vanished"))?;
    // A newer one is on its way already, or none is asked for any more.
    let is_open = payment.status == PaymentStatus::Pending && payment.expires_at > ctx.now();
    if proof.status != ProofStatus::Rejected || !is_open {
        return Ok(vec![]);
    }
    let buyer = person(ctx, payment.buyer_id).await?;
    // What a person wrote is theirs; ours is said in the buyer's language.
    let is_short = proof.reason.as_deref().and_then(SystemNote::read) == Some(SystemNote::ShortTransfer);
    let reason = if is_short { Value::Phrase("short_transfer") } else { proof.reason.into() };
    let letter = Letter::new(ctx, LetterKind::ProofRejected, buyer, &format!("/pay/{id}"))
        .with("reason", reason)
        .with_row("transfer_amount", payment.transfer_amount.unwrap_or(payment.amount))
        .with_row("pay_before", payment.expires_at);
    Ok(vec![letter])
}

/// Not when the shelf was filled since.
async fn stock_low(ctx: &Ctx, id: VariantId, warehouse: WarehouseId) -> Result<Vec<Letter>> {
    let Some(row) = variant::Entity::find_by_id(id).one(&ctx.db).await? else { return Ok(vec![]) };
    let level = stock_level::Entity::find().filter(stock_level::Column::VariantId.eq(id));
    let level = level.filter(stock_level::Column::WarehouseId.eq(warehouse)).one(&ctx.db).await?;
    if level.is_none_or(|level| level.on_hand - level.reserved > level.low_stock_threshold) {
        return Ok(vec![]);
    }
    let product = entity::product::Entity::find_by_id(row.product_id).one(&ctx.db).await?;
    let owner = owner(ctx, row.store_id).await?;
    let available = crate::catalog::goods::available(&ctx.db, &[id]).await?.get(&id).copied().unwrap_or(0);
    let letter = Letter::new(ctx, LetterKind::LowStock, owner, "/seller/inventory?low_stock=true")
        .with("product", product.map(|p| p.name))
        .with("available", available)
        .row("sku", row.sku);
    Ok(vec![letter])
}

pub(super) async fn person(ctx: &Ctx, id: UserId) -> Result<Reader> {
    let user = user::Entity::find_by_id(id).one(&ctx.db).await?;
    user.map(|user| Reader::from(&user)).ok_or_else(|| Error::fault("user vanished"))
}

pub(super) async fn owner(ctx: &Ctx, store: StoreId) -> Result<Reader> {
    let store = store::Entity::find_by_id(store).one(&ctx.db).await?.ok_or_else(|| Error::fault("store vanished"))?;
    person(ctx, store.owner_id).await
}
