//! Money that goes back: owed in the transaction that causes it, carried out at the gateway outside
//! of any transaction. Who asks for refunds and who decides is in [`crate::refund`].

use super::attempt::{self};
use super::{clearing, query};
use crate::db::{Tx, new_id};
use crate::event::{Event, emit};
use crate::{Ctx, Error, Result, ledger};
use domain::id::{OrderId, PaymentId, RefundId, UserId};
use domain::ledger::{AccountKind, Balanced, LedgerKind};
use domain::payment::{Attempt, RefundReason, RefundStatus};
use domain::{Conflict, Money};
use entity::{order, payment, payment_split, refund, refund_event};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, Set};

/// A refund about to be written.
pub(crate) struct NewRefund {
    pub id: RefundId,
    pub attempt: Attempt,
    pub order: Option<OrderId>,
    pub amount: Money,
    pub reason: RefundReason,
    pub status: RefundStatus,
    /// One refund per cause.
    pub cause: String,
    pub requested_by: Option<UserId>,
    pub note: Option<String>,
    pub shipping: Money,
    pub restock: bool,
}

impl NewRefund {
    /// Of the system: carried out without anybody's approval.
    fn by_system(attempt: Attempt, order: Option<OrderId>, amount: Money, reason: RefundReason, cause: String) -> Self {
        Self {
            id: new_id(),
            attempt,
            order,
            amount,
            reason,
            status: RefundStatus::Requested,
            cause,
            requested_by: None,
            note: None,
            shipping: Money::ZERO,
            restock: false,
        }
    }
}

/// The rest of a paid order that ended must go back. What still waits for approval is part of it.
pub(crate) async fn request_order_refund(
    ctx: &Ctx,
    tx: &Tx,
    order: &order::Model,
    payment: PaymentId,
    reason: RefundReason,
) -> Result<()> {
    drop_waiting(ctx, tx, order.id, "pesanan dibatalkan").await?;
    let missing = || Error::fault("split vanished");
    let split = payment_split::Entity::find_by_id((payment, order.id)).one(&**tx).await?.ok_or_else(missing)?;
    let amount = split.amount.checked_sub(split.refunded)?.checked_sub(split.refund_held)?;
    if amount == Money::ZERO {
        return Ok(());
    }
    let payment = payment::Entity::find_by_id(split.payment_id).one(&**tx).await?.ok_or_else(missing)?;
    let attempt = Attempt { payment: payment.id, number: payment.attempt };
    let new = NewRefund::by_system(attempt, Some(order.id), amount, reason, format!("order:{}", order.id));
    let id = new.id;
    if insert(ctx, tx, new).await? {
        hold(tx, &split, amount).await?;
        ledger::owe(ctx, tx, order, split.payment_id, amount, &id.to_string()).await?;
    }
    Ok(())
}

/// Requests nobody has decided on are part of what goes back anyway.
pub(crate) async fn drop_waiting(ctx: &Ctx, tx: &Tx, order: OrderId, why: &str) -> Result<()> {
    use refund::Column as C;
    let waiting = refund::Entity::find().filter(C::OrderId.eq(order)).filter(C::Status.eq(RefundStatus::Waiting));
    for row in waiting.all(&**tx).await? {
        let (id, payment, amount) = (row.id, row.payment_id, row.amount);
        let mut row = row.into_active_model();
        row.status = Set(RefundStatus::Rejected);
        row.updated_at = Set(ctx.now());
        row.update(&**tx).await?;
        let_go(tx, payment, order, amount).await?;
        note(ctx, tx, id, RefundStatus::Rejected, None, Some(why.to_owned())).await?;
    }
    Ok(())
}

/// What we have sent back of an attempt, or asked its gateway to.
pub(super) async fn sent_back(tx: &Tx, attempt: Attempt) -> Result<Money> {
    use refund::Column as C;
    let rows = refund::Entity::find()
        .filter(C::PaymentId.eq(attempt.payment))
        .filter(C::Attempt.eq(attempt.number))
        .filter(C::IsByHand.eq(false))
        .filter(C::Status.is_not_in([RefundStatus::Waiting, RefundStatus::Rejected]))
        .all(&**tx)
        .await?;
    Ok(Money::sum(rows.into_iter().map(|r| r.amount))?)
}

/// Money nobody waits for.
pub(super) struct Unexpected {
    /// How it came, and goes back.
    pub attempt: Attempt,
    /// What reported it.
    pub event: uuid::Uuid,
    pub amount: Money,
    pub reason: RefundReason,
}

/// Money nobody waits for (late, double, wrong amount): clearing → refund payable.
pub(super) async fn request_unexpected(ctx: &Ctx, tx: &Tx, unexpected: Unexpected) -> Result<()> {
    let Unexpected { attempt, event, amount, reason } = unexpected;
    let payment = payment::Entity::find_by_id(attempt.payment).one(&**tx).await?;
    let payment = payment.ok_or_else(|| Error::fault("money of a payment that never was"))?;
    let means = attempt::means(&**tx, &payment, attempt.number).await?;
    let means = means.ok_or_else(|| Error::fault("money of an attempt that never was"))?;
    let owed = Balanced::transfer(clearing(&means.gateway), AccountKind::RefundPayable, amount)?;
    let about = (None, Some(attempt.payment));
    ledger::book(&**tx, ctx.now(), LedgerKind::UnexpectedMoney, &event.to_string(), about, &owed).await?;
    insert(ctx, tx, NewRefund::by_system(attempt, None, amount, reason, format!("event:{event}"))).await?;
    Ok(())
}

/// Writes a refund with its history; `false` when its cause is known already.
pub(crate) async fn insert(ctx: &Ctx, tx: &Tx, new: NewRefund) -> Result<bool> {
    let now = ctx.now();
    let (id, status, by, remark) = (new.id, new.status, new.requested_by, new.note.clone());
    let is_by_hand = is_part_by_hand(ctx, tx, &new).await?;
    let row = refund::ActiveModel {
        id: Set(id),
        payment_id: Set(new.attempt.payment),
        order_id: Set(new.order),
        amount: Set(new.amount),
        reason: Set(new.reason),
        status: Set(status),
        gateway_reference: Set(None),
        cause: Set(new.cause),
        attempts: Set(0),
        last_error: Set(None),
        attempt: Set(new.attempt.number),
        requested_by: Set(by),
        note: Set(new.note),
        shipping: Set(new.shipping),
        restock: Set(new.restock),
        decided_by: Set(None),
        decided_at: Set(None),
        is_by_hand: Set(is_by_hand),
        evidence_key: Set(None),
        evidence_type: Set(None),
        settlement_line_id: Set(None),
        created_at: Set(now),
        updated_at: Set(now),
    };
    let inserted = refund::Entity::insert(row)
        .on_conflict(OnConflict::column(refund::Column::Cause).do_nothing().to_owned())
        .exec_without_returning(&**tx)
        .await?;
    if inserted == 0 {
        return Ok(false);
    }
    note(ctx, tx, id, status, by, remark).await?;
    if status == RefundStatus::Requested {
        emit(&**tx, now, Event::RefundRequested { refund: id }).await?;
    }
    Ok(true)
}

/// Whether it is a part of a payment whose channel sends back the whole only.
async fn is_part_by_hand(ctx: &Ctx, tx: &Tx, new: &NewRefund) -> Result<bool> {
    if new.order.is_none() {
        return Ok(false);
    }
    let payment = payment::Entity::find_by_id(new.attempt.payment).one(&**tx).await?;
    Ok(payment.is_some_and(|p| new.amount < p.amount && query::is_partly_refunded_by_hand(ctx, &p.method)))
}

/// Writes a line of a refund's history.
pub(crate) async fn note(
    ctx: &Ctx,
    tx: &Tx,
    id: RefundId,
    status: RefundStatus,
    actor: Option<UserId>,
    remark: Option<String>,
) -> Result<()> {
    let row = refund_event::ActiveModel {
        id: Set(new_id()),
        refund_id: Set(id),
        status: Set(status),
        actor_id: Set(actor),
        note: Set(remark),
        created_at: Set(ctx.now()),
    };
    refund_event::Entity::insert(row).exec_without_returning(&**tx).await?;
    Ok(())
}

/// Sets money of an order's share apart for a refund. Check and take are one statement: whatever is
/// asked for at the same time, it is never more than was paid.
pub(crate) async fn hold(tx: &Tx, split: &payment_split::Model, amount: Money) -> Result<()> {
    use payment_split::Column as C;
    let taken = Expr::col(C::Refunded).add(Expr::col(C::RefundHeld)).add(amount.0);
    let rows = payment_split::Entity::update_many()
        .col_expr(C::RefundHeld, Expr::col(C::RefundHeld).add(amount.0))
        .filter(C::PaymentId.eq(split.payment_id))
        .filter(C::OrderId.eq(split.order_id))
        .filter(taken.lte(Expr::col(C::Amount)))
        .exec(&**tx)
        .await?;
    if rows.rows_affected == 1 {
        return Ok(());
    }
    let now = payment_split::Entity::find_by_id((split.payment_id, split.order_id)).one(&**tx).await?;
    let left = now.map_or(0, |s| s.amount.0 - s.refunded.0 - s.refund_held.0);
    Err(Conflict::RefundTooMuch { left: Money(left) }.into())
}

/// Money that was set apart goes nowhere after all.
pub(crate) async fn let_go(tx: &Tx, payment: PaymentId, order: OrderId, amount: Money) -> Result<()> {
    use payment_split::Column as C;
    let rows = payment_split::Entity::update_many()
        .col_expr(C::RefundHeld, Expr::col(C::RefundHeld).sub(amount.0))
        .filter(C::PaymentId.eq(payment))
        .filter(C::OrderId.eq(order))
        .exec(&**tx)
        .await?;
    if rows.rows_affected == 1 { Ok(()) } else { Err(Error::fault("refund of an order outside its payment")) }
}
