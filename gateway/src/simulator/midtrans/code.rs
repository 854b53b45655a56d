//! QR codes of QRIS and GoPay, and what else the buyer can do with them.

use super::{Sim, with_order};
use crate::simulator::hosted::Bill;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// The actions of a charge, which only the answer to the charge has. The code's text is told for
/// QRIS, unless the simulator was asked to leave it out, and never for GoPay.
pub(super) fn describe(sim: &Sim, bill: &Bill, body: &mut Value) {
    let (base, id) = (&sim.base_url, &bill.id);
    let action = |name: &str, method: &str, url: String| json!({ "name": name, "method": method, "url": url });
    let get = |name: &str, path: String| action(name, "GET", format!("{base}/{path}"));
    let picture = |path: &str| get("generate-qr-code", format!("v2/{path}/{id}/qr-code"));
    let framed = get("generate-qr-code-v2", format!("v4/qris/gopay/{id}/qr-code"));
    match bill.method.as_str() {
        "qris" => {
            body["actions"] = json!([picture("qris"), framed]);
            body["acquirer"] = bill.request["qris"]["acquirer"].as_str().unwrap_or("gopay").into();
            if !sim.is_without_qr_string() {
                body["qr_string"] = json!(format!("00020101021226BELANJAIN{id}5303360"));
            }
        }
        "gopay" => {
            body["actions"] = json!([
                picture("gopay"),
                framed,
                action("deeplink-redirect", "GET", sim.page_url(id)),
                get("get-status", format!("v2/{id}/status")),
                action("cancel", "POST", format!("{base}/v2/{id}/cancel")),
            ]);
        }
        _ => {}
    }
}

pub(super) async fn show(State(sim): State<Sim>, Path(id): Path<String>) -> Response {
    let Some(bill) = sim.find(with_order(&id)) else { return StatusCode::NOT_FOUND.into_response() };
    match service::qr::png(&sim.page_url(&bill.id)) {
        Some(png) => ([(header::CONTENT_TYPE, "image/png")], png).into_response(),
        None => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
