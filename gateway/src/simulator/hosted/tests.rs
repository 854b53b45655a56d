//! How often each gateway repeats its reports, and that bills survive.

use super::*;
use crate::simulator::Pace;
use crate::simulator::midtrans::Midtrans;
use crate::simulator::tripay::Tripay;
use crate::simulator::xendit::Xendit;
use axum::extract::State;
use std::sync::atomic::{AtomicU32, Ordering};

/// Pauses of nanoseconds.
const PACE: Pace = Pace(u32::MAX);

/// A shop that answers all reports alike, and counts them.
struct ShopSide {
    url: String,
    reports: Arc<AtomicU32>,
}

type Answer = (Arc<AtomicU32>, StatusCode, &'static str);

async fn hook(State((reports, status, body)): State<Answer>) -> (StatusCode, &'static str) {
    reports.fetch_add(1, Ordering::SeqCst);
    (status, body)
}

async fn shop(status: u16, body: &'static str) -> ShopSide {
    let reports = Arc::new(AtomicU32::new(0));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let answer: Answer = (reports.clone(), StatusCode::from_u16(status).unwrap(), body);
    let router = Router::new().route("/hook", post(hook)).with_state(answer);
    tokio::spawn(async move { axum::serve(listener, router).await });
    ShopSide { url, reports }
}

fn bill(webhook_url: &str) -> Bill {
    let request = serde_json::json!({});
    Bill {
        id: "bill".into(),
        reference: "order".into(),
        amount: 1_000,
        method: "qris".into(),
        customer: "Budi".into(),
        status: "pending".into(),
        return_url: String::new(),
        webhook_url: webhook_url.into(),
        created_at: now(),
        expires_at: now(),
        paid_at: None,
        paid_amount: 1_000,
        is_settled: false,
        refunds: BTreeMap::new(),
        request,
    }
}

fn hosted<P: Provider>(provider: P, journal: Option<&Path>) -> Arc<Hosted<P>> {
    Hosted::new(provider, "http://sim.test".into(), crate::simulator::client().unwrap(), journal)
}

fn midtrans() -> Midtrans {
    Midtrans { server_key: "k".into(), webhook_url: String::new(), pace: PACE }
}

fn xendit() -> Xendit {
    Xendit {
        secret_key: "k".into(),
        callback_token: "t".into(),
        webhook_url: String::new(),
        pace: PACE,
        refunds: Default::default(),
    }
}

fn tripay() -> Tripay {
    let text = || "k".to_owned();
    Tripay { merchant_code: text(), api_key: text(), private_key: text(), webhook_url: String::new(), pace: PACE }
}

/// Reports until one was taken or given up.
async fn reports<P: Provider>(provider: P, status: u16, body: &'static str) -> u32 {
    let shop = shop(status, body).await;
    hosted(provider, None).deliver_bill(&bill(&shop.url)).await;
    shop.reports.load(Ordering::SeqCst)
}

#[tokio::test]
async fn midtrans_repeats_by_the_answers_status() {
    for (status, repetitions) in [(200, 0), (204, 0), (302, 0), (500, 1), (503, 4), (400, 2), (404, 2), (403, 5), (502, 5)] {
        assert_eq!(reports(midtrans(), status, "").await, 1 + repetitions, "{status}");
    }
}

#[tokio::test]
async fn xendit_repeats_six_times_and_tripay_three_until_success_is_said() {
    for (status, repetitions) in [(200, 0), (202, 0), (400, 6), (503, 6)] {
        assert_eq!(reports(xendit(), status, "").await, 1 + repetitions, "xendit {status}");
    }
    for (status, body, repetitions) in [
        (200, r#"{"success":true}"#, 0),
        (200, r#"{"success": true, "message": "ok"}"#, 0),
        (200, r#"{"success":false}"#, 3),
        (200, r#"{"status":"ok"}"#, 3),
        (200, "", 3),
        (307, r#"{"success":true}"#, 3),
        (500, r#"{"success":true}"#, 3),
    ] {
        assert_eq!(reports(tripay(), status, body).await, 1 + repetitions, "tripay {status} {body}");
    }
}

#[tokio::test]
async fn nobody_at_home_is_an_answer_too() {
    // The port was free a moment ago.
    let nobody = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    hosted(xendit(), None).deliver_bill(&bill(&format!("http://{nobody}/"))).await;
}

#[tokio::test]
async fn a_restart_finds_the_bills_and_tells_that_their_time_is_up() {
    let folder = tempfile::tempdir().unwrap();
    let (path, shop) = (folder.path().join("midtrans.jsonl"), shop(200, "").await);
    {
        let sim = hosted(midtrans(), Some(&path));
        sim.put(Bill { expires_at: now() + chrono::TimeDelta::hours(1), ..bill(&shop.url) });
        sim.put(Bill { id: "other".into(), reference: "other".into(), status: "paid".into(), ..bill(&shop.url) });
        sim.change(|b| b.id == "other", |b| b.refunds.insert("r".into(), 400)).unwrap();
        sim.change(|b| b.id == "bill", |b| b.expires_at = now()).unwrap();
    }
    let sim = hosted(midtrans(), Some(&path));
    assert_eq!(sim.find(|b| b.id == "other").unwrap().refunded(), 400);
    assert_eq!(sim.find(|b| b.id == "bill").unwrap().status, "expired");
    while shop.reports.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    // A Snap page nobody has used is no transaction: nothing is told.
    let page = Bill { method: "credit_card".into(), ..bill("") };
    assert!(!midtrans().tells_expiry(&page) && midtrans().tells_expiry(&bill("")));
}

/// The API says 407 and 200 of the same.
#[test]
fn midtrans_reports_ends_with_code_202() {
    for (status, said) in [("expired", "expire"), ("cancelled", "cancel"), ("failed", "deny"), ("reversed", "deny")] {
        let (_, body) = midtrans().report(&Bill { status: status.into(), ..bill("") });
        let body: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!((&body["status_code"], &body["transaction_status"]), (&"202".into(), &said.into()), "{status}");
        assert_eq!(body["signature_key"], crate::payment::midtrans_signature("order", "202", "1000.00", "k"), "{status}");
    }
}
