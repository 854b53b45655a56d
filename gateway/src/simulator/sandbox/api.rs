//! The API the shop calls.

use super::Sim;
use super::book::Entry;
use crate::payment::sandbox::wire::{CreatePayment, CreateRefund, Payment, Refund};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use subtle::ConstantTimeEq;

pub(super) async fn create(State(sim): State<Sim>, headers: HeaderMap, Json(request): Json<CreatePayment>) -> Response {
    if !is_authorized(&sim, &headers) {
        return refusal(StatusCode::UNAUTHORIZED, "UNAUTHORIZED");
    }
    if request.amount <= 0 || request.currency != "IDR" {
        return refusal(StatusCode::BAD_REQUEST, "INVALID_AMOUNT");
    }
    let entry = sim.book.create(request);
    (StatusCode::CREATED, Json(view(&sim, &entry))).into_response()
}

pub(super) async fn show(State(sim): State<Sim>, headers: HeaderMap, Path(id): Path<String>) -> Response {
    if !is_authorized(&sim, &headers) {
        return refusal(StatusCode::UNAUTHORIZED, "UNAUTHORIZED");
    }
    match sim.book.find(&id) {
        Some(entry) => Json(view(&sim, &entry)).into_response(),
        None => refusal(StatusCode::NOT_FOUND, "NOT_FOUND"),
    }
}

pub(super) async fn refund(
    State(sim): State<Sim>,
    headers: HeaderMap,
    Path(id): Path<String>,
    Json(request): Json<CreateRefund>,
) -> Response {
    if !is_authorized(&sim, &headers) {
        return refusal(StatusCode::UNAUTHORIZED, "UNAUTHORIZED");
    }
    let Some(key) = headers.get("idempotency-key").and_then(|v| v.to_str().ok()) else {
        return refusal(StatusCode::BAD_REQUEST, "IDEMPOTENCY_KEY_REQUIRED");
    };
    let made = sim.book.change(&id, |entry| {
        if let Some((known, _)) = entry.refunds.get(key) {
            return Some(known.clone());
        }
        let paid: i64 = entry.paid.iter().sum();
        let returned: i64 = entry.refunds.values().map(|r| r.1).sum();
        if returned + request.amount > paid {
            return None;
        }
        let refund = format!("rfd_{}", uuid::Uuid::new_v4().simple());
        entry.refunds.insert(key.to_owned(), (refund.clone(), request.amount));
        Some(refund)
    });
    match made {
        None => refusal(StatusCode::NOT_FOUND, "NOT_FOUND"),
        Some(None) => refusal(StatusCode::CONFLICT, "REFUND_EXCEEDS_PAYMENT"),
        Some(Some(id)) => (StatusCode::CREATED, Json(Refund { id, status: "succeeded".into() })).into_response(),
    }
}

fn view(sim: &Sim, entry: &Entry) -> Payment {
    Payment {
        id: entry.id.clone(),
        status: entry.status.clone(),
        amount: entry.amount(),
        redirect_url: format!("{}/pay/{}", sim.base_url, entry.id),
        external_id: entry.request.external_id.clone(),
        reference: entry.reference(&entry.status),
    }
}

fn is_authorized(sim: &Sim, headers: &HeaderMap) -> bool {
    let given =
        headers.get("authorization").and_then(|v| v.to_str().ok()).and_then(|v| v.strip_prefix("Bearer ")).unwrap_or_default();
    given.as_bytes().ct_eq(sim.options.server_key.as_bytes()).into()
}

fn refusal(status: StatusCode, code: &str) -> Response {
    (status, Json(json!({ "error_code": code }))).into_response()
}
