//! An agent says that a line pays a transfer. The line stands in for the buyer's proof where there is
//! none; everything else is the desk's own approval, the second agent included.

use super::query;
use crate::audit::{self, Deed};
use crate::db::{Tx, transact};
use crate::desk;
use crate::live::Signal;
use crate::payment::lock_payment;
use crate::{Actor, Ctx, Result};
use bytes::Bytes;
use domain::bank::{LineApproval, LineStatus, LineView};
use domain::desk::{Approval, ProofInput};
use domain::id::{BankLineId, PaymentId};
use domain::identity::Permission;
use domain::order::Party;
use domain::payment::{MANUAL_TRANSFER, PaymentStatus};
use domain::{Conflict, Noun};
use entity::{bank_statement_line as line, payment};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;

async fn row(ctx: &Ctx, id: BankLineId) -> Result<line::Model> {
    line::Entity::find_by_id(id).one(&ctx.db).await?.ok_or_else(|| domain::Error::NotFound(Noun::BankStatement).into())
}

/// Uses a line for a payment, once, and approves that. Fails when the line was used, or its amount is
/// not what the payment waits for.
pub async fn approve(ctx: &Ctx, actor: &Actor, id: BankLineId, input: LineApproval) -> Result<LineView> {
    let agent = actor.require(Permission::PaymentVerify)?;
    let payment = input.payment_id;
    let before = &row(ctx, id).await?;
    // Before the transaction: files are outside of it. Removed again when it is not needed.
    let words = format!("{} {} {}\n", before.booked_on, before.amount, before.description);
    let kept = &desk::keep_text(ctx, Bytes::from(words)).await?;
    let done = transact(ctx, |tx| async move {
        let locked = lock_payment(&tx, payment).await?;
        if !fits(&locked, before) {
            return Err(Conflict::LineDoesNotFit.into());
        }
        take(ctx, &tx, id, payment, agent.id).await?;
        let is_new = desk::waiting_proof(&*tx, payment).await?.is_none();
        if is_new {
            let proof = ProofInput {
                amount: before.amount,
                sender_name: before.description.chars().take(100).collect(),
                sender_bank: "–".into(),
            };
            desk::write_proof(ctx, &tx, payment, (Party::Desk, agent.id), &proof, kept).await?;
        }
        let changed = desk::approve_in(ctx, &tx, agent, payment, &Approval { amount: Some(before.amount) }).await?;
        let after = json!({ "status": LineStatus::Used, "payment": payment });
        let deed = Deed {
            action: "statement.use",
            subject: "bank_statement_line",
            subject_id: id.to_string(),
            before: json!({ "status": LineStatus::Open }),
            after,
        };
        audit::record(ctx, &tx, agent, deed).await?;
        Ok((changed, is_new))
    })
    .await;
    if !matches!(done, Ok((_, true))) {
        desk::forget_file(ctx, &kept.key).await;
    }
    let (changed, _) = done?;
    ctx.live.send(Signal::Payment(payment));
    changed.into_iter().flatten().for_each(|order| ctx.live.send(Signal::Order(order)));
    shown(ctx, id).await
}

/// The unique amount or the plain one, of a transfer that is waited for.
fn fits(payment: &payment::Model, line: &line::Model) -> bool {
    let is_open = matches!(payment.status, PaymentStatus::Pending | PaymentStatus::AwaitingVerification);
    let is_asked = payment.transfer_amount == Some(line.amount) || payment.amount == line.amount;
    is_open && is_asked && payment.gateway == MANUAL_TRANSFER
}

/// Check and take are one statement: a line pays once.
async fn take(ctx: &Ctx, tx: &Tx, id: BankLineId, payment: PaymentId, by: domain::id::UserId) -> Result<()> {
    use line::Column as C;
    let taken = line::Entity::update_many()
        .col_expr(C::Status, Expr::value(LineStatus::Used))
        .col_expr(C::PaymentId, Expr::value(Some(payment.0)))
        .col_expr(C::DecidedBy, Expr::value(Some(by.0)))
        .col_expr(C::DecidedAt, Expr::value(Some(ctx.now())))
        .filter(C::Id.eq(id))
        .filter(C::Status.eq(LineStatus::Open))
        .exec(&**tx)
        .await?;
    if taken.rows_affected == 1 { Ok(()) } else { Err(Conflict::AlreadyDecided.into()) }
}

/// The line is about something else.
pub async fn dismiss(ctx: &Ctx, actor: &Actor, id: BankLineId) -> Result<LineView> {
    use line::Column as C;
    let by = actor.require(Permission::PaymentVerify)?;
    row(ctx, id).await?;
    transact(ctx, |tx| async move {
        let done = line::Entity::update_many()
            .col_expr(C::Status, Expr::value(LineStatus::Dismissed))
            .col_expr(C::DecidedBy, Expr::value(Some(by.id.0)))
            .col_expr(C::DecidedAt, Expr::value(Some(ctx.now())))
            .filter(C::Id.eq(id))
            .filter(C::Status.eq(LineStatus::Open))
            .exec(&*tx)
            .await?;
        if done.rows_affected == 0 {
            return Err(Conflict::AlreadyDecided.into());
        }
        let (before, after) = (json!({ "status": LineStatus::Open }), json!({ "status": LineStatus::Dismissed }));
        let deed =
            Deed { action: "statement.dismiss", subject: "bank_statement_line", subject_id: id.to_string(), before, after };
        audit::record(ctx, &tx, by, deed).await
    })
    .await?;
    shown(ctx, id).await
}

async fn shown(ctx: &Ctx, id: BankLineId) -> Result<LineView> {
    let row = row(ctx, id).await?;
    query::view(ctx, row).await?.ok_or_else(|| domain::Error::NotFound(Noun::BankStatement).into())
}
