//! Creating payments at gateways, after the commit that made the attempt.

use super::attempt::{Means, cancel_at_gateways};
use super::query;
use super::query::channel_of;
use crate::port::ChargeRequest;
use crate::{Actor, Ctx, Error, Result};
use domain::id::PaymentId;
use domain::payment::{Attempt, PaymentStatus, PaymentView};
use domain::{Conflict, Noun};
use entity::{payment, payment_attempt, user};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

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
    let pay_with = made.pay_with.map(|p| serde_json::to_string(&p)).transpose()?;
    let kept = payment::Entity::update_many()
        .col_expr(payment::Column::GatewayReference, Expr::value(&made.reference))
        .col_expr(payment::Column::RedirectUrl, Expr::value(made.redirect_url))
        .col_expr(payment::Column::Instructions, Expr::value(pay_with))
        .col_expr(payment::Column::UpdatedAt, Expr::value(ctx.now()))
        .filter(payment::Column::Id.eq(id))
        .filter(payment::Column::Attempt.eq(row.attempt))
        .filter(payment::Column::GatewayReference.is_null())
        .exec(&ctx.db)
        .await?;
    if kept.rows_affected == 0 {
        left_meanwhile(ctx, Means { gateway_reference: Some(made.reference), ..Means::of(&row) }).await?;
    }
    Ok(())
}

/// The buyer chose another method while the gateway was asked: the charge is noted with the attempt
/// that was left, and cancelled.
async fn left_meanwhile(ctx: &Ctx, means: Means) -> Result<()> {
    use payment_attempt::Column as C;
    let noted = payment_attempt::Entity::update_many()
        .col_expr(C::GatewayReference, Expr::value(means.gateway_reference.clone()))
        .filter(C::PaymentId.eq(means.attempt.payment))
        .filter(C::Number.eq(means.attempt.number))
        .filter(C::GatewayReference.is_null())
        .exec(&ctx.db)
        .await?;
    if noted.rows_affected == 1 {
        cancel_at_gateways(ctx, [means]).await;
    }
    Ok(())
}

/// The buyer asks for the charge again, after the gateway failed.
pub async fn retry(ctx: &Ctx, actor: &Actor, id: PaymentId) -> Result<PaymentView> {
    query::find(ctx, actor, id).await?;
    charge(ctx, id).await?;
    query::find(ctx, actor, id).await
}
