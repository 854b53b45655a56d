//! What finance found out about money that a gateway or bank took by itself.

use super::dispute::show;
use super::taken::{Booked, Case, book};
use crate::audit::{self, Deed};
use crate::db::transact;
use crate::live::Signal;
use crate::payment::{check_interest, lock_payment};
use crate::{Actor, Ctx, Error, Result};
use domain::id::DisputeId;
use domain::identity::Permission;
use domain::payment::RefundReason;
use domain::refund::{DisputeOutcome, DisputeResolution, DisputeRow};
use domain::{Conflict, Noun};
use entity::payment_dispute::{self as dispute, Column as C};
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
        let reason = match input.outcome {
            DisputeOutcome::Nothing => None,
            DisputeOutcome::ChargebackLost => Some(RefundReason::Chargeback),
            DisputeOutcome::RefundSent => Some(RefundReason::ByGateway),
        };
        let booked = match reason {
            Some(reason) => book(ctx, &tx, &Case::new(&tx, by, found, &payment, input, reason).await?).await?,
            None => Booked::default(),
        };
        let row = dispute::Entity::find_by_id(id).one(&*tx).await?.ok_or_else(|| Error::fault("dispute vanished"))?;
        let mut row = row.into_active_model();
        row.booked = Set(booked.taken);
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
