//! An agent says what a line is. It stands in for the buyer's proof where there is none; everything else
//! is the desk's own approval, the second agent included.

use super::asked::Asked;
use super::{counted, line as lines, query};
use crate::db::{Tx, transact};
use crate::desk;
use crate::live::Signal;
use crate::payment::{book_surplus, check_interest, has_settled, lock_payment, transfer_means};
use crate::{Actor, Ctx, Error, Result};
use bytes::Bytes;
use domain::bank::{CandidateKind, LineApproval, LineStatus, LineView};
use domain::desk::{Approval, ProofInput};
use domain::id::{BankLineId, PaymentId};
use domain::identity::Permission;
use domain::order::Party;
use domain::{Conflict, Money, Noun};
use entity::{bank_statement, bank_statement_line as line};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;

async fn row(ctx: &Ctx, id: BankLineId) -> Result<line::Model> {
    line::Entity::find_by_id(id).one(&ctx.db).await?.ok_or_else(|| domain::Error::NotFound(Noun::BankStatement).into())
}

/// Uses a line for a payment, once, and approves that. Fails when the line was used, or is not what the
/// payment waits for.
pub async fn approve(ctx: &Ctx, actor: &Actor, id: BankLineId, input: LineApproval) -> Result<LineView> {
    decide(ctx, actor, id, input.payment_id, CandidateKind::Open).await
}

/// A line is money that came late, twice, or by a method the buyer had left: it is booked for its payment
/// and owed back to the sender. Fails when the payment waits for it.
pub async fn book_unexpected(ctx: &Ctx, actor: &Actor, id: BankLineId, input: LineApproval) -> Result<LineView> {
    decide(ctx, actor, id, input.payment_id, CandidateKind::Ended).await
}

async fn decide(ctx: &Ctx, actor: &Actor, id: BankLineId, payment: PaymentId, kind: CandidateKind) -> Result<LineView> {
    let agent = actor.require(Permission::PaymentVerify)?;
    let before = &row(ctx, id).await?;
    // Before the transaction: files are outside of it. Removed again when it is not needed.
    let words = format!("{} {} {}\n", before.booked_on, before.amount, before.description);
    let kept = &desk::keep_text(ctx, Bytes::from(words)).await?;
    let done = transact(ctx, |tx| async move {
        fits(&tx, before, payment, kind).await?;
        let missing = || Error::fault("proof vanished");
        let waiting = desk::waiting_proof(&*tx, payment).await?;
        let is_new = waiting.is_none();
        let proof = match waiting {
            Some(proof) => proof,
            None => {
                let proof = ProofInput {
                    amount: before.amount,
                    sender_name: before.description.chars().take(100).collect(),
                    sender_bank: "–".into(),
                };
                desk::write_proof(ctx, &tx, payment, (Party::Desk, agent.id), &proof, kept).await?;
                desk::waiting_proof(&*tx, payment).await?.ok_or_else(missing)?
            }
        };
        // Another line of a half approval is not this one.
        lines::let_go(ctx, &tx, agent, proof.id, None).await?;
        lines::take(ctx, &tx, agent, id, (payment, proof.id), "statement.use").await?;
        let changed =
            desk::approve_in(ctx, &tx, agent, payment, &Approval { amount: Some(before.amount), proof_id: None }).await?;
        Ok((changed, is_new))
    })
    .await;
    // After a fault nobody knows whether it was committed: better a file too many.
    if matches!(done, Ok((_, false)) | Err(Error::Domain(_))) {
        desk::forget_file(ctx, &kept.key).await;
    }
    let (changed, _) = done?;
    ctx.live.send(Signal::Payment(payment));
    changed.into_iter().flatten().for_each(|order| ctx.live.send(Signal::Order(order)));
    shown(ctx, id).await
}

/// Refuses a line whose amount, day or account is not that of the payment's transfer, and a payment that
/// is waited for where it must not be, or the other way round.
async fn fits(tx: &Tx, line: &line::Model, payment: PaymentId, kind: CandidateKind) -> Result<()> {
    let payment = lock_payment(tx, payment).await?;
    let means = transfer_means(&**tx, &payment).await?.ok_or(Conflict::LineDoesNotFit)?;
    let statement = bank_statement::Entity::find_by_id(line.statement_id).one(&**tx).await?;
    let account = statement.and_then(|s| s.account);
    let asked = Asked::of(&payment, &means);
    let is_fitting = asked.kind() == kind && asked.fits(line.amount, line.booked_on, account.as_deref()).is_some();
    if is_fitting { Ok(()) } else { Err(Conflict::LineDoesNotFit.into()) }
}

/// The line is the money of a proof that was decided on before without it: it is used. Nothing else
/// happens, except that a suffix which was transferred and not counted is booked.
pub async fn mark_counted(ctx: &Ctx, actor: &Actor, id: BankLineId, input: LineApproval) -> Result<LineView> {
    let agent = actor.require(Permission::PaymentVerify)?;
    let (before, payment) = (&row(ctx, id).await?, input.payment_id);
    transact(ctx, |tx| async move {
        let payment = lock_payment(&tx, payment).await?;
        check_interest(&*tx, agent, &payment).await?;
        let counted = counted::of_payments(&*tx, &[payment.id]).await?;
        let counted = counted.into_iter().find(|c| c.fits(before));
        let proof = counted.ok_or(Conflict::LineDoesNotFit)?.proof;
        let more = before.amount.0 - proof.received.unwrap_or(before.amount).0;
        if more > 0 {
            let means = transfer_means(&*tx, &payment).await?.ok_or(Conflict::LineDoesNotFit)?;
            // Of money that went back all of it does.
            let keep = ctx.settings.keeps_transfer_suffix && has_settled(&tx, &proof.id.to_string()).await?;
            book_surplus(ctx, &tx, means.attempt, &format!("{}:surplus", proof.id), Money(more), keep).await?;
        }
        lines::take(ctx, &tx, agent, id, (payment.id, proof.id), "statement.count").await
    })
    .await?;
    shown(ctx, id).await
}

/// The line is about something else.
pub async fn dismiss(ctx: &Ctx, actor: &Actor, id: BankLineId) -> Result<LineView> {
    put(ctx, actor, id, (LineStatus::Open, LineStatus::Dismissed), "statement.dismiss").await
}

/// A line that was dismissed is about an order after all.
pub async fn reopen(ctx: &Ctx, actor: &Actor, id: BankLineId) -> Result<LineView> {
    put(ctx, actor, id, (LineStatus::Dismissed, LineStatus::Open), "statement.reopen").await
}

async fn put(
    ctx: &Ctx,
    actor: &Actor,
    id: BankLineId,
    (from, to): (LineStatus, LineStatus),
    action: &'static str,
) -> Result<LineView> {
    use line::Column as C;
    let by = actor.require(Permission::PaymentVerify)?;
    row(ctx, id).await?;
    let decided = (to != LineStatus::Open).then(|| (by.id.0, ctx.now()));
    transact(ctx, |tx| async move {
        let done = line::Entity::update_many()
            .col_expr(C::Status, Expr::value(to))
            .col_expr(C::DecidedBy, Expr::value(decided.map(|(by, _)| by)))
            .col_expr(C::DecidedAt, Expr::value(decided.map(|(_, at)| at)))
            .filter(C::Id.eq(id))
            .filter(C::Status.eq(from))
            .exec(&*tx)
            .await?;
        if done.rows_affected == 0 {
            return Err(Conflict::AlreadyDecided.into());
        }
        lines::note(ctx, &tx, by, id, action, (json!({ "status": from }), json!({ "status": to }))).await
    })
    .await?;
    shown(ctx, id).await
}

async fn shown(ctx: &Ctx, id: BankLineId) -> Result<LineView> {
    let row = row(ctx, id).await?;
    query::view(ctx, row).await?.ok_or_else(|| domain::Error::NotFound(Noun::BankStatement).into())
}
