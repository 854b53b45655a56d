//! A new bill out of a request to Snap or Core.

use super::{Sim, refusal};
use crate::simulator::hosted::{Bill, now};
use axum::http::HeaderMap;
use axum::response::Response;
use chrono::TimeDelta;
use serde_json::Value;
use std::collections::BTreeMap;

/// How long the shop wants the buyer to have, by Core's or Snap's way of saying it.
fn lifetime(request: &Value) -> Option<TimeDelta> {
    let core = (&request["custom_expiry"]["expiry_duration"], &request["custom_expiry"]["unit"]);
    let snap = (&request["expiry"]["duration"], &request["expiry"]["unit"]);
    let (duration, unit) = if core.0.is_null() { snap } else { core };
    let duration = duration.as_i64()?;
    match unit.as_str().unwrap_or("minute").trim_end_matches('s') {
        "second" => TimeDelta::try_seconds(duration),
        "hour" => TimeDelta::try_hours(duration),
        "day" => TimeDelta::try_days(duration),
        _ => TimeDelta::try_minutes(duration),
    }
}

/// A new bill, or what is wrong with the request.
pub fn open(sim: &Sim, headers: &HeaderMap, request: Value, method: &str) -> Result<Bill, Box<Response>> {
    let details = &request["transaction_details"];
    let (order, amount) = (details["order_id"].as_str().unwrap_or_default(), details["gross_amount"].as_i64().unwrap_or(0));
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_~.".contains(c);
    if order.is_empty() || order.len() > 50 || !order.chars().all(is_plain) {
        return Err(refusal(400, "transaction_details.order_id is invalid").into());
    }
    if amount < 1 {
        return Err(refusal(400, "transaction_details.gross_amount is not a number").into());
    }
    let items = request["item_details"].as_array();
    let sum = |items: &Vec<Value>| -> i64 {
        items.iter().map(|i| i["price"].as_i64().unwrap_or(0) * i["quantity"].as_i64().unwrap_or(0)).sum()
    };
    if items.is_some_and(|items| sum(items) != amount) {
        return Err(refusal(400, "transaction_details.gross_amount is not equal to the sum of item_details").into());
    }
    if sim.find(|b| b.reference == order).is_some() {
        return Err(refusal(
            406,
            "The request could not be completed due to a conflict with the current state of the target resource, please try again",
        ).into());
    }
    let default = TimeDelta::minutes(if matches!(method, "qris" | "gopay") { 15 } else { 24 * 60 });
    let created_at = now();
    let webhook = headers.get("x-override-notification").and_then(|v| v.to_str().ok());
    let finish = request["callbacks"]["finish"].as_str().or_else(|| request["gopay"]["callback_url"].as_str());
    let id = uuid::Uuid::new_v4().to_string();
    Ok(Bill {
        reference: order.to_owned(),
        amount,
        method: method.to_owned(),
        customer: request["customer_details"]["first_name"].as_str().unwrap_or_default().to_owned(),
        status: "pending".into(),
        return_url: finish.map_or_else(|| sim.page_url(&id), str::to_owned),
        webhook_url: webhook.unwrap_or(&sim.provider.webhook_url).to_owned(),
        created_at,
        expires_at: created_at + lifetime(&request).unwrap_or(default),
        paid_at: None,
        paid_amount: amount,
        is_settled: false,
        refunds: BTreeMap::new(),
        id,
        request,
    })
}
