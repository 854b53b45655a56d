//! Speaks Midtrans' Snap and Core APIs (payments-wire.md, section 1): same paths, codes, strings for
//! numbers, signatures.

mod charge;
mod code;
mod opening;
mod snap;
mod transaction;

use super::hosted::{Bill, FollowUp, Hosted, Provider};
use super::{Pace, basic_user};
use crate::payment::midtrans_signature;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use transaction::{is_captured, transaction};

pub struct Midtrans {
    pub server_key: String,
    /// Where notifications go unless a transaction overrides it.
    pub webhook_url: String,
    pub pace: Pace,
}

type Sim = Arc<Hosted<Midtrans>>;

pub fn router(sim: &Sim) -> Router {
    let api = Router::new()
        .route("/snap/v1/transactions", post(snap::snap))
        .route("/snap/v1/transactions/{token}/cancel", post(snap::close_page))
        .route("/v2/charge", post(charge::charge))
        .route("/v2/{id}/status", get(charge::status))
        .route("/v2/{id}/cancel", post(charge::cancel))
        .route("/v2/{id}/expire", post(charge::expire))
        .route("/v2/{id}/refund", post(charge::refund))
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
        if matches!(bill.status.as_str(), "expired" | "cancelled" | "voided") {
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
                outcome: "settled",
                label: "Selesaikan kartu yang baru di-capture (settlement)",
                apply: |bill| bill.is_settled = true,
                is_told: true,
            },
            FollowUp { outcome: "void", label: "Batalkan kartu yang baru di-capture (cancel)", apply: void, is_told: true },
            FollowUp {
                outcome: "partial_chargeback",
                label: "Sanggahan atas sebagian (partial_chargeback)",
                apply: |bill| bill.request["is_partly_charged_back"] = json!(true),
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

/// A card that has not settled is given back as if it had never been charged.
fn void(bill: &mut Bill) {
    if is_captured(bill) {
        "voided".clone_into(&mut bill.status);
    }
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
