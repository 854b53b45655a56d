//! Finance decides on payouts, and books what the bank did. Each step happens once, whoever presses
//! the button how often.

use super::query;
use super::request::lock_store;
use crate::audit::{self, Deed};
use crate::db::{Tx, dialect, transact};
use crate::event::{Event, emit};
use crate::identity::SignedIn;
use crate::{Actor, Ctx, Result, ledger};
use domain::id::{BatchId, PayoutId};
use domain::identity::Permission;
use domain::ledger::{Account, AccountKind, Balanced, LedgerKind};
use domain::payout::{PayoutAction, PayoutReason, PayoutReference, PayoutRow, PayoutStatus, transition};
use domain::{Conflict, Noun};
use entity::payout::{self, Column as C};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, Set};
use serde_json::json;

/// Not by whoever asked for it, nor by anybody who works in the store.
pub async fn approve(ctx: &Ctx, actor: &Actor, id: PayoutId) -> Result<PayoutRow> {
    decide(ctx, actor, id, PayoutAction::Approve, None).await
}

/// The money goes back to the store's balance.
pub async fn refuse(ctx: &Ctx, actor: &Actor, id: PayoutId, input: PayoutReason) -> Result<PayoutRow> {
    actor.require(Permission::PayoutApprove)?;
    decide(ctx, actor, id, PayoutAction::Refuse, Some(input.check()?)).await
}

/// The bank has sent it.
pub async fn settle(ctx: &Ctx, actor: &Actor, id: PayoutId, input: PayoutReference) -> Result<PayoutRow> {
    actor.require(Permission::PayoutApprove)?;
    decide(ctx, actor, id, PayoutAction::Settle, Some(input.check()?)).await
}

/// The bank could not send it, or it came back to our account: the money goes back to the store's balance.
pub async fn fail(ctx: &Ctx, actor: &Actor, id: PayoutId, input: PayoutReason) -> Result<PayoutRow> {
    actor.require(Permission::PayoutApprove)?;
    decide(ctx, actor, id, PayoutAction::Fail, Some(input.check()?)).await
}

/// Everything of a batch that is still open was sent by the bank. Answers how many.
pub async fn settle_batch(ctx: &Ctx, actor: &Actor, batch: BatchId, input: PayoutReference) -> Result<u64> {
    let by = actor.require(Permission::PayoutApprove)?;
    let reference = &input.check()?;
    let open: Vec<PayoutId> = payout::Entity::find()
        .select_only()
        .column(C::Id)
        .filter(C::BatchId.eq(batch))
        .filter(C::Status.eq(PayoutStatus::Sent))
        .order_by_asc(C::StoreId)
        .into_tuple()
        .all(&ctx.db)
        .await?;
    let open = &open;
    transact(ctx, |tx| async move {
        let mut done = 0;
        for id in open {
            done += u64::from(step(ctx, &tx, by, *id, PayoutAction::Settle, Some(reference.clone())).await?);
        }
        Ok(done)
    })
    .await
}

async fn decide(ctx: &Ctx, actor: &Actor, id: PayoutId, action: PayoutAction, words: Option<String>) -> Result<PayoutRow> {
    let by = actor.require(Permission::PayoutApprove)?;
    let words = &words;
    transact(ctx, |tx| async move { step(ctx, &tx, by, id, action, words.clone()).await }).await?;
    let row = payout::Entity::find_by_id(id).one(&ctx.db).await?.ok_or(domain::Error::NotFound(Noun::Payout))?;
    query::show(ctx, vec![row]).await?.pop().ok_or_else(|| domain::Error::NotFound(Noun::Payout).into())
}

/// The payout, locked after its store.
pub(super) async fn lock(tx: &Tx, id: PayoutId) -> Result<payout::Model> {
    let missing = || domain::Error::NotFound(Noun::Payout);
    let row = payout::Entity::find_by_id(id).one(&**tx).await?.ok_or_else(missing)?;
    lock_store(tx, row.store_id).await?;
    let mut query = payout::Entity::find_by_id(id);
    if dialect::is_postgres(&**tx) {
        query = query.lock_exclusive();
    }
    query.one(&**tx).await?.ok_or_else(|| missing().into())
}

/// `words`: the reason of a refusal or failure, the reference of a settlement. `false` when it was
/// done before.
async fn step(ctx: &Ctx, tx: &Tx, by: &SignedIn, id: PayoutId, action: PayoutAction, words: Option<String>) -> Result<bool> {
    let payout = lock(tx, id).await?;
    let is_own =
        payout.requested_by == by.id || by.grants.iter().any(|g| g.store.as_ref().is_some_and(|s| s.id == payout.store_id));
    if is_own {
        return Err(Conflict::OwnRequest.into());
    }
    let Some(status) = transition(payout.status, action)? else {
        // Sent a second time? That must not pass for the first.
        let is_other = action == PayoutAction::Settle && payout.reference != words;
        return if is_other { Err(Conflict::PayoutState { status: payout.status }.into()) } else { Ok(false) };
    };
    let now = ctx.now();
    book(ctx, tx, &payout, status).await?;
    let before = json!({ "status": payout.status });
    let after = json!({ "status": status, "amount": payout.amount, "words": words });
    let mut row = payout.into_active_model();
    row.status = Set(status);
    match status {
        PayoutStatus::Approved | PayoutStatus::Refused => {
            row.decided_by = Set(Some(by.id));
            row.decided_at = Set(Some(now));
        }
        _ => {}
    }
    match status {
        PayoutStatus::Settled => row.reference = Set(words),
        PayoutStatus::Refused | PayoutStatus::Failed => row.reason = Set(words),
        _ => {}
    }
    if !status.is_open() {
        row.closed_at = Set(Some(now));
    }
    row.update(&**tx).await?;
    if !status.is_open() {
        emit(&**tx, now, Event::PayoutClosed { payout: id }).await?;
    }
    let action = format!("payout.{action}");
    audit::record(ctx, tx, by, Deed { action: &action, subject: "payout", subject_id: id.to_string(), before, after }).await?;
    Ok(true)
}

async fn book(ctx: &Ctx, tx: &Tx, payout: &payout::Model, status: PayoutStatus) -> Result<()> {
    let of = |kind| (kind, Some(payout.store_id));
    let transit = of(AccountKind::PayoutTransit);
    let (kind, moved) = match status {
        PayoutStatus::Settled => (LedgerKind::PayoutSettled, Balanced::transfer(transit, AccountKind::Bank, payout.amount)?),
        PayoutStatus::Refused | PayoutStatus::Failed => {
            // What the bank had sent came back to our account.
            let from = if payout.status == PayoutStatus::Settled { AccountKind::Bank.into() } else { Account::from(transit) };
            (LedgerKind::PayoutReturned, Balanced::transfer(from, of(AccountKind::SellerPayable), payout.amount)?)
        }
        _ => return Ok(()),
    };
    ledger::book(&**tx, ctx.now(), kind, &payout.number, (None, None), &moved).await
}
