//! What gateways say of refunds they were asked for: in their answer, by a webhook, or asked again
//! because a webhook got lost or a person is about to send the money instead.

use super::apply::{self, Applied, announce, apply, record};
use super::attempt::{self, Means};
use super::reconcile::has_paid;
use super::refund::{note, sent_back};
use super::send_back::{WAITS, complete_refund, means_of, request_of};
use super::{is_refunded_by_hand, lock_payment};
use crate::db::{Tx, new_id, transact};
use crate::event::{Event, emit};
use crate::job::Tally;
use crate::live::Signal;
use crate::port::{FoundRefund, GatewayEvent, RefundState};
use crate::{Ctx, Error, Result};
use chrono::TimeDelta;
use domain::Money;
use domain::id::RefundId;
use domain::payment::{Attempt, PaymentEventKind, RefundStatus};
use entity::refund::{self, Column as C};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select};

/// Younger ones are given the time to be reported.
const PATIENCE: TimeDelta = TimeDelta::minutes(1);
/// A refund the gateway has taken on and does not know of after this long is finance's.
const UNKNOWN: TimeDelta = TimeDelta::days(1);
const BATCH: u64 = 200;

/// Writes what a gateway says of a refund. Answers whether it was news.
pub(super) async fn write_state(ctx: &Ctx, tx: &Tx, row: &refund::Model, state: &RefundState) -> Result<bool> {
    let is_news = step_to(ctx, tx, row, state).await?;
    if is_news && row.status == RefundStatus::Sending {
        ask_again(ctx, tx, Attempt { payment: row.payment_id, number: row.attempt }).await?;
    }
    Ok(is_news)
}

async fn step_to(ctx: &Ctx, tx: &Tx, row: &refund::Model, state: &RefundState) -> Result<bool> {
    lock_payment(tx, row.payment_id).await?;
    match state {
        RefundState::Done(reference) => complete_refund(ctx, tx, row, reference, None).await,
        RefundState::Pending(reference) => {
            // Also one that a person was about to send: the gateway has it after all.
            let taken = refund::Entity::update_many()
                .col_expr(C::GatewayReference, Expr::value(reference))
                .col_expr(C::IsByHand, Expr::value(false))
                .filter(C::Status.is_in([RefundStatus::Requested, RefundStatus::Failed]));
            step(ctx, tx, row.id, taken, RefundStatus::Sending, reference).await
        }
        RefundState::Failed(why) => {
            let failed = refund::Entity::update_many()
                .col_expr(C::LastError, Expr::value(why))
                .filter(C::Status.is_in([RefundStatus::Requested, RefundStatus::Sending]))
                .filter(C::IsByHand.eq(false));
            let is_news = step(ctx, tx, row.id, failed, RefundStatus::Failed, why).await?;
            if is_news {
                crate::refund::look_again(ctx, tx, row).await?;
            }
            Ok(is_news)
        }
        RefundState::Busy => Ok(false),
    }
}

/// Refunds of an attempt that had to wait (for another one, for a card to settle) may have been waiting
/// for days, longer than an event is tried.
pub(super) async fn ask_again(ctx: &Ctx, tx: &Tx, attempt: Attempt) -> Result<()> {
    for row in waiting(attempt).order_by_asc(C::Id).all(&**tx).await? {
        emit(&**tx, ctx.now(), Event::RefundRequested { refund: row.id }).await?;
    }
    Ok(())
}

/// The same for who has asked the gateway: nothing is written when none waits.
pub(super) async fn ask_again_if_any(ctx: &Ctx, attempt: Attempt) -> Result<()> {
    if waiting(attempt).count(&ctx.db).await? == 0 {
        return Ok(());
    }
    transact(ctx, |tx| async move { ask_again(ctx, &tx, attempt).await }).await
}

fn waiting(attempt: Attempt) -> Select<refund::Entity> {
    refund::Entity::find()
        .filter(C::PaymentId.eq(attempt.payment))
        .filter(C::Attempt.eq(attempt.number))
        .filter(C::Status.eq(RefundStatus::Requested))
        .filter(C::IsByHand.eq(false))
        .filter(C::LastError.eq(WAITS))
}

async fn step(
    ctx: &Ctx,
    tx: &Tx,
    id: RefundId,
    change: sea_orm::UpdateMany<refund::Entity>,
    to: RefundStatus,
    remark: &str,
) -> Result<bool> {
    let change = change.col_expr(C::Status, Expr::value(to)).col_expr(C::UpdatedAt, Expr::value(ctx.now()));
    if change.filter(C::Id.eq(id)).exec(&**tx).await?.rows_affected == 0 {
        return Ok(false);
    }
    note(ctx, tx, id, to, None, Some(remark.to_owned())).await?;
    Ok(true)
}

/// What became of a gateway's report of a refund, for the record.
pub(super) enum Taken {
    Ours(String),
    /// A refund nobody here asked for, of a payment of ours: a fact about the payment.
    Fact(GatewayEvent, Applied),
    /// It is about none of our refunds.
    Stray(&'static str),
}

/// Applies what a gateway answers about a refund it has reported.
pub(super) async fn take_report(ctx: &Ctx, tx: &Tx, gateway: &str, found: &FoundRefund) -> Result<Taken> {
    let row = match found.refund {
        Some(id) => refund::Entity::find_by_id(id).one(&**tx).await?,
        None => None,
    };
    let Some(row) = row else { return take_unasked(ctx, tx, gateway, found).await };
    let payment = lock_payment(tx, row.payment_id).await?;
    let means = attempt::means(&**tx, &payment, row.attempt).await?;
    let means = means.ok_or_else(|| Error::fault("refund of an attempt that never was"))?;
    let is_its_charge = found.charge.is_none() || found.charge == means.gateway_reference;
    if means.gateway != gateway || !is_its_charge || found.amount != row.amount {
        return Ok(Taken::Stray("another refund"));
    }
    // An earlier try at the gateway says nothing about the one under way.
    let is_old = row.gateway_reference.as_ref().is_some_and(|known| *known != found.reference);
    if is_old && !matches!(found.state, RefundState::Done(_)) {
        return Ok(Taken::Ours("nothing".into()));
    }
    let is_news = write_state(ctx, tx, &row, &found.state).await?;
    let now = refund::Entity::find_by_id(row.id).one(&**tx).await?.ok_or_else(|| Error::fault("refund vanished"))?;
    Ok(Taken::Ours(if is_news { format!("refund {}", now.status) } else { "nothing".to_owned() }))
}

/// Takes a refund that somebody made on the gateway's own pages: a person must look, once.
async fn take_unasked(ctx: &Ctx, tx: &Tx, gateway: &str, found: &FoundRefund) -> Result<Taken> {
    let attempt = match &found.charge {
        Some(charge) => attempt::charged(tx, gateway, charge).await?,
        None => None,
    };
    let Some(attempt) = attempt else { return Ok(Taken::Stray("unknown refund")) };
    if !matches!(found.state, RefundState::Done(_)) {
        return Ok(Taken::Ours("nothing".into()));
    }
    let payment = lock_payment(tx, attempt.payment).await?;
    let reference = found.reference.clone();
    let (kind, amount) = (PaymentEventKind::Refunded, found.amount);
    let event = GatewayEvent { attempt: Some(attempt), reference, kind, amount, refunds: vec![] };
    // Where nothing else goes back, this is all that went back so far, which ends orders when it is all.
    if has_paid(&payment) && sent_back(tx, attempt).await? == Money::ZERO {
        let applied = apply(ctx, tx, gateway, attempt, &event).await?;
        return Ok(Taken::Fact(event, applied));
    }
    let id = new_id();
    if !record(ctx, tx, id, payment.id, gateway, &event, "disputed").await? {
        return Ok(Taken::Ours("duplicate".into()));
    }
    crate::refund::open_dispute(ctx, tx, payment.id, id, &event).await?;
    Ok(Taken::Fact(event, Applied::nothing("disputed")))
}

/// Takes the refunds among those of a charge that somebody made on the gateway's own pages and no webhook
/// has reported. Answers whether there were any.
pub(super) async fn take_unasked_refunds(ctx: &Ctx, gateway: &str, found: &[FoundRefund]) -> Result<bool> {
    let mut is_news = false;
    for found in found.iter().filter(|f| f.refund.is_none()) {
        let taken = transact(ctx, |tx| async move { take_unasked(ctx, &tx, gateway, found).await }).await?;
        if let Taken::Fact(event, applied) = taken {
            is_news |= apply::is_news(&announce(ctx, &event, applied));
        }
    }
    Ok(is_news)
}

/// What the gateway knows of a refund; `None` when it knows none or cannot tell.
async fn ask(ctx: &Ctx, row: &refund::Model, means: Means) -> Result<Option<RefundState>> {
    let Some(gateway) = ctx.ports.gateways.get(&means.gateway) else { return Err(Error::port("gateway", "switched off")) };
    gateway.find_refund(&request_of(row, means)?).await
}

/// Asks about every refund a gateway has in hand, and counts those that ended; one that cannot be asked
/// about does not stop the others.
pub(super) async fn reconcile_refunds(ctx: &Ctx, ended: &mut Tally) -> Result<()> {
    let mut after: Option<RefundId> = None;
    loop {
        let mut rows = refund::Entity::find()
            .filter(C::Status.eq(RefundStatus::Sending))
            .filter(C::UpdatedAt.lte(ctx.now() - PATIENCE))
            .order_by_asc(C::Id)
            .limit(BATCH);
        if let Some(after) = after {
            rows = rows.filter(C::Id.gt(after));
        }
        let rows = rows.all(&ctx.db).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = Some(last.id);
        for row in rows {
            let looked = look(ctx, &row).await;
            ended.count(row.id, &looked);
            if let Err(error) = looked {
                tracing::warn!(refund = %row.id, cause = %error, "gateway could not be asked about a refund");
            }
        }
    }
}

async fn look(ctx: &Ctx, row: &refund::Model) -> Result<bool> {
    let state = match ask(ctx, row, means_of(ctx, row).await?).await? {
        Some(state) => state,
        None if row.updated_at > ctx.now() - UNKNOWN => return Ok(false),
        None => RefundState::Failed("the gateway does not know it".into()),
    };
    write(ctx, row, &state).await
}

async fn write(ctx: &Ctx, row: &refund::Model, state: &RefundState) -> Result<bool> {
    let is_news = transact(ctx, |tx| async move { write_state(ctx, &tx, row, state).await }).await?;
    if is_news {
        ctx.live.send(Signal::Payment(row.payment_id));
    }
    Ok(is_news)
}

/// Whether the gateway has a refund after all that a person is about to send; then it is written
/// down. A gateway that cannot tell does not stop the person, who has looked at its pages.
pub(crate) async fn is_at_gateway(ctx: &Ctx, row: &refund::Model) -> Result<bool> {
    let means = means_of(ctx, row).await?;
    if is_refunded_by_hand(ctx, &means.gateway, &means.method) {
        return Ok(false);
    }
    match ask(ctx, row, means).await {
        Ok(Some(state @ (RefundState::Done(_) | RefundState::Pending(_)))) => {
            write(ctx, row, &state).await?;
            Ok(true)
        }
        Ok(_) => Ok(false),
        Err(error) => {
            tracing::warn!(refund = %row.id, cause = %error, "gateway could not be asked before a refund is sent by hand");
            Ok(false)
        }
    }
}
