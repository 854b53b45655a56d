//! The decision on a proof: exactly once, together with payment, stock and orders.

use super::claim::check;
use super::queue;
use super::submit::{newest, waiting};
use crate::audit::{self, Deed};
use crate::db::{Tx, transact};
use crate::event::{Event, emit};
use crate::identity::SignedIn;
use crate::live::Signal;
use crate::order::step::{Step, step};
use crate::payment::{Means, book_surplus, check_interest, lock_orders, lock_payment, settle_transfer, transfer_means};
use crate::{Actor, Ctx, Result, bank};
use chrono::TimeDelta;
use domain::desk::{Approval, DeskPayment, ProofStatus, Received, Rejection, is_as_asked, received};
use domain::id::{OrderId, PaymentId, ProofId};
use domain::identity::Permission;
use domain::order::{OrderAction, OrderStatus, Party, SystemNote};
use domain::payment::PaymentStatus;
use domain::{Conflict, Money, Noun};
use entity::payment;
use entity::payment_proof::{self as proof, Column as C};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, Set};
use serde_json::json;

/// Rejected proofs that give a payment more time. Whoever sends pictures of nothing must not keep goods
/// from others for ever.
const PATIENCE: u64 = 3;

/// The money arrived. Repeating one's own approval changes nothing.
pub async fn approve(ctx: &Ctx, actor: &Actor, id: PaymentId, input: Approval) -> Result<DeskPayment> {
    let agent = actor.require(Permission::PaymentVerify)?;
    let input = &input.check()?;
    let changed = transact(ctx, |tx| async move { approve_in(ctx, &tx, agent, id, input).await }).await?;
    announce(ctx, id, changed);
    queue::find(ctx, actor, id).await
}

/// The approval inside a transaction. Answers the orders that changed; `None` when nothing was decided.
pub(crate) async fn approve_in(
    ctx: &Ctx,
    tx: &Tx,
    agent: &SignedIn,
    id: PaymentId,
    input: &Approval,
) -> Result<Option<Vec<OrderId>>> {
    let payment = lock_payment(tx, id).await?;
    check_interest(&**tx, agent, &payment).await?;
    let Some(row) = open(ctx, tx, agent, id, input.proof_id).await? else { return Ok(None) };
    let means = transfer_means(&**tx, &payment).await?.ok_or(Conflict::PaymentClosed)?;
    let expected = means.transfer_amount.unwrap_or(payment.amount);
    let stated = row.amount;
    let money = match input.amount {
        Some(amount) => amount,
        None if is_as_asked(stated, payment.amount, expected) => stated,
        None => return Err(Conflict::AmountUnclear { expected, stated }.into()),
    };
    if row.half_approved_by == Some(agent.id) {
        return Err(Conflict::SecondApproverNeeded.into());
    }
    // Both must have seen the same amount: who found another one starts over, without the line.
    bank::let_go(ctx, tx, agent, row.id, Some(money)).await?;
    let is_seconded = row.half_approved_by.is_some() && row.received == Some(money);
    if money > ctx.settings.second_approval_above && !is_seconded {
        half_approve(ctx, tx, agent, row, money).await?;
        return Ok(None);
    }
    settle(ctx, tx, agent, payment, &means, row, money).await.map(Some)
}

/// The proof proves nothing; the buyer may send another one.
pub async fn reject(ctx: &Ctx, actor: &Actor, id: PaymentId, input: Rejection) -> Result<DeskPayment> {
    let agent = actor.require(Permission::PaymentVerify)?;
    let seen = input.proof_id;
    let reason = &input.check()?;
    let changed = transact(ctx, |tx| async move {
        let payment = lock_payment(&tx, id).await?;
        check_interest(&*tx, agent, &payment).await?;
        let Some(row) = open(ctx, &tx, agent, id, seen).await? else { return Ok(None) };
        bank::let_go(ctx, &tx, agent, row.id, None).await?;
        let changed = refuse(ctx, &tx, agent, payment, row, None, reason).await?;
        Ok(Some(changed))
    })
    .await?;
    announce(ctx, id, changed);
    queue::find(ctx, actor, id).await
}

/// The waiting proof, if the agent may decide on it and has `seen` it; `None` when they have done so
/// already.
async fn open(ctx: &Ctx, tx: &Tx, agent: &SignedIn, id: PaymentId, seen: Option<ProofId>) -> Result<Option<proof::Model>> {
    if let Some(row) = waiting(&**tx, id).await? {
        if seen.is_some_and(|seen| seen != row.id) {
            return Err(Conflict::AlreadyDecided.into());
        }
        check(&**tx, &row, agent.id, ctx.now()).await?;
        return Ok(Some(row));
    }
    let last = newest(&**tx, id).await?.ok_or(domain::Error::NotFound(Noun::Payment))?;
    if last.decided_by == Some(agent.id) { Ok(None) } else { Err(Conflict::AlreadyDecided.into()) }
}

async fn half_approve(ctx: &Ctx, tx: &Tx, agent: &SignedIn, row: proof::Model, money: Money) -> Result<()> {
    let (before, id) = (json!({ "status": row.status }), row.payment_id);
    let mut row = row.into_active_model();
    row.half_approved_by = Set(Some(agent.id));
    row.received = Set(Some(money));
    row.claimed_by = Set(None);
    row.claimed_until = Set(None);
    row.update(&**tx).await?;
    let after = json!({ "status": "half_approved", "received": money });
    let deed = Deed { action: "proof.half_approve", subject: "payment", subject_id: id.to_string(), before, after };
    audit::record(ctx, tx, agent, deed).await
}

/// The money is here: it pays, or goes back. Its line of a statement, if there is one, is used by it.
async fn settle(
    ctx: &Ctx,
    tx: &Tx,
    agent: &SignedIn,
    payment: payment::Model,
    means: &Means,
    row: proof::Model,
    money: Money,
) -> Result<Vec<OrderId>> {
    let suffix = means.transfer_amount.map_or(Ok(Money::ZERO), |sum| sum.checked_sub(payment.amount))?;
    let (attempt, proof_id) = (means.attempt, row.id);
    bank::consume(ctx, tx, agent, &bank::Counted { payment: &payment, means, proof: proof_id, money }).await?;
    if payment.status != PaymentStatus::AwaitingVerification {
        // Nobody waits for it any more: all of it goes back.
        decided(ctx, tx, agent, row, ProofStatus::Approved, Some(money), None).await?;
        return settle_transfer(ctx, tx, attempt, &proof_id.to_string(), money).await;
    }
    match received(payment.amount, suffix, money, ctx.settings.keeps_transfer_suffix) {
        Received::Short => {
            let changed = refuse(ctx, tx, agent, payment, row, Some(money), SystemNote::ShortTransfer.code()).await?;
            settle_transfer(ctx, tx, attempt, &proof_id.to_string(), money).await?;
            Ok(changed)
        }
        Received::Enough { surplus, keep } => {
            let amount = payment.amount;
            decided(ctx, tx, agent, row, ProofStatus::Approved, Some(money), None).await?;
            let changed = settle_transfer(ctx, tx, attempt, &proof_id.to_string(), amount).await?;
            book_surplus(ctx, tx, attempt, &format!("{proof_id}:surplus"), surplus, keep).await?;
            Ok(changed)
        }
    }
}

/// Rejects the proof; its orders wait for payment again, a few times with more time to make it.
async fn refuse(
    ctx: &Ctx,
    tx: &Tx,
    agent: &SignedIn,
    payment: payment::Model,
    row: proof::Model,
    money: Option<Money>,
    reason: &str,
) -> Result<Vec<OrderId>> {
    let (now, id) = (ctx.now(), payment.id);
    decided(ctx, tx, agent, row, ProofStatus::Rejected, money, Some(reason.to_owned())).await?;
    emit(&**tx, now, Event::ProofRejected { payment: id }).await?;
    if payment.status != PaymentStatus::AwaitingVerification {
        return Ok(vec![]);
    }
    let in_vain = proof::Entity::find().filter(C::PaymentId.eq(id)).filter(C::Status.eq(ProofStatus::Rejected));
    let more = if in_vain.count(&**tx).await? > PATIENCE { TimeDelta::zero() } else { ctx.settings.deadline(&payment.method) };
    let deadline = payment.expires_at.max(now + more);
    let mut payment = payment.into_active_model();
    payment.status = Set(PaymentStatus::Pending);
    payment.expires_at = Set(deadline);
    // There is another end to be reminded of.
    payment.reminded_at = Set(None);
    payment.updated_at = Set(now);
    payment.update(&**tx).await?;
    let mut changed = vec![];
    for order in lock_orders(tx, id).await?.into_iter().filter(|o| o.status == OrderStatus::AwaitingVerification) {
        changed.push(order.id);
        let note = Some(reason.to_owned());
        step(ctx, tx, order, Step { action: OrderAction::RejectProof, party: Party::Desk, actor: Some(agent.id), note }).await?;
    }
    Ok(changed)
}

async fn decided(
    ctx: &Ctx,
    tx: &Tx,
    agent: &SignedIn,
    row: proof::Model,
    status: ProofStatus,
    money: Option<Money>,
    reason: Option<String>,
) -> Result<()> {
    let before = json!({ "status": row.status, "stated": row.amount });
    let after = json!({ "status": status, "received": money, "reason": reason });
    let id = row.payment_id;
    let mut row = row.into_active_model();
    row.status = Set(status);
    row.reason = Set(reason);
    row.received = Set(money);
    row.decided_by = Set(Some(agent.id));
    row.decided_at = Set(Some(ctx.now()));
    row.update(&**tx).await?;
    let action = if status == ProofStatus::Approved { "proof.approve" } else { "proof.reject" };
    let deed = Deed { action, subject: "payment", subject_id: id.to_string(), before, after };
    audit::record(ctx, tx, agent, deed).await
}

fn announce(ctx: &Ctx, id: PaymentId, changed: Option<Vec<OrderId>>) {
    let Some(orders) = changed else { return };
    ctx.live.send(Signal::Payment(id));
    orders.into_iter().for_each(|order| ctx.live.send(Signal::Order(order)));
}
