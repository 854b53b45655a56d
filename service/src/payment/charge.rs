//! Creating payments at gateways, after the commit that made the attempt.

use super::query::{self, channel_of};
use super::{attempt, lock_payment};
use crate::db::{Tx, transact};
use crate::port::{Charge, ChargeRequest};
use crate::{Actor, Ctx, Error, Result};
use domain::id::PaymentId;
use domain::payment::{Attempt, PaymentStatus, PaymentView};
use domain::{Conflict, Noun};
use entity::{payment, user};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, Set};

/// Creates the present attempt's charge at the gateway if it has none yet. Failure leaves the payment
/// `pending`: its holds run until expiry and the buyer may try again. Safe to repeat: the gateway
/// knows our name of the attempt.
pub async fn charge(ctx: &Ctx, id: PaymentId) -> Result<()> {
    let row = payment::Entity::find_by_id(id).one(&ctx.db).await?.ok_or(domain::Error::NotFound(Noun::Payment))?;
    if query::is_without_gateway(&row.gateway) || row.gateway_reference.is_some() || row.status != PaymentStatus::Pending {
        return Ok(());
    }
    let buyer =
        user::Entity::find_by_id(row.buyer_id).one(&ctx.db).await?.ok_or_else(|| Error::fault("payment without buyer"))?;
    let gateway = ctx.ports.gateways.get(&row.gateway).ok_or(Conflict::PaymentMethodUnavailable)?;
    let base = &ctx.settings.public_url;
    let attempt = Attempt { payment: id, number: row.attempt };
    let made = gateway
        .charge(ChargeRequest {
            attempt,
            group: row.group_id,
            channel: channel_of(&row.method).to_owned(),
            amount: row.amount,
            buyer_name: buyer.name,
            buyer_email: buyer.email,
            buyer_phone: buyer.phone.unwrap_or_default(),
            at: ctx.now(),
            expires_at: row.expires_at,
            return_url: format!("{base}/pay/{id}"),
            webhook_url: format!("{base}/api/v1/webhooks/{}", row.gateway),
        })
        .await?;
    let (asked, made) = (&row, &made);
    transact(ctx, |tx| async move { keep(ctx, &tx, asked, made).await }).await
}

/// Keeps the charge with the attempt it was made for. It is ended at once when nobody is to pay it: the
/// attempt was left or the payment has ended meanwhile, or another charge of the attempt came first.
async fn keep(ctx: &Ctx, tx: &Tx, asked: &payment::Model, made: &Charge) -> Result<()> {
    let now = ctx.now();
    let row = lock_payment(tx, asked.id).await?;
    let (is_present, is_open) = (row.attempt == asked.attempt, row.status == PaymentStatus::Pending);
    let kept = attempt::means(&**tx, &row, asked.attempt).await?.and_then(|means| means.gateway_reference);
    let is_it = kept.as_ref().is_none_or(|kept| *kept == made.reference);
    if kept.is_none() && is_present {
        let mut row = row.into_active_model();
        row.gateway_reference = Set(Some(made.reference.clone()));
        row.redirect_url = Set(made.redirect_url.clone());
        row.instructions = Set(made.pay_with.as_ref().map(serde_json::to_string).transpose()?);
        row.updated_at = Set(now);
        row.update(&**tx).await?;
    } else if kept.is_none() {
        attempt::note_charge(tx, asked, &made.reference).await?;
    }
    if is_present && is_open && is_it {
        return Ok(());
    }
    let (reference, redirect_url) = (Some(made.reference.clone()), made.redirect_url.clone());
    let unwanted = payment::Model { gateway_reference: reference, redirect_url, ..asked.clone() };
    attempt::end_charge(tx, &unwanted, now).await
}

/// The buyer asks for the charge again, after the gateway failed.
pub async fn retry(ctx: &Ctx, actor: &Actor, id: PaymentId) -> Result<PaymentView> {
    query::find(ctx, actor, id).await?;
    charge(ctx, id).await?;
    query::find(ctx, actor, id).await
}
