//! The gateways' own side: bodies and signatures, made by other code than the adapters', and the
//! server that Midtrans' and Xendit's adapters ask.

use super::sequence::{Fact, Proof, Report};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use gateway::payment::midtrans::{Midtrans, MidtransConfig};
use gateway::payment::sandbox::{Sandbox, SandboxConfig};
use gateway::payment::tripay::{Tripay, TripayConfig};
use gateway::payment::xendit::{Xendit, XenditConfig};
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, HeaderValue};
use serde_json::{Value, json};
use service::port::PaymentGateway;
use sha2::{Digest, Sha256, Sha512};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

pub const GATEWAYS: [&str; 4] = ["sandbox", "midtrans", "xendit", "tripay"];
const KEY: &str = "kunci-sekarang-0001";
const OLD_KEY: &str = "kunci-lama-0000";
const STRANGERS_KEY: &str = "kunci-orang-lain";

type Book = Arc<Mutex<BTreeMap<String, Value>>>;

/// The adapters under test, and what Midtrans and Xendit know.
pub struct Gateways {
    pub adapters: Arc<BTreeMap<String, Arc<dyn PaymentGateway>>>,
    book: Book,
}

async fn known(State(book): State<Book>, Path(id): Path<String>) -> Response {
    let found = book.lock().unwrap().get(&id).cloned();
    found.map_or_else(|| StatusCode::NOT_FOUND.into_response(), |fact| Json(fact).into_response())
}

impl Gateways {
    pub async fn start() -> Self {
        let book = Book::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let router =
            Router::new().route("/v2/invoices/{id}", get(known)).route("/v2/{id}/status", get(known)).with_state(book.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let keys = || vec![KEY.to_owned(), OLD_KEY.to_owned()];
        let sandbox = SandboxConfig { base_url: base.clone(), server_key: "s".into(), webhook_secret: KEY.into() };
        let midtrans = MidtransConfig { core_url: base.clone(), snap_url: base.clone(), server_keys: keys() };
        let xendit = XenditConfig { base_url: base.clone(), secret_key: "x".into(), callback_tokens: keys() };
        let tripay = TripayConfig { base_url: base, merchant_code: "T1".into(), api_key: "DEV-1".into(), private_keys: keys() };
        let adapters: Vec<Arc<dyn PaymentGateway>> = vec![
            Arc::new(Sandbox::new(sandbox).unwrap()),
            Arc::new(Midtrans::new(midtrans).unwrap()),
            Arc::new(Xendit::new(xendit).unwrap()),
            Arc::new(Tripay::new(tripay).unwrap()),
        ];
        let adapters = adapters.into_iter().map(|a| (a.name().to_owned(), a)).collect();
        Self { adapters: Arc::new(adapters), book }
    }

    /// From now on the gateway says so when asked.
    pub fn note(&self, gateway: &str, report: &Report, said: &Said) {
        let fact = if gateway == "midtrans" { midtrans(report, said) } else { xendit(report, said) };
        self.book.lock().unwrap().insert(said.reference.clone(), fact);
    }
}

/// Whether its reports are hints, and it is asked what is true.
pub fn is_asked(gateway: &str) -> bool {
    matches!(gateway, "midtrans" | "xendit")
}

/// `method` of a payment at each gateway: channels whose money finance sends back by hand, where
/// there are such.
pub fn method(gateway: &str) -> String {
    if gateway == "sandbox" { gateway.to_owned() } else { format!("{gateway}:bca_va") }
}

/// What a report is about, in the gateway's words.
pub struct Said {
    /// Our id as the gateway echoes it.
    pub order: String,
    pub reference: String,
    pub rupiah: Option<i64>,
}

/// An amount that is no whole rupiah, where there is none.
fn amount(said: &Said) -> Value {
    said.rupiah.map_or(json!(1000.5), |n| json!(n))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn hmac(key: &str, message: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(message);
    hex(&mac.finalize().into_bytes())
}

fn key(proof: Proof) -> &'static str {
    match proof {
        Proof::Good | Proof::Tampered | Proof::Replayed => KEY,
        Proof::OldKey => OLD_KEY,
        _ => STRANGERS_KEY,
    }
}

/// Headers and body, as they come over the wire.
pub fn send(gateway: &str, report: &Report, said: &Said) -> (HeaderMap, Vec<u8>) {
    let mut body = match gateway {
        "sandbox" => sandbox(report, said),
        "midtrans" => midtrans(report, said),
        "xendit" => xendit(report, said),
        _ => tripay(report, said),
    };
    if gateway == "midtrans" {
        sign_midtrans(&mut body, report.proof);
    }
    let mut bytes = body.to_string().into_bytes();
    if report.is_broken {
        bytes.truncate(bytes.len() / 2);
    }
    let mut headers = HeaderMap::new();
    let mut header = |name: &'static str, value: String| headers.insert(name, HeaderValue::from_str(&value).unwrap());
    let signed = report.proof != Proof::Missing && gateway != "midtrans";
    if signed && report.proof == Proof::Garbage {
        header(header_of(gateway), "t=1,v1=zzzz".into());
    } else if signed {
        let key = key(report.proof);
        match gateway {
            "sandbox" => header("x-sandbox-signature", format!("t=7,v1={}", hmac(key, &[b"7.", bytes.as_slice()].concat()))),
            "xendit" => header("x-callback-token", key.to_owned()),
            _ => header("x-callback-signature", hmac(key, &bytes)),
        };
    }
    // Xendit's token does not cover the body: there a lie is a body the invoice does not bear out.
    if matches!(report.proof, Proof::Tampered | Proof::Replayed) && gateway != "midtrans" {
        bytes.push(b' ');
    }
    (headers, bytes)
}

fn header_of(gateway: &str) -> &'static str {
    match gateway {
        "sandbox" => "x-sandbox-signature",
        "xendit" => "x-callback-token",
        _ => "x-callback-signature",
    }
}

fn sandbox(report: &Report, said: &Said) -> Value {
    let kind = match report.fact {
        Fact::Paid => "payment.paid",
        Fact::Failed => "payment.failed",
        Fact::Expired => "payment.expired",
        Fact::Pending => "payment.created",
        Fact::Doubtful => "payment.being_thought_about",
    };
    json!({
        "id": "evt_1", "type": kind, "created": "2026-11-21T07:00:00Z",
        "data": {
            "payment_id": "pay_1", "external_id": said.order, "reference": said.reference, "amount": amount(said),
            "currency": currency(report),
        },
    })
}

fn currency(report: &Report) -> &'static str {
    if report.is_rupiah { "IDR" } else { "USD" }
}

fn midtrans(report: &Report, said: &Said) -> Value {
    let (status, code, fraud) = match report.fact {
        Fact::Paid => ("settlement", "200", "accept"),
        Fact::Failed => ("deny", "202", "accept"),
        Fact::Expired => ("expire", "202", "accept"),
        Fact::Pending => ("pending", "201", "accept"),
        Fact::Doubtful => ("capture", "200", "challenge"),
    };
    let gross = said.rupiah.map_or("1000.50".to_owned(), |n| format!("{n}.00"));
    let mut body = json!({
        "transaction_status": status, "status_code": code, "fraud_status": fraud, "order_id": said.order,
        "gross_amount": gross, "currency": currency(report), "payment_type": "bank_transfer",
        "transaction_time": "2026-11-21 14:00:00",
    });
    if !said.reference.is_empty() {
        body["transaction_id"] = json!(said.reference);
    }
    body
}

fn sign_midtrans(body: &mut Value, proof: Proof) {
    if proof == Proof::Missing {
        return;
    }
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    let gross = text("gross_amount");
    let message = format!("{}{}{gross}{}", text("order_id"), text("status_code"), key(proof));
    let signature = if proof == Proof::Garbage { "zz".repeat(64) } else { hex(&Sha512::digest(message)) };
    body["signature_key"] = json!(signature);
    if proof == Proof::Tampered {
        body["gross_amount"] = json!(format!("{}1.00", gross.trim_end_matches(".00")));
    }
}

/// An invoice, reported or asked for.
fn xendit(report: &Report, said: &Said) -> Value {
    let status = match report.fact {
        Fact::Paid => "PAID",
        Fact::Expired => "EXPIRED",
        Fact::Failed | Fact::Pending => "PENDING",
        Fact::Doubtful => "UNKNOWN_ENUM_VALUE",
    };
    json!({
        "id": said.reference, "external_id": said.order, "status": status, "amount": amount(said),
        "paid_amount": amount(said), "currency": currency(report), "payment_channel": "BCA",
    })
}

fn tripay(report: &Report, said: &Said) -> Value {
    let status = match report.fact {
        Fact::Paid => "PAID",
        Fact::Failed => "FAILED",
        Fact::Expired => "EXPIRED",
        Fact::Pending => "UNPAID",
        Fact::Doubtful => "SOMETHING_NEW",
    };
    // The buyer's fee is on top.
    let fee = 4_250;
    let total = said.rupiah.map_or(json!(1000.5), |n| json!(n + fee));
    json!({
        "reference": said.reference, "merchant_ref": said.order, "total_amount": total, "fee_customer": fee, "status": status,
        "payment_method": "BCAVA",
    })
}
