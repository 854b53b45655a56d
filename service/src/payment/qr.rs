//! QRIS codes, drawn by us from their text.

use super::query;
use crate::{Actor, Ctx, Result, qr as draw};
use domain::Noun;
use domain::id::PaymentId;
use domain::payment::PayWith;

/// The code of one's own payment, as SVG.
pub async fn qr(ctx: &Ctx, actor: &Actor, id: PaymentId) -> Result<String> {
    let missing = || domain::Error::NotFound(Noun::Image);
    let Some(PayWith::Qris { qr_string }) = query::find(ctx, actor, id).await?.pay_with else { return Err(missing().into()) };
    Ok(draw::svg(&qr_string).ok_or_else(missing)?)
}
