//! Refunds at Xendit: taken on first, ended later, with names that are never given twice.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use axum::Router;
use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::routing::post;
use domain::Money;
use domain::id::{GroupId, PaymentId, RefundId};
use domain::payment::Attempt;
use gateway::payment::xendit::{Xendit, XenditConfig};
use gateway::simulator::sandbox::{Running, SimulatorOptions};
use gateway::simulator::{Keys, Pace, start};
use serde_json::{Value, json};
use service::port::{ChargeRequest, PaymentGateway, RefundRequest, RefundState, Report};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

const AMOUNT: i64 = 275_000;

struct World {
    xendit: Arc<Xendit>,
    simulators: Running,
    reports: mpsc::UnboundedReceiver<Report>,
    /// What was paid: its invoice, and our payment.
    invoice: String,
    payment: PaymentId,
}

/// A shop with one paid invoice.
async fn world() -> World {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let shop = format!("http://{}", listener.local_addr().unwrap());
    let options = SimulatorOptions {
        listen: ([127, 0, 0, 1], 0).into(),
        server_key: "k".into(),
        webhook_secret: "s".into(),
        journal: None,
        retry_delays: vec![],
    };
    let keys = Keys {
        midtrans_server_key: "m".into(),
        xendit_secret_key: "xnd_development_1".into(),
        xendit_callback_token: "token".into(),
        tripay_merchant_code: "T1".into(),
        tripay_api_key: "DEV-1".into(),
        tripay_private_key: "p".into(),
    };
    let simulators = start(options, keys, &shop, Pace(20_000)).await.unwrap();
    let config = XenditConfig {
        base_url: format!("http://{}/xendit", simulators.address),
        secret_key: "xnd_development_1".into(),
        callback_tokens: vec!["token".into()],
    };
    let xendit = Arc::new(Xendit::new(config).unwrap());
    let (send, reports) = mpsc::unbounded_channel();
    let reader = xendit.clone();
    let hook = move |headers: HeaderMap, body: Bytes| {
        let (reader, send) = (reader.clone(), send.clone());
        async move { drop(send.send(reader.read_webhook(&headers, &body).unwrap().unwrap())) }
    };
    let router = Router::new().route("/api/v1/webhooks/xendit", post(hook));
    tokio::spawn(async move { axum::serve(listener, router).await });
    let payment = PaymentId(uuid::Uuid::now_v7());
    let charge = ChargeRequest {
        attempt: Attempt::first(payment),
        group: GroupId(uuid::Uuid::now_v7()),
        channel: "qris".into(),
        amount: Money(AMOUNT),
        buyer_name: "Budi".into(),
        buyer_email: "budi@contoh.id".into(),
        buyer_phone: "081234567890".into(),
        at: "2099-01-01T00:00:00Z".parse().unwrap(),
        expires_at: "2099-01-02T00:00:00Z".parse().unwrap(),
        return_url: shop.clone(),
        webhook_url: shop,
    };
    let invoice = xendit.charge(charge).await.unwrap().reference;
    let mut world = World { xendit, simulators, reports, invoice, payment };
    world.post(&format!("pay/{}", world.invoice)).form(&[("outcome", "paid")]).send().await.unwrap();
    assert!(matches!(world.told().await, Report::Payment(_)));
    world
}

impl World {
    fn post(&self, path: &str) -> reqwest::RequestBuilder {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        client.post(format!("http://{}/xendit/{path}", self.simulators.address))
    }

    /// What becomes of refunds from now on.
    async fn plan(&self, plan: Value) {
        assert!(self.post("_refunds").json(&plan).send().await.unwrap().status().is_success());
    }

    fn request(&self, amount: i64) -> RefundRequest {
        RefundRequest {
            refund: RefundId(uuid::Uuid::now_v7()),
            payment: self.payment,
            reference: self.invoice.clone(),
            amount: Money(amount),
            reason: "order_cancelled".into(),
        }
    }

    async fn refund(&self, request: &RefundRequest) -> RefundState {
        self.xendit.refund(request.clone()).await.unwrap()
    }

    async fn state(&self, request: &RefundRequest) -> Option<RefundState> {
        self.xendit.find_refund(request).await.unwrap()
    }

    async fn told(&mut self) -> Report {
        tokio::time::timeout(Duration::from_secs(10), self.reports.recv()).await.unwrap().unwrap()
    }
}

#[tokio::test]
async fn a_refund_is_pending_until_it_is_reported_in_either_shape() {
    let mut world = world().await;
    for nested in [false, true] {
        world.plan(json!({ "holds": true })).await;
        let request = world.request(100_000);
        assert_eq!(world.state(&request).await, None);
        let RefundState::Pending(id) = world.refund(&request).await else { panic!("done at once") };
        assert_eq!(world.refund(&request).await, RefundState::Pending(id.clone()), "the same refund");
        world.plan(json!({ "nested": nested })).await;
        assert_eq!(world.told().await, Report::Refund(id.clone()));
        let found = world.xendit.named_refund(&id).await.unwrap().unwrap();
        assert_eq!((found.refund, found.amount), (Some(request.refund), request.amount));
        assert_eq!((found.charge, found.state), (Some(world.invoice.clone()), RefundState::Done(id.clone())));
        assert_eq!(world.refund(&request).await, RefundState::Done(id));
    }
    assert!(world.xendit.refund(world.request(100_000)).await.is_err(), "more than was paid");
    assert_eq!(world.xendit.named_refund("rfd-unknown").await.unwrap(), None);
}

#[tokio::test]
async fn one_refund_of_an_invoice_at_a_time() {
    let mut world = world().await;
    world.plan(json!({ "holds": true })).await;
    let (first, second) = (world.request(100_000), world.request(75_000));
    world.refund(&first).await;
    assert_eq!(world.refund(&second).await, RefundState::Busy);
    assert_eq!(world.state(&second).await, None);
    world.plan(json!({})).await;
    world.told().await;
    assert!(matches!(world.refund(&second).await, RefundState::Pending(_)));
    world.told().await;
    assert!(matches!(world.state(&second).await, Some(RefundState::Done(_))));
}

#[tokio::test]
async fn one_that_failed_is_asked_for_by_another_name() {
    let mut world = world().await;
    world.plan(json!({ "fails": true })).await;
    let request = world.request(AMOUNT);
    world.refund(&request).await;
    world.told().await;
    assert_eq!(world.state(&request).await, Some(RefundState::Failed("REFUND_FAILED".into())));
    world.plan(json!({ "holds": true })).await;
    let RefundState::Pending(id) = world.refund(&request).await else { panic!("not taken on") };
    assert_eq!(world.state(&request).await, Some(RefundState::Pending(id.clone())));
    world.plan(json!({ "lost": true })).await;
    assert_eq!(world.state(&request).await, Some(RefundState::Done(id)));
    assert!(world.reports.try_recv().is_err());
}

#[tokio::test]
async fn one_that_failed_may_be_asked_for_with_less() {
    let mut world = world().await;
    world.plan(json!({ "fails": true })).await;
    let request = world.request(100_000);
    world.refund(&request).await;
    world.told().await;
    let less = RefundRequest { amount: Money(60_000), ..request };
    assert_eq!(world.state(&less).await, Some(RefundState::Failed("REFUND_FAILED".into())));
    world.plan(json!({ "holds": true })).await;
    assert!(matches!(world.refund(&less).await, RefundState::Pending(_)));
}

#[tokio::test]
async fn a_name_given_twice_is_refused_and_a_key_given_twice_answered_again() {
    let world = world().await;
    world.plan(json!({ "holds": true })).await;
    let send = |key: &'static str| {
        let body =
            json!({ "invoice_id": world.invoice, "reference_id": "r-1", "amount": 1000, "currency": "IDR", "reason": "OTHERS" });
        world.post("refunds").basic_auth("xnd_development_1", Some("")).header("idempotency-key", key).json(&body).send()
    };
    let first: Value = send("k-1").await.unwrap().json().await.unwrap();
    assert_eq!(first["status"], "PENDING");
    // As one made on Xendit's own pages: none of ours, of our invoice.
    let found = world.xendit.named_refund(first["id"].as_str().unwrap()).await.unwrap().unwrap();
    assert_eq!((found.refund, found.charge.as_ref(), found.amount), (None, Some(&world.invoice), Money(1_000)));
    assert_eq!(world.xendit.refunds_of(&world.invoice).await.unwrap(), [found]);
    assert_eq!(world.xendit.refunds_of("inv-unknown").await.unwrap(), []);
    let again: Value = send("k-1").await.unwrap().json().await.unwrap();
    assert_eq!(again["id"], first["id"]);
    let other = send("k-2").await.unwrap();
    assert_eq!(other.status(), 409);
    assert_eq!(other.json::<Value>().await.unwrap()["error_code"], "DUPLICATE_ERROR");
}
