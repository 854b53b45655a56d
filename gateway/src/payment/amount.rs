//! Rupiah, as gateways write them.

use serde_json::Value;

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
