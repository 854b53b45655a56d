//! QR codes: QRIS payments, authenticator apps.

use qrcode::QrCode;
use qrcode::render::svg;

/// The text as code, as SVG. `None`: it is too long.
pub fn svg(text: &str) -> Option<String> {
    let code = QrCode::new(text).ok()?;
    Some(code.render::<svg::Color<'_>>().min_dimensions(240, 240).build())
}
