//! Money that goes back: requested in the transaction that causes it, carried out at the gateway
//! outside of any transaction.

use super::{clearing, is_refunded_by_hand, lock_payment};
use crate::db::{Tx, new_id, transact};
use crate::event::{Event, emit};
use crate::port::RefundRequest;
use crate::{Ctx, Error, Result, ledger};
use domain::Money;
use domain::id::{OrderId, RefundId};
use domain::ledger::{AccountKind, Balanced, LedgerKind};
use domain::payment::{PaymentEventKind, PaymentStatus, RefundReason, RefundStatus};
use entity::{order, payment, payment_event, payment_split, refund};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, Set};

/// The share of a paid order that ended must go back.
pub(crate) async fn request_order_refund(
    ctx: &Ctx,
    tx: &Tx,
    order: &order::Model,
    split: &payment_split::Model,
    reason: RefundReason,
) -> Result<()> {
    let amount = split.amount.checked_sub(split.refunded)?;
    ledger::owe(ctx, tx, order, split.payment_id, amount, &order.id.to_string()).await?;
    let cause = format!("order:{}", order.id);
    request(ctx, tx, split.payment_id, Some(order.id), amount, reason, cause).await
}

/// Money nobody waits for (late, double, wrong amount): clearing → refund payable.
pub(super) async fn request_unexpected(
    ctx: &Ctx,
    tx: &Tx,
    payment: &payment::Model,
    event: uuid::Uuid,
    amount: Money,
    reason: RefundReason,
) -> Result<()> {
    let owed = Balanced::transfer(clearing(payment), AccountKind::RefundPayable, amount)?;
    let about = (None, Some(payment.id));
    ledger::book(&**tx, ctx.now(), LedgerKind::UnexpectedMoney, &event.to_string(), about, &owed).await?;
    request(ctx, tx, payment.id, None, amount, reason, format!("event:{event}")).await
}

async fn request(
    ctx: &Ctx,
    tx: &Tx,
    payment: domain::id::PaymentId,
    order: Option<OrderId>,
    amount: Money,
    reason: RefundReason,
    cause: String,
) -> Result<()> {
    let now = ctx.now();
    let id: RefundId = new_id();
    let row = refund::ActiveModel {
        id: Set(id),
        payment_id: Set(payment),
        order_id: Set(order),
        amount: Set(amount),
        reason: Set(reason),
        status: Set(RefundStatus::Requested),
        gateway_reference: Set(None),
        cause: Set(cause),
        attempts: Set(0),
        last_error: Set(None),
        created_at: Set(now),
        updated_at: Set(now),
    };
    let inserted = refund::Entity::insert(row)
        .on_conflict(OnConflict::column(refund::Column::Cause).do_nothing().to_owned())
        .exec_without_returning(&**tx)
        .await?;
    if inserted == 1 {
        emit(&**tx, now, Event::RefundRequested { refund: id }).await?;
    }
    Ok(())
}

/// Carries out a requested refund; safe to repeat, the gateway knows our refund id. An error is
/// recorded and returned, for the job to try again.
pub async fn execute_refund(ctx: &Ctx, id: RefundId) -> Result<()> {
    let missing = || Error::fault(format!("refund {id} does not exist"));
    let row = refund::Entity::find_by_id(id).one(&ctx.db).await?.ok_or_else(missing)?;
    if row.status != RefundStatus::Requested {
        return Ok(());
    }
    let payment = payment::Entity::find_by_id(row.payment_id).one(&ctx.db).await?.ok_or_else(missing)?;
    // No gateway can send it back: finance does, and says so.
    if is_refunded_by_hand(ctx, &payment) {
        return Ok(());
    }
    match ask_gateway(ctx, &row, &payment).await {
        Ok(reference) => {
            let (row, reference) = (&row, &reference);
            transact(ctx, |tx| async move { complete_refund(ctx, &tx, row, reference).await.map(drop) }).await
        }
        Err(error) => {
            refund::Entity::update_many()
                .col_expr(refund::Column::Attempts, Expr::col(refund::Column::Attempts).add(1))
                .col_expr(refund::Column::LastError, Expr::value(error.to_string()))
                .filter(refund::Column::Id.eq(id))
                .exec(&ctx.db)
                .await?;
            Err(error)
        }
    }
}

async fn ask_gateway(ctx: &Ctx, row: &refund::Model, payment: &payment::Model) -> Result<String> {
    let gateway = ctx.ports.gateways.get(&payment.gateway).ok_or_else(|| Error::port("gateway", "switched off"))?;
    let reference = payment.gateway_reference.clone().ok_or_else(|| Error::fault("refund of a payment never charged"))?;
    gateway
        .refund(RefundRequest {
            refund: row.id,
            payment: payment.id,
            reference,
            amount: row.amount,
            reason: row.reason.to_string(),
        })
        .await
}

/// Books a refund that was carried out; `false` when that was done before.
pub(crate) async fn complete_refund(ctx: &Ctx, tx: &Tx, row: &refund::Model, reference: &str) -> Result<bool> {
    let now = ctx.now();
    let payment = lock_payment(tx, row.payment_id).await?;
    let done = refund::Entity::update_many()
        .col_expr(refund::Column::Status, Expr::value(RefundStatus::Succeeded))
        .col_expr(refund::Column::GatewayReference, Expr::value(reference))
        .col_expr(refund::Column::UpdatedAt, Expr::value(now))
        .filter(refund::Column::Id.eq(row.id))
        .filter(refund::Column::Status.eq(RefundStatus::Requested))
        .exec(&**tx)
        .await?;
    // Another worker has completed it.
    if done.rows_affected == 0 {
        return Ok(false);
    }
    let paid = Balanced::transfer(AccountKind::RefundPayable, clearing(&payment), row.amount)?;
    let about = (row.order_id, Some(row.payment_id));
    ledger::book(&**tx, now, LedgerKind::RefundPaid, &row.id.to_string(), about, &paid).await?;
    let event = payment_event::ActiveModel {
        id: Set(new_id()),
        payment_id: Set(row.payment_id),
        gateway: Set(payment.gateway.clone()),
        gateway_reference: Set(reference.to_owned()),
        kind: Set(PaymentEventKind::Refunded),
        amount: Set(row.amount),
        outcome: Set(row.reason.to_string()),
        created_at: Set(now),
    };
    payment_event::Entity::insert(event).exec_without_returning(&**tx).await?;
    if let Some(order) = row.order_id {
        lower_split(tx, payment, order, row.amount).await?;
    }
    emit(&**tx, now, Event::RefundSucceeded { refund: row.id }).await?;
    Ok(true)
}

/// Counts the refund against the order's share and derives the payment's status from the shares.
async fn lower_split(tx: &Tx, payment: payment::Model, order: OrderId, amount: Money) -> Result<()> {
    use payment_split::Column as C;
    let rows = payment_split::Entity::update_many()
        .col_expr(C::Refunded, Expr::col(C::Refunded).add(amount.0))
        .filter(C::PaymentId.eq(payment.id))
        .filter(C::OrderId.eq(order))
        .exec(&**tx)
        .await?;
    if rows.rows_affected != 1 {
        return Err(Error::fault("refund of an order outside its payment"));
    }
    let splits = payment_split::Entity::find().filter(C::PaymentId.eq(payment.id)).all(&**tx).await?;
    let whole = splits.iter().all(|s| s.refunded == s.amount);
    let mut row = payment.into_active_model();
    row.status = Set(if whole { PaymentStatus::Refunded } else { PaymentStatus::PartiallyRefunded });
    row.update(&**tx).await?;
    Ok(())
}
