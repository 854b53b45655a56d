//! Speaks Midtrans' Snap and Core APIs (payments-wire.md, section 1): same paths, codes, strings for
//! numbers, signatures.

mod code;

use super::hosted::{Bill, FollowUp, Hosted, Provider, now};
use super::{Pace, basic_user};
use crate::payment::midtrans_signature;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use chrono::{DateTime, TimeDelta, Utc};
use domain::analytics::WIB;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

pub struct Midtrans {
    pub server_key: String,
    /// Where notifications go unless a transaction overrides it.
    pub webhook_url: String,
    pub pace: Pace,
}

type Sim = Arc<Hosted<Midtrans>>;

pub fn router(sim: &Sim) -> Router {
    let api = Router::new()
        .route("/snap/v1/transactions", post(snap))
        .route("/snap/v1/transactions/{token}/cancel", post(close_page))
        .route("/v2/charge", post(charge))
        .route("/v2/{id}/status", get(status))
        .route("/v2/{id}/cancel", post(cancel))
        .route("/v2/{id}/expire", post(expire))
        .route("/v2/{id}/refund", post(refund))
        .route("/v2/qris/{id}/qr-code", get(code::show))
        .route("/v2/gopay/{id}/qr-code", get(code::show))
        .route("/v4/qris/gopay/{id}/qr-code", get(code::show));
    sim.mount(api)
}

impl Provider for Midtrans {
    fn title(&self) -> &'static str {
        "Midtrans (simulator)"
    }

    fn report(&self, bill: &Bill) -> (HeaderMap, Vec<u8>) {
        let mut body = transaction(bill);
        // The API says 407 and 200 of these.
        if matches!(bill.status.as_str(), "expired" | "cancelled") {
            body["status_code"] = json!("202");
        }
        let text = |key: &str| body[key].as_str().unwrap_or_default().to_owned();
        let signature = midtrans_signature(&text("order_id"), &text("status_code"), &text("gross_amount"), &self.server_key);
        body["signature_key"] = json!(signature);
        body["status_message"] = json!("midtrans payment notification");
        let headers = HeaderMap::from_iter([
            (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
            (header::USER_AGENT, HeaderValue::from_static("Veritrans")),
        ]);
        (headers, body.to_string().into_bytes())
    }

    fn ladder(&self, answer: Option<(StatusCode, &[u8])>) -> Vec<Duration> {
        let repetitions = match answer.map(|(status, _)| status.as_u16()) {
            Some(200..=399) => 0,
            Some(500) => 1,
            Some(503) => 4,
            Some(400 | 404) => 2,
            _ => 5,
        };
        self.pace.of(&[120, 600, 1_800, 5_400, 12_600][..repetitions])
    }

    fn follow_ups(&self) -> &'static [FollowUp] {
        &[
            FollowUp {
                outcome: "reverse",
                label: "Batalkan penyelesaian (deny)",
                apply: |bill| "reversed".clone_into(&mut bill.status),
                is_told: true,
            },
            FollowUp {
                outcome: "chargeback",
                label: "Sanggahan pemegang kartu (chargeback)",
                apply: |bill| "chargeback".clone_into(&mut bill.status),
                is_told: true,
            },
        ]
    }

    /// Before the buyer has chosen, a Snap page is no transaction.
    fn tells_expiry(&self, bill: &Bill) -> bool {
        bill.method != "credit_card"
    }

    fn busy(&self) -> Option<Response> {
        let body = json!({ "status_code": "202", "status_message": "The same request is being processed" });
        Some((StatusCode::ACCEPTED, Json(body)).into_response())
    }
}

/// Jakarta's time, without saying so.
fn time(at: DateTime<Utc>) -> String {
    at.with_timezone(&WIB).format("%Y-%m-%d %H:%M:%S").to_string()
}

/// The transaction as Midtrans describes it; every scalar is a string.
fn transaction(bill: &Bill) -> Value {
    let refunded = bill.refunded();
    let (code, status) = match bill.status.as_str() {
        "paid" if refunded == 0 => ("200", "settlement"),
        "paid" if refunded < bill.amount => ("200", "partial_refund"),
        "paid" => ("200", "refund"),
        "failed" | "reversed" => ("202", "deny"),
        "chargeback" => ("200", "chargeback"),
        "expired" => ("407", "expire"),
        "cancelled" => ("200", "cancel"),
        _ => ("201", "pending"),
    };
    let amount = if bill.status == "paid" { bill.paid_amount } else { bill.amount };
    let mut body = json!({
        "status_code": code, "status_message": "Success, transaction is found", "transaction_id": bill.id,
        "order_id": bill.reference, "merchant_id": "G000000001", "gross_amount": format!("{amount}.00"), "currency": "IDR",
        "payment_type": payment_type(&bill.method), "transaction_time": time(bill.created_at), "transaction_status": status,
        "fraud_status": "accept", "expiry_time": time(bill.expires_at),
    });
    if let Some(paid_at) = bill.paid_at {
        body["settlement_time"] = json!(time(paid_at));
    }
    if refunded > 0 {
        body["refund_amount"] = json!(format!("{refunded}.00"));
        let refund = |(n, (key, amount)): (usize, (&String, &i64))| {
            json!({
                "refund_chargeback_id": n + 1, "refund_amount": format!("{amount}.00"), "created_at": time(now()),
                "reason": "", "refund_key": key, "refund_method": "online",
            })
        };
        body["refunds"] = bill.refunds.iter().enumerate().map(refund).collect();
    }
    let number = account_number(&bill.id);
    match bill.method.as_str() {
        "bca" | "bni" | "bri" | "cimb" => body["va_numbers"] = json!([{ "bank": bill.method, "va_number": number }]),
        "permata" => body["permata_va_number"] = json!(number),
        "echannel" => (body["biller_code"], body["bill_key"]) = (json!("70012"), json!(number)),
        _ => {}
    }
    body
}

fn payment_type(method: &str) -> &str {
    match method {
        "bca" | "bni" | "bri" | "cimb" | "permata" => "bank_transfer",
        other => other,
    }
}

/// Digits that belong to the transaction.
fn account_number(id: &str) -> String {
    let digits = id.bytes().filter(u8::is_ascii_hexdigit).map(|b| char::from(b'0' + b % 10));
    format!("8808{}", digits.take(12).collect::<String>())
}

fn refusal(code: u16, message: &str) -> Response {
    let status = if code == 401 { StatusCode::UNAUTHORIZED } else { StatusCode::OK };
    let body = json!({ "status_code": code.to_string(), "status_message": message, "id": uuid::Uuid::new_v4().to_string() });
    (status, Json(body)).into_response()
}

fn is_authorized(sim: &Sim, headers: &HeaderMap) -> bool {
    basic_user(headers).as_deref() == Some(&sim.provider.server_key)
}

fn with_order(id: &str) -> impl Fn(&Bill) -> bool + '_ {
    move |bill| bill.id == id || bill.reference == id
}

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
fn open(sim: &Sim, headers: &HeaderMap, request: Value, method: &str) -> Result<Bill, Box<Response>> {
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

async fn snap(State(sim): State<Sim>, headers: HeaderMap, Json(request): Json<Value>) -> Response {
    let errors = |status: StatusCode, message: &str| (status, Json(json!({ "error_messages": [message] }))).into_response();
    if !is_authorized(&sim, &headers) {
        return errors(
            StatusCode::UNAUTHORIZED,
            "Access denied due to unauthorized transaction, please check client or server key",
        );
    }
    // A page asked for again before it was used is the same page.
    let order = request["transaction_details"]["order_id"].as_str().unwrap_or_default().to_owned();
    let known = sim.find(|b| b.reference == order && b.status == "pending" && b.method == "credit_card");
    let bill = match known {
        Some(known) => known,
        None => match open(&sim, &headers, request, "credit_card") {
            Ok(bill) => {
                sim.put(bill.clone());
                bill
            }
            Err(_) => {
                return errors(StatusCode::BAD_REQUEST, "transaction_details.order_id has already been taken or is invalid");
            }
        },
    };
    let made = json!({ "token": bill.id, "redirect_url": sim.page_url(&bill.id) });
    (StatusCode::CREATED, Json(made)).into_response()
}

/// Ends a page nobody has used. Its token is the bill's id.
async fn close_page(State(sim): State<Sim>, headers: HeaderMap, Path(token): Path<String>) -> Response {
    let errors = |status: StatusCode, message: &str| (status, Json(json!({ "error_messages": [message] }))).into_response();
    if !is_authorized(&sim, &headers) {
        return errors(
            StatusCode::UNAUTHORIZED,
            "Access denied due to unauthorized transaction, please check client or server key",
        );
    }
    let before = sim.change(
        |bill| bill.id == token && bill.method == "credit_card",
        |bill| {
            let before = bill.status.clone();
            if before == "pending" {
                bill.status = "cancelled".into();
            }
            before
        },
    );
    match before.as_deref() {
        None => errors(StatusCode::NOT_FOUND, "token not found"),
        Some("pending") => Json(json!({ "canceled_at": now().to_rfc3339() })).into_response(),
        Some("cancelled") => errors(StatusCode::BAD_REQUEST, "token already canceled"),
        Some(_) => errors(StatusCode::BAD_REQUEST, "Transaction is on progress"),
    }
}

async fn charge(State(sim): State<Sim>, headers: HeaderMap, Json(request): Json<Value>) -> Response {
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

async fn status(State(sim): State<Sim>, headers: HeaderMap, Path(id): Path<String>) -> Response {
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

/// A Snap page nobody has used, or nobody will: no transaction.
fn is_untouched(bill: &Bill) -> bool {
    bill.method == "credit_card" && ["pending", "cancelled"].contains(&bill.status.as_str())
}

/// Ends a pending transaction.
fn end(sim: &Sim, headers: &HeaderMap, id: &str, status: &str) -> Response {
    if !is_authorized(sim, headers) {
        return refusal(401, "Unknown Merchant server_key/id");
    }
    let ended = sim.change(
        |bill| with_order(id)(bill) && !is_untouched(bill),
        |bill| {
            let is_open = bill.status == "pending";
            if is_open {
                status.clone_into(&mut bill.status);
            }
            is_open.then(|| bill.clone())
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

async fn cancel(State(sim): State<Sim>, headers: HeaderMap, Path(id): Path<String>) -> Response {
    end(&sim, &headers, &id, "cancelled")
}

async fn expire(State(sim): State<Sim>, headers: HeaderMap, Path(id): Path<String>) -> Response {
    end(&sim, &headers, &id, "expired")
}

async fn refund(State(sim): State<Sim>, headers: HeaderMap, Path(id): Path<String>, Json(request): Json<Value>) -> Response {
    if !is_authorized(&sim, &headers) {
        return refusal(401, "Unknown Merchant server_key/id");
    }
    let key = request["refund_key"].as_str().map_or_else(|| uuid::Uuid::new_v4().to_string(), str::to_owned);
    let done = sim.change(with_order(&id), |bill| {
        let amount = request["amount"].as_i64().unwrap_or(bill.amount - bill.refunded());
        if bill.refunds.contains_key(&key) {
            return Err((406, "Duplicate refund ID"));
        }
        if bill.status != "paid" || !matches!(bill.method.as_str(), "qris" | "gopay" | "credit_card") {
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
