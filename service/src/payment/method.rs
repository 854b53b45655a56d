//! The buyer chooses another way to pay.

use super::{attempt, charge, cod, lock_payment, query, reconcile};
use crate::db::{Tx, transact};
use crate::live::Signal;
use crate::{Actor, Ctx, Result, desk};
use domain::id::{OrderId, PaymentId};
use domain::payment::{COD, MANUAL_TRANSFER, MAX_ATTEMPTS, MethodInput, PaymentStatus, PaymentView};
use domain::{Conflict, Noun};
use entity::payment;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, Set};

/// Replaces the present attempt of an unpaid payment by one with another method, and charges that.
/// The old attempt is cancelled at its gateway where that can be done; money that still comes that
/// way counts. Choosing the present method changes nothing, unless its try has failed.
pub async fn change_method(ctx: &Ctx, actor: &Actor, id: PaymentId, input: MethodInput) -> Result<PaymentView> {
    let user = actor.user()?.id;
    let missing = || domain::Error::NotFound(Noun::Payment);
    let row = payment::Entity::find_by_id(id).one(&ctx.db).await?.filter(|p| p.buyer_id == user).ok_or_else(missing)?;
    let method = &input.check()?;
    query::method(ctx, method)?.check(row.amount)?;
    let changed = transact(ctx, |tx| async move { replace(ctx, &tx, id, method).await }).await?;
    if let Some(orders) = changed {
        ctx.live.send(Signal::Payment(id));
        orders.into_iter().for_each(|order| ctx.live.send(Signal::Order(order)));
    }
    // A gateway that fails leaves the attempt without a charge, to be tried again from its page.
    if let Err(error) = charge::charge(ctx, id).await {
        tracing::warn!(payment = %id, cause = %error, "charge failed, attempt stays open");
    }
    query::find(ctx, actor, id).await
}

/// Answers the orders that changed, `None` when nothing changes.
async fn replace(ctx: &Ctx, tx: &Tx, id: PaymentId, method: &str) -> Result<Option<Vec<OrderId>>> {
    let now = ctx.now();
    let row = lock_payment(tx, id).await?;
    if row.status == PaymentStatus::AwaitingVerification {
        return Err(Conflict::ProofWaiting.into());
    }
    if !query::can_change_method(&row, now) {
        return Err(Conflict::PaymentClosed.into());
    }
    // A try that failed is made anew.
    if row.method == method && !attempt::has_failed(&**tx, &row).await? {
        return Ok(None);
    }
    let highest = attempt::highest(tx, &row).await?;
    if highest >= MAX_ATTEMPTS {
        return Err(Conflict::TooManyAttempts { limit: MAX_ATTEMPTS }.into());
    }
    let (account, sum) = match method {
        MANUAL_TRANSFER => {
            desk::assign_transfer(ctx, tx, Some(id), row.amount).await.map(|(account, sum)| (Some(account), Some(sum)))?
        }
        _ => (None, None),
    };
    attempt::leave(tx, &row, now).await?;
    let limit = ctx.settings.deadline(method);
    // The new method's own time from now, but no more than the buyer had or would have had at first:
    // changing to and fro never holds the stock for longer.
    let expires_at = row.expires_at.max(row.created_at + limit).min(now + limit);
    let mut row = row.into_active_model();
    row.attempt = Set(highest + 1);
    row.attempted_at = Set(Some(now));
    row.method = Set(method.to_owned());
    row.gateway = Set(query::gateway_of(method).to_owned());
    row.gateway_reference = Set(None);
    row.redirect_url = Set(None);
    row.instructions = Set(None);
    row.transfer_account = Set(account);
    row.transfer_amount = Set(sum);
    row.expires_at = Set(expires_at);
    row.ask_at = Set(Some(reconcile::soon(now)));
    row.updated_at = Set(now);
    let row = row.update(&**tx).await?;
    let orders = if method == COD { cod::promise(ctx, tx, &row, row.buyer_id).await? } else { vec![] };
    Ok(Some(orders))
}
