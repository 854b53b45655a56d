//! Speaks Tripay's closed payments (payments-wire.md, section 3).

use super::Pace;
use super::hosted::{Bill, Hosted, Provider, now};
use crate::payment::tripay_hmac;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use chrono::{DateTime, TimeDelta};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

pub struct Tripay {
    pub merchant_code: String,
    pub api_key: String,
    pub private_key: String,
    pub webhook_url: String,
    pub pace: Pace,
}

type Sim = Arc<Hosted<Tripay>>;
type Params = Query<BTreeMap<String, String>>;

/// Code, name, and whether the buyer pays on the wallet's own page.
const CHANNELS: [(&str, &str, bool); 11] = [
    ("QRIS2", "QRIS", false),
    ("BCAVA", "BCA Virtual Account", false),
    ("BNIVA", "BNI Virtual Account", false),
    ("BRIVA", "BRI Virtual Account", false),
    ("MANDIRIVA", "Mandiri Virtual Account", false),
    ("PERMATAVA", "Permata Virtual Account", false),
    ("ALFAMART", "Alfamart", false),
    ("INDOMARET", "Indomaret", false),
    ("OVO", "OVO", true),
    ("DANA", "DANA", true),
    ("SHOPEEPAY", "ShopeePay", true),
];

pub fn router(sim: &Sim) -> Router {
    let api = Router::new()
        .route("/merchant/payment-channel", get(channels))
        .route("/merchant/transactions", get(list))
        .route("/transaction/create", post(create))
        .route("/transaction/detail", get(detail))
        .route("/transaction/check-status", get(check_status));
    sim.mount(api)
}

impl Provider for Tripay {
    fn title(&self) -> &'static str {
        "Tripay (simulator)"
    }

    fn report(&self, bill: &Bill) -> (HeaderMap, Vec<u8>) {
        let body = json!({
            "reference": bill.id, "merchant_ref": bill.reference, "payment_method": name(&bill.method), "payment_method_code": bill.method,
            "total_amount": bill.paid_amount, "fee_merchant": 0, "fee_customer": 0, "total_fee": 0, "amount_received": bill.paid_amount,
            "is_closed_payment": 1, "status": status(bill), "paid_at": bill.paid_at.map(|at| at.timestamp()), "note": null,
        })
        .to_string()
        // As PHP writes it: whoever signs another text than the raw body is found out.
        .replace('/', "\\/")
        .into_bytes();
        let mut headers = HeaderMap::from_iter([
            (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
            (HeaderName::from_static("x-callback-event"), HeaderValue::from_static("payment_status")),
        ]);
        if let Ok(signature) = HeaderValue::from_str(&tripay_hmac(&self.private_key, &body)) {
            headers.insert(HeaderName::from_static("x-callback-signature"), signature);
        }
        (headers, body)
    }

    /// Anything but `{"success":true}` is repeated.
    fn is_taken(&self, status: StatusCode, body: &[u8]) -> bool {
        let answer: Value = serde_json::from_slice(body).unwrap_or_default();
        status.is_success() && answer["success"] == json!(true)
    }

    fn ladder(&self) -> Vec<Duration> {
        self.pace.of(&[120, 120, 120])
    }
}

fn name(code: &str) -> &str {
    CHANNELS.iter().find(|c| c.0 == code).map_or(code, |c| c.1)
}

fn status(bill: &Bill) -> &'static str {
    match bill.status.as_str() {
        "paid" => "PAID",
        "failed" => "FAILED",
        "expired" | "cancelled" => "EXPIRED",
        "refunded" => "REFUND",
        _ => "UNPAID",
    }
}

fn success(data: Value) -> Response {
    Json(json!({ "success": true, "message": "", "data": data })).into_response()
}

fn refusal(status: StatusCode, message: &str) -> Response {
    (status, Json(json!({ "success": false, "message": message }))).into_response()
}

fn is_authorized(sim: &Sim, headers: &HeaderMap) -> bool {
    let given = headers.get("authorization").and_then(|v| v.to_str().ok()).and_then(|v| v.strip_prefix("Bearer "));
    given == Some(&sim.provider.api_key)
}

fn view(sim: &Sim, bill: &Bill) -> Value {
    let is_redirect = CHANNELS.iter().any(|c| c.0 == bill.method && c.2);
    let digits = bill.id.bytes().map(|b| char::from(b'0' + b % 10)).take(10).collect::<String>();
    let is_code = !is_redirect && bill.method != "QRIS2";
    let mut body = json!({
        "reference": bill.id, "merchant_ref": bill.reference, "payment_selection_type": "static", "payment_method": bill.method,
        "payment_name": name(&bill.method), "customer_name": bill.customer, "customer_email": bill.request["customer_email"],
        "callback_url": bill.webhook_url, "return_url": bill.return_url, "amount": bill.paid_amount, "fee_merchant": 0, "fee_customer": 0,
        "total_fee": 0, "amount_received": bill.paid_amount, "pay_code": is_code.then(|| format!("77{digits}")), "pay_url": null,
        "checkout_url": sim.page_url(&bill.id), "status": status(bill), "expired_time": bill.expires_at.timestamp(),
        "order_items": bill.request["order_items"], "instructions": [], "qr_string": null, "qr_url": null,
        "paid_at": bill.paid_at.map(|at| at.timestamp().to_string()),
    });
    if is_redirect {
        body["pay_url"] = json!(sim.page_url(&bill.id));
    }
    if bill.method == "QRIS2" {
        body["qr_string"] = json!(format!("00020101021226TRIPAY{}5303360", bill.id));
        body["qr_url"] = json!(format!("{}/qr/{}", sim.base_url, bill.id));
    }
    body
}

async fn create(State(sim): State<Sim>, headers: HeaderMap, Json(request): Json<Value>) -> Response {
    if !is_authorized(&sim, &headers) {
        return refusal(StatusCode::UNAUTHORIZED, "Invalid API Key");
    }
    let text = |key: &str| request[key].as_str().unwrap_or_default().to_owned();
    let (reference, amount, method) = (text("merchant_ref"), request["amount"].as_i64().unwrap_or(0), text("method"));
    let message = format!("{}{reference}{amount}", sim.provider.merchant_code);
    if text("signature") != tripay_hmac(&sim.provider.private_key, message.as_bytes()) {
        return refusal(StatusCode::BAD_REQUEST, "Invalid signature");
    }
    if !CHANNELS.iter().any(|c| c.0 == method) {
        return refusal(StatusCode::BAD_REQUEST, "Payment channel is not available");
    }
    let items = request["order_items"].as_array().cloned().unwrap_or_default();
    let sum: i64 = items.iter().map(|i| i["price"].as_i64().unwrap_or(0) * i["quantity"].as_i64().unwrap_or(0)).sum();
    if sum != amount || amount < 1 {
        return refusal(StatusCode::BAD_REQUEST, "Amount does not match the order items");
    }
    if text("customer_name").is_empty() || text("customer_email").is_empty() {
        return refusal(StatusCode::BAD_REQUEST, "The customer name and email are required");
    }
    let created_at = now();
    let expires_at = request["expired_time"].as_i64().and_then(|at| DateTime::from_timestamp(at, 0));
    let id = format!("{}{}", sim.provider.merchant_code, uuid::Uuid::new_v4().simple()).to_uppercase();
    let webhook_url = request["callback_url"].as_str().unwrap_or(&sim.provider.webhook_url).to_owned();
    let bill = Bill {
        reference,
        amount,
        method,
        customer: text("customer_name"),
        status: "pending".into(),
        return_url: request["return_url"].as_str().map_or_else(|| sim.page_url(&id), str::to_owned),
        webhook_url,
        created_at,
        expires_at: expires_at.unwrap_or(created_at + TimeDelta::hours(24)),
        paid_at: None,
        paid_amount: amount,
        refunds: BTreeMap::new(),
        id,
        request,
    };
    let body = view(&sim, &bill);
    sim.put(bill);
    success(body)
}

async fn detail(State(sim): State<Sim>, headers: HeaderMap, Query(query): Params) -> Response {
    if !is_authorized(&sim, &headers) {
        return refusal(StatusCode::UNAUTHORIZED, "Invalid API Key");
    }
    match sim.find(|b| query.get("reference") == Some(&b.id)) {
        Some(bill) => success(view(&sim, &bill)),
        None => refusal(StatusCode::NOT_FOUND, "Transaction not found"),
    }
}

async fn check_status(State(sim): State<Sim>, headers: HeaderMap, Query(query): Params) -> Response {
    if !is_authorized(&sim, &headers) {
        return refusal(StatusCode::UNAUTHORIZED, "Invalid API Key");
    }
    match sim.find(|b| query.get("reference") == Some(&b.id)) {
        Some(bill) => {
            let message = format!("Status transaksi saat ini {}", status(&bill));
            Json(json!({ "success": true, "message": message })).into_response()
        }
        None => refusal(StatusCode::NOT_FOUND, "Transaction not found"),
    }
}

/// The list says less than the detail, and `pay_code` is a number there.
async fn list(State(sim): State<Sim>, headers: HeaderMap, Query(query): Params) -> Response {
    if !is_authorized(&sim, &headers) {
        return refusal(StatusCode::UNAUTHORIZED, "Invalid API Key");
    }
    let bills = sim.all(|b| query.get("merchant_ref").is_none_or(|wanted| *wanted == b.reference));
    let rows: Vec<Value> = bills
        .iter()
        .map(|b| {
            let mut row = view(&sim, b);
            row["pay_code"] =
                row["pay_code"].as_str().and_then(|code| code.parse::<i64>().ok()).map_or(Value::Null, |n| json!(n));
            row["created_at"] = json!(b.created_at.timestamp());
            row
        })
        .collect();
    success(json!(rows))
}

async fn channels(State(sim): State<Sim>, headers: HeaderMap) -> Response {
    if !is_authorized(&sim, &headers) {
        return refusal(StatusCode::UNAUTHORIZED, "Invalid API Key");
    }
    let rows: Vec<Value> = CHANNELS
        .iter()
        .map(|(code, name, is_redirect)| {
            json!({
                "group": "Virtual Account", "code": code, "name": name, "type": if *is_redirect { "redirect" } else { "direct" },
                "fee_merchant": { "flat": 0, "percent": 0 }, "fee_customer": { "flat": 0, "percent": 0 },
                "total_fee": { "flat": 0, "percent": "0.00" }, "minimum_fee": null, "maximum_fee": null, "active": true,
            })
        })
        .collect();
    success(json!(rows))
}
