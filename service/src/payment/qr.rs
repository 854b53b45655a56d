//! QRIS codes, drawn by us from their text.

use super::query;
use crate::{Actor, Ctx, Result};
use domain::Noun;
use domain::id::PaymentId;
use domain::payment::PayWith;
use qrcode::QrCode;
use qrcode::render::svg;

/// The code of one's own payment, as SVG.
pub async fn qr(ctx: &Ctx, actor: &Actor, id: PaymentId) -> Result<String> {
    let missing = || domain::Error::NotFound(Noun::Image);
    let Some(PayWith::Qris { qr_string }) = query::find(ctx, actor, id).await?.pay_with else { return Err(missing().into()) };
    Ok(qr_svg(&qr_string).ok_or_else(missing)?)
}

/// `None`: the text is too long for a code.
pub fn qr_svg(text: &str) -> Option<String> {
    let code = QrCode::new(text).ok()?;
    Some(code.render::<svg::Color<'_>>().min_dimensions(240, 240).build())
}
