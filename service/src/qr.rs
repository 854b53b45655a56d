//! QR codes: QRIS payments, authenticator apps.

use image::{GrayImage, ImageFormat, Luma};
use qrcode::render::svg;
use qrcode::{Color, QrCode};
use std::io::Cursor;

/// The text as code, as SVG. `None`: it is too long.
pub fn svg(text: &str) -> Option<String> {
    let code = QrCode::new(text).ok()?;
    Some(code.render::<svg::Color<'_>>().min_dimensions(240, 240).build())
}

/// The same as PNG.
pub fn png(text: &str) -> Option<Vec<u8>> {
    /// Pixels of a module.
    const SCALE: usize = 6;
    /// Modules of white around the code.
    const QUIET: usize = 4;
    let code = QrCode::new(text).ok()?;
    let (width, modules) = (code.width(), code.to_colors());
    let side = u32::try_from((width + 2 * QUIET) * SCALE).ok()?;
    let module = |pixel: u32| (pixel as usize / SCALE).checked_sub(QUIET).filter(|module| *module < width);
    let is_dark = |x, y| Some(modules[module(y)? * width + module(x)?] == Color::Dark);
    let picture = GrayImage::from_fn(side, side, |x, y| Luma([if is_dark(x, y) == Some(true) { 0 } else { 255 }]));
    let mut bytes = Cursor::new(vec![]);
    picture.write_to(&mut bytes, ImageFormat::Png).ok()?;
    Some(bytes.into_inner())
}
