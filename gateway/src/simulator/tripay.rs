//! Speaks Tripay's closed payments (payments-wire.md, section 3).

mod channels;
mod form;

use super::Pace;
use super::hosted::{Bill, FollowUp, Hosted, Provider, now};
use crate::payment::tripay_hmac;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use channels::Channel;
use chrono::{DateTime, TimeDelta};
use form::whole;
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

pub fn router(sim: &Sim) -> Router {
    let api = Router::new()
        .route("/merchant/payment-channel", get(channels::list))
        .route("/merchant/fee-calculator", get(channels::fees))
        .route("/payment/instruction", get(channels::instruction))
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
            "total_amount": bill.paid_amount, "fee_merchant": fee(bill), "fee_customer": 0, "total_fee": fee(bill),
            "amount_received": bill.paid_amount - fee(bill),
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
    fn ladder(&self, answer: Option<(StatusCode, &[u8])>) -> Vec<Duration> {
        let is_taken = answer.is_some_and(|(status, body)| {
            let said: Value = serde_json::from_slice(body).unwrap_or_default();
            status.is_success() && said["success"] == json!(true)
        });
        if is_taken { vec![] } else { self.pace.of(&[120, 120, 120]) }
    }

    /// There is no API for it: Tripay does it out of band and reports it.
    fn follow_ups(&self) -> &'static [FollowUp] {
        &[FollowUp {
            outcome: "refunded",
            label: "Kembalikan dana (REFUND)",
            apply: |bill| "refunded".clone_into(&mut bill.status),
            is_told: true,
        }]
    }
}

fn name(code: &str) -> &str {
    Channel::find(code).map_or(code, |channel| channel.name)
}

/// What the shop pays of it.
fn fee(bill: &Bill) -> i64 {
    Channel::find(&bill.method).map_or(0, |channel| channel.fee(bill.paid_amount))
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
    let channel = Channel::find(&bill.method);
    let is_redirect = channel.is_some_and(|channel| channel.is_redirect);
    let digits = bill.id.bytes().map(|b| char::from(b'0' + b % 10)).take(10).collect::<String>();
    let pay_code = Some(format!("77{digits}")).filter(|_| !is_redirect && bill.method != "QRIS2");
    let instructions = channel.map(|channel| channel.instructions(pay_code.as_deref().unwrap_or_default(), Some(bill.amount)));
    let mut body = json!({
        "reference": bill.id, "merchant_ref": bill.reference, "payment_selection_type": "static", "payment_method": bill.method,
        "payment_name": name(&bill.method), "customer_name": bill.customer, "customer_email": bill.request["customer_email"],
        "callback_url": bill.webhook_url, "return_url": bill.return_url, "amount": bill.paid_amount, "fee_merchant": fee(bill), "fee_customer": 0,
        "total_fee": fee(bill), "amount_received": bill.paid_amount - fee(bill), "pay_code": pay_code, "pay_url": null,
        "checkout_url": sim.page_url(&bill.id), "status": status(bill), "expired_time": bill.expires_at.timestamp(),
        "order_items": items(&bill.request), "instructions": instructions, "qr_string": null, "qr_url": null,
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

/// As Tripay repeats them.
fn items(request: &Value) -> Vec<Value> {
    let row = |item: &Value| {
        let (price, quantity) = (whole(&item["price"]).unwrap_or(0), whole(&item["quantity"]).unwrap_or(0));
        json!({
            "sku": item["sku"], "name": item["name"], "price": price, "quantity": quantity, "subtotal": price * quantity,
            "product_url": item["product_url"], "image_url": item["image_url"],
        })
    };
    request["order_items"].as_array().into_iter().flatten().map(row).collect()
}

async fn create(State(sim): State<Sim>, headers: HeaderMap, request: Request) -> Response {
    if !is_authorized(&sim, &headers) {
        return refusal(StatusCode::UNAUTHORIZED, "Invalid API Key");
    }
    let request = form::read(request).await;
    let text = |key: &str| request[key].as_str().unwrap_or_default().to_owned();
    let (reference, amount, method) = (text("merchant_ref"), whole(&request["amount"]).unwrap_or(0), text("method"));
    let message = format!("{}{reference}{amount}", sim.provider.merchant_code);
    if text("signature") != tripay_hmac(&sim.provider.private_key, message.as_bytes()) {
        return refusal(StatusCode::BAD_REQUEST, "Invalid signature");
    }
    if Channel::find(&method).is_none() {
        return refusal(StatusCode::BAD_REQUEST, "Payment channel is not available");
    }
    let sum: i64 = items(&request).iter().filter_map(|item| item["subtotal"].as_i64()).sum();
    if sum != amount || amount < 1 {
        return refusal(StatusCode::BAD_REQUEST, "Amount does not match the order items");
    }
    if text("customer_name").is_empty() || text("customer_email").is_empty() {
        return refusal(StatusCode::BAD_REQUEST, "The customer name and email are required");
    }
    let created_at = now();
    let expires_at = whole(&request["expired_time"]).and_then(|at| DateTime::from_timestamp(at, 0));
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
        is_settled: false,
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
    let fits = |name: &str, value: &str| query.get(name).is_none_or(|wanted| wanted == value);
    let mut bills = sim.all(|b| {
        fits("merchant_ref", &b.reference) && fits("reference", &b.id) && fits("method", &b.method) && fits("status", status(b))
    });
    bills.sort_by_key(|b| (b.created_at, b.id.clone()));
    let is_descending = query.get("sort").is_none_or(|sort| sort != "asc");
    if is_descending {
        bills.reverse();
    }
    let number = |name: &str, default: usize| query.get(name).and_then(|n| n.parse().ok()).unwrap_or(default).max(1);
    let (page, per_page) = (number("page", 1), number("per_page", 25).min(50));
    let first = (page - 1).saturating_mul(per_page);
    let rows: Vec<Value> = bills.iter().skip(first).take(per_page).map(|b| row(&sim, b)).collect();
    let last_page = bills.len().div_ceil(per_page).max(1);
    let pagination = json!({
        "sort": if is_descending { "desc" } else { "asc" }, "offset": { "from": first + 1, "to": first + rows.len() },
        "current_page": page, "previous_page": (page > 1).then(|| page - 1), "next_page": (page < last_page).then(|| page + 1),
        "last_page": last_page, "per_page": per_page, "total_records": bills.len(),
    });
    Json(json!({ "success": true, "message": "", "data": rows, "pagination": pagination })).into_response()
}

fn row(sim: &Sim, bill: &Bill) -> Value {
    let mut row = view(sim, bill);
    row["pay_code"] = row["pay_code"].as_str().and_then(|code| code.parse::<i64>().ok()).map_or(Value::Null, |n| json!(n));
    row["created_at"] = json!(bill.created_at.timestamp());
    row["expired_at"] = json!(bill.expires_at.timestamp());
    row["paid_at"] = json!(bill.paid_at.map(|at| at.timestamp()));
    for detail in ["instructions", "qr_string", "qr_url"] {
        row[detail].take();
    }
    row
}
