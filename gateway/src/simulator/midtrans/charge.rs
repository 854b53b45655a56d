//! Core: charges, their state, their end and refunds.

use super::opening::open;
use super::transaction::{is_captured, is_untouched, transaction};
use super::{Sim, code, is_authorized, refusal, void, with_order};
use crate::simulator::hosted::{Bill, now};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::time::Duration;

pub async fn charge(State(sim): State<Sim>, headers: HeaderMap, Json(request): Json<Value>) -> Response {
    if !is_authorized(&sim, &headers) {
        return refusal(401, "Unknown Merchant server_key/id");
    }
    let method = match request["payment_type"].as_str().unwrap_or_default() {
        "bank_transfer" => request["bank_transfer"]["bank"].as_str().unwrap_or_default().to_owned(),
        other => other.to_owned(),
    };
    if !["qris", "gopay", "bca", "bni", "bri", "cimb", "permata", "echannel"].contains(&method.as_str()) {
        return refusal(402, "Payment channel is not activated.");
    }
    // Successful answers are replayed for the same idempotency key for five minutes, whatever the
    // body says.
    let key = headers.get("idempotency-key").and_then(|v| v.to_str().ok()).filter(|k| k.len() <= 46).map(str::to_owned);
    let kept_for = sim.provider.pace.of(&[300])[0];
    let is_fresh = |bill: &Bill| (now() - bill.created_at).to_std().is_ok_and(|age| age < kept_for);
    let known = key.as_ref().and_then(|key| sim.find(|b| b.request["idempotency_key"] == json!(key) && is_fresh(b)));
    let bill = match known {
        Some(known) => known,
        None => match open(&sim, &headers, request, &method) {
            Ok(mut bill) => {
                bill.request["idempotency_key"] = json!(key);
                sim.put(bill.clone());
                bill
            }
            Err(refused) => return *refused,
        },
    };
    let mut body = transaction(&bill);
    body["status_message"] = json!(format!("{} transaction is created", bill.method));
    code::describe(&sim, &bill, &mut body);
    Json(body).into_response()
}

pub async fn status(State(sim): State<Sim>, headers: HeaderMap, Path(id): Path<String>) -> Response {
    if !is_authorized(&sim, &headers) {
        return refusal(401, "Unknown Merchant server_key/id");
    }
    let missing =
        || (StatusCode::NOT_FOUND, Json(json!({ "status_code": "404", "status_message": "Transaction doesn't exist." })));
    match sim.find(with_order(&id)) {
        // A Snap page nobody has used is no transaction yet.
        Some(bill) if is_untouched(&bill) => missing().into_response(),
        Some(bill) => Json(transaction(&bill)).into_response(),
        None => missing().into_response(),
    }
}

/// Ends a pending transaction, or gives back what was only captured.
fn end(sim: &Sim, headers: &HeaderMap, id: &str, status: &str) -> Response {
    if !is_authorized(sim, headers) {
        return refusal(401, "Unknown Merchant server_key/id");
    }
    let ended = sim.change(
        |bill| with_order(id)(bill) && !is_untouched(bill),
        |bill| {
            let is_open = bill.status == "pending";
            let is_voided = is_captured(bill) && status == "cancelled";
            if is_open {
                status.clone_into(&mut bill.status);
            } else if is_voided {
                void(bill);
            }
            (is_open || is_voided).then(|| bill.clone())
        },
    );
    match ended {
        None => refusal(404, "Transaction doesn't exist."),
        Some(None) => refusal(412, "Transaction status cannot be updated."),
        Some(Some(bill)) => {
            sim.report(&bill, Duration::ZERO, 1);
            Json(transaction(&bill)).into_response()
        }
    }
}

pub async fn cancel(State(sim): State<Sim>, headers: HeaderMap, Path(id): Path<String>) -> Response {
    end(&sim, &headers, &id, "cancelled")
}

pub async fn expire(State(sim): State<Sim>, headers: HeaderMap, Path(id): Path<String>) -> Response {
    end(&sim, &headers, &id, "expired")
}

pub async fn refund(State(sim): State<Sim>, headers: HeaderMap, Path(id): Path<String>, Json(request): Json<Value>) -> Response {
    if !is_authorized(&sim, &headers) {
        return refusal(401, "Unknown Merchant server_key/id");
    }
    let key = request["refund_key"].as_str().map_or_else(|| uuid::Uuid::new_v4().to_string(), str::to_owned);
    let done = sim.change(with_order(&id), |bill| {
        let amount = request["amount"].as_i64().unwrap_or(bill.amount - bill.refunded());
        if bill.refunds.contains_key(&key) {
            return Err((406, "Duplicate refund ID"));
        }
        if bill.status != "paid" || is_captured(bill) || !matches!(bill.method.as_str(), "qris" | "gopay" | "credit_card") {
            return Err((412, "Transaction status cannot be updated."));
        }
        if amount < 1 || bill.refunded() + amount > bill.amount {
            return Err((414, "Refund amount is invalid"));
        }
        bill.refunds.insert(key.clone(), amount);
        Ok((bill.clone(), amount))
    });
    match done {
        None => refusal(404, "Transaction doesn't exist."),
        Some(Err((code, message))) => refusal(code, message),
        Some(Ok((bill, amount))) => {
            sim.report(&bill, Duration::ZERO, 2);
            let mut body = transaction(&bill);
            body["status_message"] = json!("Success, refund request is approved");
            body["refund_amount"] = json!(format!("{amount}.00"));
            body["refund_key"] = json!(key);
            Json(body).into_response()
        }
    }
}
