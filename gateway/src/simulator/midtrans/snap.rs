//! Snap: pages for cards.

use super::opening::open;
use super::{Sim, is_authorized};
use crate::simulator::hosted::now;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

fn errors(status: StatusCode, message: &str) -> Response {
    (status, Json(json!({ "error_messages": [message] }))).into_response()
}

fn unauthorized() -> Response {
    errors(StatusCode::UNAUTHORIZED, "Access denied due to unauthorized transaction, please check client or server key")
}

pub async fn snap(State(sim): State<Sim>, headers: HeaderMap, Json(request): Json<Value>) -> Response {
    if !is_authorized(&sim, &headers) {
        return unauthorized();
    }
    // A page asked for again before it was used is the same page.
    let order = request["transaction_details"]["order_id"].as_str().unwrap_or_default().to_owned();
    let known = sim.find(|b| b.reference == order && b.status == "pending" && b.method == "credit_card");
    let bill = match known {
        Some(known) => known,
        None => match open(&sim, &headers, request, "credit_card") {
            Ok(mut bill) => {
                bill.request["is_captured_first"] = json!(sim.captures_first());
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
pub async fn close_page(State(sim): State<Sim>, headers: HeaderMap, Path(token): Path<String>) -> Response {
    if !is_authorized(&sim, &headers) {
        return unauthorized();
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
