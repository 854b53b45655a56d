//! QRIS codes: drawn by us from their text, or fetched from the gateway that has drawn them. Browsers
//! load pictures from the shop only.

use super::query;
use crate::{Actor, Ctx, Result, qr as draw};
use bytes::Bytes;
use domain::id::PaymentId;
use domain::payment::PayWith;
use domain::{Conflict, Noun};

fn missing() -> domain::Error {
    domain::Error::NotFound(Noun::Image)
}

/// The code of one's own payment, as SVG.
pub async fn qr(ctx: &Ctx, actor: &Actor, id: PaymentId) -> Result<String> {
    let Some(PayWith::Qris { qr_string }) = query::find(ctx, actor, id).await?.pay_with else { return Err(missing().into()) };
    Ok(draw::svg(&qr_string).ok_or_else(missing)?)
}

/// The code of one's own payment as its gateway has drawn it, as PNG.
pub async fn qr_picture(ctx: &Ctx, actor: &Actor, id: PaymentId) -> Result<Bytes> {
    let payment = query::find(ctx, actor, id).await?;
    let Some(PayWith::QrPicture { url }) = payment.pay_with else { return Err(missing().into()) };
    let gateway = ctx.ports.gateways.get(query::gateway_of(&payment.method)).ok_or(Conflict::PaymentMethodUnavailable)?;
    gateway.picture(&url).await
}
