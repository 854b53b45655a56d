//! Speaks Xendit's invoices and refunds (payments-wire.md, section 2).

mod refund;

use super::hosted::{Bill, FollowUp, Hosted, Provider, now};
use super::{Pace, basic_user};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

pub struct Xendit {
    pub secret_key: String,
    pub callback_token: String,
    pub webhook_url: String,
    pub pace: Pace,
    pub refunds: refund::Book,
}

type Sim = Arc<Hosted<Xendit>>;

pub fn router(sim: &Sim) -> Router {
    let api = Router::new()
        .route("/v2/invoices", post(create).get(list))
        .route("/v2/invoices/", post(create).get(list))
        .route("/v2/invoices/{id}", get(find))
        .route("/invoices/{id}/expire!", post(expire))
        .route("/refunds", post(refund::create).get(refund::list))
        .route("/refunds/", post(refund::create).get(refund::list))
        .route("/refunds/{id}", get(refund::find))
        .route("/_refunds", post(refund::make_plan));
    sim.mount(api)
}

impl Provider for Xendit {
    fn title(&self) -> &'static str {
        "Xendit (simulator)"
    }

    fn report(&self, bill: &Bill) -> (HeaderMap, Vec<u8>) {
        let mut body = invoice(bill, "");
        body["is_high"] = json!(false);
        body["payment_method"] = json!(if bill.method == "QRIS" { "QR_CODE" } else { "BANK_TRANSFER" });
        body["payment_channel"] = json!(bill.method);
        (token_headers(self), body.to_string().into_bytes())
    }

    fn ladder(&self, answer: Option<(StatusCode, &[u8])>) -> Vec<Duration> {
        match answer {
            Some((status, _)) if status.is_success() => vec![],
            _ => self.pace.of(&[900, 2_700, 7_200, 10_800, 21_600, 43_200]),
        }
    }

    /// Told when asked only.
    fn follow_ups(&self) -> &'static [FollowUp] {
        &[FollowUp { outcome: "settled", label: "Cairkan dana (SETTLED)", apply: |bill| bill.is_settled = true, is_told: false }]
    }
}

/// What all reports carry: the account's token proves the sender.
fn token_headers(account: &Xendit) -> HeaderMap {
    let mut headers = HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
    if let Ok(token) = HeaderValue::from_str(&account.callback_token) {
        headers.insert(HeaderName::from_static("x-callback-token"), token);
    }
    headers
}

fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

fn refusal(status: StatusCode, code: &str, message: &str) -> Response {
    (status, Json(json!({ "error_code": code, "message": message }))).into_response()
}

fn unauthorized() -> Response {
    refusal(StatusCode::UNAUTHORIZED, "INVALID_API_KEY", "API key is not authorized for this API service")
}

fn is_authorized(sim: &Sim, headers: &HeaderMap) -> bool {
    basic_user(headers).as_deref() == Some(&sim.provider.secret_key)
}

fn invoice(bill: &Bill, url: &str) -> Value {
    let status = match bill.status.as_str() {
        "paid" if bill.is_settled => "SETTLED",
        "paid" => "PAID",
        "expired" | "cancelled" => "EXPIRED",
        _ => "PENDING",
    };
    let mut body = json!({
        "id": bill.id, "external_id": bill.reference, "user_id": "5f27a14a9bf05c73dd040bc8", "status": status,
        "merchant_name": "Belanjain", "merchant_profile_picture_url": "", "amount": bill.amount, "currency": "IDR",
        "description": bill.request["description"], "payer_email": bill.request["payer_email"], "expiry_date": time(bill.expires_at),
        "invoice_url": url, "available_banks": [], "available_retail_outlets": [], "available_ewallets": [],
        "available_qr_codes": [], "available_direct_debits": [], "available_paylaters": [], "should_exclude_credit_card": false,
        "should_send_email": false, "created": time(bill.created_at), "updated": time(now()), "items": [], "fees": [],
    });
    if let Some(paid_at) = bill.paid_at.filter(|_| bill.status == "paid") {
        body["paid_amount"] = json!(bill.paid_amount);
        body["paid_at"] = json!(time(paid_at));
    }
    body
}

async fn create(State(sim): State<Sim>, headers: HeaderMap, Json(request): Json<Value>) -> Response {
    if !is_authorized(&sim, &headers) {
        return unauthorized();
    }
    let (reference, amount) = (request["external_id"].as_str().unwrap_or_default(), request["amount"].as_i64().unwrap_or(0));
    if reference.is_empty() || amount < 1 {
        return refusal(StatusCode::BAD_REQUEST, "API_VALIDATION_ERROR", "external_id and amount are required");
    }
    if request["currency"].as_str().is_some_and(|c| c != "IDR") {
        return refusal(StatusCode::BAD_REQUEST, "UNSUPPORTED_CURRENCY", "The currency is not supported");
    }
    let created_at = now();
    let seconds = request["invoice_duration"].as_i64().unwrap_or(86_400);
    // 24 hex digits, and never unique by the shop's reference.
    let id: String = uuid::Uuid::new_v4().simple().to_string().chars().take(24).collect();
    let bill = Bill {
        reference: reference.to_owned(),
        amount,
        method: request["payment_methods"][0].as_str().unwrap_or("QRIS").to_owned(),
        customer: request["customer"]["given_names"].as_str().unwrap_or_default().to_owned(),
        status: "pending".into(),
        return_url: request["success_redirect_url"].as_str().map_or_else(|| sim.page_url(&id), str::to_owned),
        webhook_url: sim.provider.webhook_url.clone(),
        created_at,
        expires_at: created_at + TimeDelta::seconds(seconds),
        paid_at: None,
        paid_amount: amount,
        is_settled: false,
        refunds: BTreeMap::new(),
        id,
        request,
    };
    let body = invoice(&bill, &sim.page_url(&bill.id));
    sim.put(bill);
    Json(body).into_response()
}

async fn find(State(sim): State<Sim>, headers: HeaderMap, Path(id): Path<String>) -> Response {
    if !is_authorized(&sim, &headers) {
        return unauthorized();
    }
    match sim.find(|b| b.id == id) {
        Some(bill) => Json(invoice(&bill, &sim.page_url(&bill.id))).into_response(),
        None => refusal(StatusCode::NOT_FOUND, "INVOICE_NOT_FOUND_ERROR", "Invoice not found"),
    }
}

async fn list(State(sim): State<Sim>, headers: HeaderMap, Query(query): Query<BTreeMap<String, String>>) -> Response {
    if !is_authorized(&sim, &headers) {
        return unauthorized();
    }
    let bills = sim.all(|b| query.get("external_id").is_none_or(|id| *id == b.reference));
    Json(bills.iter().map(|b| invoice(b, &sim.page_url(&b.id))).collect::<Vec<_>>()).into_response()
}

async fn expire(State(sim): State<Sim>, headers: HeaderMap, Path(id): Path<String>) -> Response {
    if !is_authorized(&sim, &headers) {
        return unauthorized();
    }
    let ended = sim.change(
        |b| b.id == id,
        |bill| {
            let is_open = bill.status == "pending";
            if is_open {
                bill.status = "expired".into();
            }
            is_open.then(|| bill.clone())
        },
    );
    match ended {
        None => refusal(StatusCode::NOT_FOUND, "INVOICE_NOT_FOUND_ERROR", "Invoice not found"),
        Some(None) => refusal(StatusCode::BAD_REQUEST, "EXPIRE_INVOICE_ERROR", "Could not find and update PENDING invoice"),
        Some(Some(bill)) => {
            sim.report(&bill, Duration::ZERO, 1);
            Json(invoice(&bill, &sim.page_url(&bill.id))).into_response()
        }
    }
}
