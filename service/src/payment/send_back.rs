//! Refunds carried out: asked of the gateway outside of any transaction, and booked once.

use super::apply::record;
use super::attempt::{self, Means};
use super::refund::note;
use super::sent::write_state;
use super::{is_refunded_by_hand, lock_payment, sent_from};
use crate::db::{Tx, new_id, transact};
use crate::event::{Event, emit};
use crate::port::{GatewayEvent, RefundRequest, RefundState};
use crate::{Ctx, Error, Result, ledger};
use domain::Money;
use domain::id::{OrderId, RefundId, UserId};
use domain::ledger::{AccountKind, Balanced, LedgerKind};
use domain::payment::{Attempt, PaymentEventKind, PaymentStatus, RefundReason, RefundStatus};
use entity::{payment, payment_event, payment_split, refund};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, Set};

/// Tries at the gateway before finance is asked to look: with the outbox' pauses about 18 minutes.
pub(crate) const MAX_TRIES: i32 = 8;

/// Stands for what a gateway says: its words are for the log, not for a screen.
const NOT_SENT: &str = "not_sent";

/// Stands for money that cannot move yet: another refund of it is under way, or its card has not settled.
pub(super) const WAITS: &str = "waits";

/// How the money of a refund came.
pub(crate) async fn means_of(ctx: &Ctx, row: &refund::Model) -> Result<Means> {
    let payment = payment::Entity::find_by_id(row.payment_id).one(&ctx.db).await?;
    let payment = payment.ok_or_else(|| Error::fault("refund without payment"))?;
    let means = attempt::means(&ctx.db, &payment, row.attempt).await?;
    means.ok_or_else(|| Error::fault("refund of an attempt that never was"))
}

/// Carries out an approved refund; safe to repeat, the gateway knows our refund id. That it failed is
/// recorded, why is logged and returned, for the job to try again; the last time leaves the refund to
/// finance, as does a refusal that is final. Waiting for another refund of the same charge counts as no
/// try.
pub async fn execute_refund(ctx: &Ctx, id: RefundId) -> Result<()> {
    let missing = || Error::fault(format!("refund {id} does not exist"));
    let row = refund::Entity::find_by_id(id).one(&ctx.db).await?.ok_or_else(missing)?;
    if row.status != RefundStatus::Requested {
        return Ok(());
    }
    let means = means_of(ctx, &row).await?;
    // No gateway can send it back: finance does, and says so.
    if row.is_by_hand || is_refunded_by_hand(ctx, &means.gateway, &means.method) {
        return Ok(());
    }
    match ask_gateway(ctx, &row, means).await {
        Ok(RefundState::Busy) => wait(ctx, &row).await,
        Ok(state) => {
            let (row, state) = (&row, &state);
            transact(ctx, |tx| async move { write_state(ctx, &tx, row, state).await.map(drop) }).await
        }
        Err(error) => record_failure(ctx, &row, error).await,
    }
}

/// Shown to finance, and returned for the job to ask again.
async fn wait(ctx: &Ctx, row: &refund::Model) -> Result<()> {
    refund::Entity::update_many()
        .col_expr(refund::Column::LastError, Expr::value(WAITS))
        .filter(refund::Column::Id.eq(row.id))
        .filter(refund::Column::Status.eq(RefundStatus::Requested))
        .exec(&ctx.db)
        .await?;
    Err(Error::port("gateway", "the money of this refund cannot move yet"))
}

async fn record_failure(ctx: &Ctx, row: &refund::Model, error: Error) -> Result<()> {
    let (id, is_last) = (row.id, row.attempts + 1 >= MAX_TRIES);
    tracing::warn!(refund = %id, attempt = row.attempts + 1, cause = %error, "the gateway did not send a refund");
    transact(ctx, |tx| async move {
        if is_last {
            lock_payment(&tx, row.payment_id).await?;
        }
        let status = if is_last { RefundStatus::Failed } else { RefundStatus::Requested };
        let noted = refund::Entity::update_many()
            .col_expr(refund::Column::Attempts, Expr::col(refund::Column::Attempts).add(1))
            .col_expr(refund::Column::LastError, Expr::value(NOT_SENT))
            .col_expr(refund::Column::Status, Expr::value(status))
            .filter(refund::Column::Id.eq(id))
            .filter(refund::Column::Status.eq(RefundStatus::Requested))
            .exec(&*tx)
            .await?;
        if is_last && noted.rows_affected == 1 {
            note(ctx, &tx, id, status, None, None).await?;
            crate::refund::look_again(ctx, &tx, row).await?;
        }
        Ok(())
    })
    .await?;
    // Nobody tries again by himself after the last time.
    if is_last { Ok(()) } else { Err(error) }
}

async fn ask_gateway(ctx: &Ctx, row: &refund::Model, means: Means) -> Result<RefundState> {
    let gateway = ctx.ports.gateways.get(&means.gateway).ok_or_else(|| Error::port("gateway", "switched off"))?;
    gateway.refund(request_of(row, means)?).await
}

pub(super) fn request_of(row: &refund::Model, means: Means) -> Result<RefundRequest> {
    let reference = means.gateway_reference.ok_or_else(|| Error::fault("refund of an attempt never charged"))?;
    let reason = row.reason.to_string();
    Ok(RefundRequest { refund: row.id, payment: row.payment_id, reference, amount: row.amount, reason })
}

/// Books a refund that was carried out, by a gateway or `by` a person; `false` when that was done
/// before, or it is not to be.
pub(crate) async fn complete_refund(
    ctx: &Ctx,
    tx: &Tx,
    row: &refund::Model,
    reference: &str,
    by: Option<UserId>,
) -> Result<bool> {
    let now = ctx.now();
    let payment = lock_payment(tx, row.payment_id).await?;
    // Before the lock it may have been lowered: a dispute has taken a part of it.
    let fresh = refund::Entity::find_by_id(row.id).one(&**tx).await?.ok_or_else(|| Error::fault("refund vanished"))?;
    let row = &refund::Model { is_by_hand: row.is_by_hand, ..fresh };
    // What the gateway has in hand a person does not send.
    let open: &[RefundStatus] = match by {
        Some(_) => &[RefundStatus::Requested, RefundStatus::Failed],
        None => &[RefundStatus::Requested, RefundStatus::Sending, RefundStatus::Failed],
    };
    let mut done = refund::Entity::update_many();
    if by.is_none() {
        done = done.col_expr(refund::Column::IsByHand, Expr::value(false));
    }
    let done = done
        .col_expr(refund::Column::Status, Expr::value(RefundStatus::Succeeded))
        .col_expr(refund::Column::GatewayReference, Expr::value(reference))
        .col_expr(refund::Column::UpdatedAt, Expr::value(now))
        .filter(refund::Column::Id.eq(row.id))
        .filter(refund::Column::Status.is_in(open.iter().copied()))
        .exec(&**tx)
        .await?;
    let means = attempt::means(&**tx, &payment, row.attempt).await?;
    let means = means.ok_or_else(|| Error::fault("refund of an attempt that never was"))?;
    if done.rows_affected == 0 {
        if by.is_none() {
            flag_sent_twice(ctx, tx, row, &means).await?;
        }
        return Ok(false);
    }
    // What a gateway has sent after all was not sent by the person who was about to.
    let from = sent_from(&means.gateway, row.is_by_hand && by.is_some());
    let paid = Balanced::transfer(AccountKind::RefundPayable, from, row.amount)?;
    let about = (row.order_id, Some(row.payment_id));
    let kind = if row.reason == RefundReason::Chargeback { LedgerKind::Chargeback } else { LedgerKind::RefundPaid };
    ledger::book(&**tx, now, kind, &row.id.to_string(), about, &paid).await?;
    let event = payment_event::ActiveModel {
        id: Set(new_id()),
        payment_id: Set(row.payment_id),
        gateway: Set(means.gateway),
        // Ours: the bank's reference of transfers made by hand may be the same for several.
        gateway_reference: Set(row.id.to_string()),
        kind: Set(PaymentEventKind::Refunded),
        amount: Set(row.amount),
        outcome: Set(row.reason.to_string()),
        created_at: Set(now),
    };
    payment_event::Entity::insert(event).exec_without_returning(&**tx).await?;
    note(ctx, tx, row.id, RefundStatus::Succeeded, by, Some(reference.to_owned())).await?;
    if let Some(order) = row.order_id {
        lower_split(tx, payment, order, row.amount).await?;
    }
    emit(&**tx, now, Event::RefundSucceeded { refund: row.id }).await?;
    Ok(true)
}

/// A gateway has sent what a person had sent before: finance must see to it. What another worker has
/// completed is no news.
async fn flag_sent_twice(ctx: &Ctx, tx: &Tx, row: &refund::Model, means: &Means) -> Result<()> {
    let now = refund::Entity::find_by_id(row.id).one(&**tx).await?;
    if !now.is_some_and(|r| r.status == RefundStatus::Succeeded && r.is_by_hand) {
        return Ok(());
    }
    let event = GatewayEvent {
        attempt: Some(Attempt { payment: row.payment_id, number: row.attempt }),
        // Beside the one that stands for the transfer by hand.
        reference: format!("{}-twice", row.id),
        kind: PaymentEventKind::Refunded,
        amount: row.amount,
        refunds: vec![],
    };
    let id = new_id();
    if record(ctx, tx, id, row.payment_id, &means.gateway, &event, "disputed").await? {
        crate::refund::open_dispute(ctx, tx, row.payment_id, id, &event).await?;
    }
    Ok(())
}

/// Counts the refund against the order's share and derives the payment's status from the shares.
async fn lower_split(tx: &Tx, payment: payment::Model, order: OrderId, amount: Money) -> Result<()> {
    use payment_split::Column as C;
    let rows = payment_split::Entity::update_many()
        .col_expr(C::Refunded, Expr::col(C::Refunded).add(amount.0))
        .col_expr(C::RefundHeld, Expr::col(C::RefundHeld).sub(amount.0))
        .filter(C::PaymentId.eq(payment.id))
        .filter(C::OrderId.eq(order))
        .exec(&**tx)
        .await?;
    if rows.rows_affected != 1 {
        return Err(Error::fault("refund of an order outside its payment"));
    }
    // Cash of the other orders may still be to come: the payment is not at its end.
    if payment.status == PaymentStatus::Pending {
        return Ok(());
    }
    let splits = payment_split::Entity::find().filter(C::PaymentId.eq(payment.id)).all(&**tx).await?;
    let whole = splits.iter().all(|s| s.refunded == s.amount);
    let mut row = payment.into_active_model();
    row.status = Set(if whole { PaymentStatus::Refunded } else { PaymentStatus::PartiallyRefunded });
    row.update(&**tx).await?;
    Ok(())
}
