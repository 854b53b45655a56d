//! Refunds: taken on as `PENDING`, carried out a while later, reported by a webhook of their own.

use super::{Sim, is_authorized, refusal, time, token_headers, unauthorized};
use crate::simulator::hosted::now;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

struct Refund {
    id: String,
    invoice: String,
    /// The shop's own name of it.
    reference: String,
    amount: i64,
    channel: String,
    reason: Value,
    /// `PENDING`, `SUCCEEDED` or `FAILED`.
    status: &'static str,
    created_at: DateTime<Utc>,
    /// The same key is given the same answer.
    key: Option<String>,
}

impl Refund {
    fn body(&self, status: &str) -> Value {
        json!({
            "id": self.id, "payment_request_id": null, "invoice_id": self.invoice, "amount": self.amount,
            "payment_method_type": "EWALLET", "channel_code": self.channel, "currency": "IDR", "status": status,
            "reason": self.reason, "reference_id": self.reference, "refund_fee_amount": null, "metadata": null,
            "failure_code": (status == "FAILED").then_some("REFUND_FAILED"),
            "created": time(self.created_at), "updated": time(now()),
        })
    }
}

/// What becomes of refunds from now on.
#[derive(Clone, Copy, Default, Deserialize)]
pub(super) struct Plan {
    #[serde(default)]
    fails: bool,
    /// Stay pending until the next plan.
    #[serde(default)]
    holds: bool,
    /// The report gets lost.
    #[serde(default)]
    lost: bool,
    /// The report has the shape of Xendit's sample, `data.data`.
    #[serde(default)]
    nested: bool,
}

#[derive(Default)]
pub struct Book {
    refunds: Mutex<Vec<Refund>>,
    plan: Mutex<Plan>,
}

impl Book {
    fn lock(&self) -> MutexGuard<'_, Vec<Refund>> {
        self.refunds.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn plan(&self) -> Plan {
        *self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `POST /xendit/_refunds`: trouble on demand. What is pending is carried out, unless it is to be held.
pub(super) async fn make_plan(State(sim): State<Sim>, Json(plan): Json<Plan>) -> Json<Value> {
    let book = &sim.provider.refunds;
    *book.plan.lock().unwrap_or_else(PoisonError::into_inner) = plan;
    if !plan.holds {
        let pending: Vec<String> = book.lock().iter().filter(|r| r.status == "PENDING").map(|r| r.id.clone()).collect();
        pending.iter().for_each(|id| carry_out(&sim, id));
    }
    Json(json!({ "success": true }))
}

pub(super) async fn create(State(sim): State<Sim>, headers: HeaderMap, Json(request): Json<Value>) -> Response {
    if !is_authorized(&sim, &headers) {
        return unauthorized();
    }
    match take_on(&sim, &headers, &request) {
        Ok(body) => Json(body).into_response(),
        Err((status, code)) => refusal(status, code, "The refund is not possible"),
    }
}

fn take_on(sim: &Sim, headers: &HeaderMap, request: &Value) -> Result<Value, (StatusCode, &'static str)> {
    let key = headers.get("idempotency-key").and_then(|v| v.to_str().ok()).map(str::to_owned);
    let text = |name: &str| request[name].as_str().unwrap_or_default().to_owned();
    let (invoice, reference) = (text("invoice_id"), text("reference_id"));
    let mut refunds = sim.provider.refunds.lock();
    if let Some(same) = refunds.iter().find(|r| key.is_some() && r.key == key) {
        return Ok(same.body("PENDING"));
    }
    if refunds.iter().any(|r| r.reference == reference) {
        return Err((StatusCode::CONFLICT, "DUPLICATE_ERROR"));
    }
    if refunds.iter().any(|r| r.invoice == invoice && r.status == "PENDING") {
        return Err((StatusCode::BAD_REQUEST, "REFUND_IN_PROGRESS"));
    }
    let taken = sim.change(
        |b| b.id == invoice,
        |bill| {
            let amount = request["amount"].as_i64().unwrap_or(bill.amount - bill.refunded());
            if bill.status != "paid" {
                return Err((StatusCode::BAD_REQUEST, "INELIGIBLE_TRANSACTION_STATUS"));
            }
            if ["BCA", "BNI", "BRI", "MANDIRI", "PERMATA"].contains(&bill.method.as_str()) {
                return Err((StatusCode::FORBIDDEN, "REFUND_NOT_SUPPORTED"));
            }
            if amount < 1 || bill.refunded() + amount > bill.paid_amount {
                return Err((StatusCode::BAD_REQUEST, "REFUND_AMOUNT_EXCEEDED"));
            }
            bill.refunds.insert(reference.clone(), amount);
            Ok((amount, bill.method.clone()))
        },
    );
    let (amount, channel) = taken.unwrap_or(Err((StatusCode::NOT_FOUND, "DATA_NOT_FOUND")))?;
    let id = format!("rfd-{}", uuid::Uuid::new_v4());
    let refund = Refund {
        id: id.clone(),
        invoice,
        reference,
        amount,
        channel,
        reason: request["reason"].clone(),
        status: "PENDING",
        created_at: now(),
        key,
    };
    let body = refund.body("PENDING");
    refunds.push(refund);
    if !sim.provider.refunds.plan().holds {
        let sim = sim.clone();
        tokio::spawn(async move {
            // The real one takes minutes to days.
            for pause in sim.provider.pace.of(&[120]) {
                tokio::time::sleep(pause).await;
            }
            carry_out(&sim, &id);
        });
    }
    Ok(body)
}

/// What was pending succeeds or fails, and is reported.
fn carry_out(sim: &Sim, id: &str) {
    let plan = sim.provider.refunds.plan();
    let status = if plan.fails { "FAILED" } else { "SUCCEEDED" };
    let body = {
        let mut refunds = sim.provider.refunds.lock();
        let Some(refund) = refunds.iter_mut().find(|r| r.id == id && r.status == "PENDING") else { return };
        refund.status = status;
        if plan.fails {
            sim.change(|b| b.id == refund.invoice, |bill| bill.refunds.remove(&refund.reference));
        }
        refund.body(status)
    };
    if plan.lost {
        return;
    }
    let data = if plan.nested { json!({ "data": body }) } else { body };
    let event = format!("refund.{}", status.to_lowercase());
    let report = json!({ "event": event, "business_id": "5f27a14a9bf05c73dd040bc8", "created": time(now()), "data": data });
    sim.tell(sim.provider.webhook_url.clone(), token_headers(&sim.provider), report.to_string().into_bytes());
}

pub(super) async fn find(State(sim): State<Sim>, headers: HeaderMap, Path(id): Path<String>) -> Response {
    if !is_authorized(&sim, &headers) {
        return unauthorized();
    }
    match sim.provider.refunds.lock().iter().find(|r| r.id == id) {
        Some(refund) => Json(refund.body(refund.status)).into_response(),
        None => refusal(StatusCode::NOT_FOUND, "DATA_NOT_FOUND", "Refund not found"),
    }
}

pub(super) async fn list(State(sim): State<Sim>, headers: HeaderMap, Query(query): Query<BTreeMap<String, String>>) -> Response {
    if !is_authorized(&sim, &headers) {
        return unauthorized();
    }
    let refunds = sim.provider.refunds.lock();
    let of_invoice = refunds.iter().filter(|r| query.get("invoice_id").is_none_or(|id| *id == r.invoice));
    Json(json!({ "data": of_invoice.map(|r| r.body(r.status)).collect::<Vec<_>>(), "has_more": false })).into_response()
}
