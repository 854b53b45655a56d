//! Sending what was approved: by a person, or once more by the gateway.

use super::query;
use crate::audit::{self, Deed};
use crate::db::transact;
use crate::event::{Event, emit};
use crate::live::Signal;
use crate::payment::{
    self, MAX_TRIES, check_interest, complete_refund, is_at_gateway, is_refunded_by_hand, lock_payment, note_refund, refund_means,
};
use crate::{Actor, Ctx, Error, Result};
use domain::id::RefundId;
use domain::identity::Permission;
use domain::payment::RefundStatus;
use domain::refund::{RefundProof, RefundView};
use domain::{Conflict, Noun};
use entity::refund::{self, Column as C};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter};
use serde_json::json;

async fn row(ctx: &Ctx, id: RefundId) -> Result<refund::Model> {
    refund::Entity::find_by_id(id).one(&ctx.db).await?.ok_or_else(|| domain::Error::NotFound(Noun::Refund).into())
}

/// A refund was sent by bank transfer: it is booked and the buyer is told. Repeating it changes
/// nothing; a second transfer is a conflict, for money that left the bank is never passed over.
pub async fn complete(ctx: &Ctx, actor: &Actor, id: RefundId, input: RefundProof) -> Result<RefundView> {
    let by = actor.require(Permission::RefundApprove)?;
    let reference = &input.check()?;
    let row = row(ctx, id).await?;
    if matches!(row.status, RefundStatus::Waiting | RefundStatus::Rejected) {
        return Err(Conflict::NotRefundable.into());
    }
    let means = refund_means(ctx, &row).await?;
    if !row.is_by_hand && !is_refunded_by_hand(ctx, &means.gateway, &means.method) {
        return Err(Conflict::RefundByGateway.into());
    }
    // Asked until the last moment: what it has is not to be booked as sent by hand.
    if row.is_by_hand && row.status == RefundStatus::Requested && is_at_gateway(ctx, &row).await? {
        return Err(Conflict::RefundByGateway.into());
    }
    // Whoever was to send it, a person has: the money left our bank, not the gateway.
    let row = &refund::Model { is_by_hand: true, ..row };
    transact(ctx, |tx| async move {
        check_interest(&*tx, by, &lock_payment(&tx, row.payment_id).await?).await?;
        if complete_refund(ctx, &tx, row, reference, Some(by.id)).await? {
            let sent = refund::Entity::update_many().col_expr(C::IsByHand, Expr::value(true)).filter(C::Id.eq(id));
            sent.exec(&*tx).await?;
            let (before, after) = (json!({ "status": row.status }), json!({ "status": "succeeded", "reference": reference }));
            let deed = Deed { action: "refund.complete", subject: "refund", subject_id: id.to_string(), before, after };
            audit::record(ctx, &tx, by, deed).await?;
            return Ok(());
        }
        let now = refund::Entity::find_by_id(id).one(&*tx).await?.ok_or(domain::Error::NotFound(Noun::Refund))?;
        match (now.status, now.is_by_hand) {
            (RefundStatus::Succeeded, true) if now.gateway_reference.as_deref() == Some(reference) => Ok(()),
            (RefundStatus::Succeeded, true) => Err(Error::from(Conflict::AlreadyDecided)),
            // The gateway has taken it on meanwhile.
            _ => Err(Error::from(Conflict::RefundByGateway)),
        }
    })
    .await?;
    ctx.live.send(Signal::Payment(row.payment_id));
    query::find(ctx, actor, id).await
}

/// Asks the gateway once more, after it refused. What it says now is shown either way; one that was
/// given up is given up again when it refuses.
pub async fn retry(ctx: &Ctx, actor: &Actor, id: RefundId) -> Result<RefundView> {
    change(ctx, actor, id, "refund.retry", false).await?;
    if let Err(error) = payment::execute_refund(ctx, id).await {
        tracing::warn!(refund = %id, cause = %error, "gateway refused again");
    }
    query::find(ctx, actor, id).await
}

/// The gateway cannot or will not: finance sends it, unless it turns out that the gateway has it.
pub async fn by_hand(ctx: &Ctx, actor: &Actor, id: RefundId) -> Result<RefundView> {
    actor.require(Permission::RefundApprove)?;
    let row = row(ctx, id).await?;
    if row.status == RefundStatus::Failed && !row.is_by_hand && is_at_gateway(ctx, &row).await? {
        return query::find(ctx, actor, id).await;
    }
    change(ctx, actor, id, "refund.by_hand", true).await?;
    query::find(ctx, actor, id).await
}

/// Only after the gateway refused: one that has not been asked may still be sending. By hand only when
/// it was given up: until then the gateway is asked, and may have it on its way.
async fn change(ctx: &Ctx, actor: &Actor, id: RefundId, action: &'static str, is_by_hand: bool) -> Result<()> {
    let by = actor.require(Permission::RefundApprove)?;
    let before = &row(ctx, id).await?;
    let from: &[RefundStatus] =
        if is_by_hand { &[RefundStatus::Failed] } else { &[RefundStatus::Requested, RefundStatus::Failed] };
    transact(ctx, |tx| async move {
        check_interest(&*tx, by, &lock_payment(&tx, before.payment_id).await?).await?;
        let mut change = refund::Entity::update_many();
        if before.status == RefundStatus::Failed {
            change = change.col_expr(C::Attempts, Expr::value(MAX_TRIES - 1));
        }
        let changed = change
            .col_expr(C::Status, Expr::value(RefundStatus::Requested))
            .col_expr(C::IsByHand, Expr::value(is_by_hand))
            .col_expr(C::UpdatedAt, Expr::value(ctx.now()))
            .filter(C::Id.eq(id))
            .filter(C::Status.is_in(from.iter().copied()))
            .filter(C::IsByHand.eq(false))
            .filter(Expr::col(C::LastError).is_not_null())
            .exec(&*tx)
            .await?;
        if changed.rows_affected == 0 {
            return Err(Error::from(Conflict::NotRefundable));
        }
        note_refund(ctx, &tx, id, RefundStatus::Requested, Some(by.id), None).await?;
        // Should the gateway not take it on at once, the job goes on asking.
        if !is_by_hand {
            emit(&*tx, ctx.now(), Event::RefundRequested { refund: id }).await?;
        }
        let state = |status: RefundStatus, by_hand: bool| json!({ "status": status, "by_hand": by_hand });
        let (before, after) = (state(before.status, before.is_by_hand), state(RefundStatus::Requested, is_by_hand));
        let deed = Deed { action, subject: "refund", subject_id: id.to_string(), before, after };
        audit::record(ctx, &tx, by, deed).await
    })
    .await
}
