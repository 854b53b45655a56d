//! Rupiah, as gateways write them.

use domain::Money;
use serde_json::Value;
use service::{Error, Result};

/// `275000`, `275000.0` or `"275000.00"` as 275000; `None` for cents, which rupiah do not have.
pub fn rupiah(value: &Value) -> Option<i64> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let (whole, cents) = text.split_once('.').unwrap_or((&text, ""));
    cents.bytes().all(|b| b == b'0').then(|| whole.parse().ok()).flatten()
}

/// Fails when a currency is named that is not ours.
pub fn check_currency(gateway: &'static str, currency: Option<&str>) -> Result<()> {
    match currency {
        None | Some("" | "IDR") => Ok(()),
        Some(other) => Err(Error::port(gateway, format!("currency {other}"))),
    }
}

/// Fails when a gateway's charge is not about what it was asked for.
pub fn agrees(gateway: &'static str, found: Money, asked: Money) -> Result<()> {
    if found == asked { Ok(()) } else { Err(Error::port(gateway, "charged another amount than asked for")) }
}
