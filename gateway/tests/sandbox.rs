//! The adapter against the simulator, over HTTP.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use domain::Money;
use domain::id::{GroupId, PaymentId, RefundId};
use domain::payment::{Attempt, PaymentEventKind};
use gateway::payment::sandbox::{Sandbox, SandboxConfig};
use gateway::simulator::sandbox::{Running, SimulatorOptions, start};
use service::port::{ChargeRequest, GatewayEvent, PaymentGateway, RefundRequest, Report};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;

const KEY: &str = "kunci server";
const SECRET: &str = "rahasia webhook";

struct World {
    gateway: Arc<Sandbox>,
    simulator: Running,
    /// What the shop's endpoint was told, after the signature was checked.
    events: mpsc::UnboundedReceiver<Option<Report>>,
    shop: String,
}

/// A shop that refuses its first `failures` webhooks.
async fn world(failures: u32) -> World {
    let options = SimulatorOptions {
        listen: ([127, 0, 0, 1], 0).into(),
        server_key: KEY.into(),
        webhook_secret: SECRET.into(),
        journal: None,
        retry_delays: vec![Duration::from_millis(5); 5],
    };
    let simulator = start(options).await.unwrap();
    let config = SandboxConfig {
        base_url: format!("http://{}", simulator.address),
        server_key: KEY.into(),
        webhook_secret: SECRET.into(),
    };
    let gateway = Arc::new(Sandbox::new(config).unwrap());
    let (send, events) = mpsc::unbounded_channel();
    let (reader, left) = (gateway.clone(), Arc::new(AtomicU32::new(failures)));
    let hook = move |headers: HeaderMap, body: Bytes| {
        let (reader, left, send) = (reader.clone(), left.clone(), send.clone());
        async move {
            if left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1)).is_ok() {
                return StatusCode::SERVICE_UNAVAILABLE;
            }
            let _ = send.send(reader.read_webhook(&headers, &body).unwrap());
            StatusCode::OK
        }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let shop = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().route("/webhook", post(hook));
    tokio::spawn(async move { axum::serve(listener, router).await });
    World { gateway, simulator, events, shop }
}

impl World {
    fn request(&self) -> ChargeRequest {
        ChargeRequest {
            attempt: Attempt::first(PaymentId(uuid::Uuid::now_v7())),
            group: GroupId(uuid::Uuid::now_v7()),
            channel: String::new(),
            buyer_phone: String::new(),
            at: "2098-12-31T00:00:00Z".parse().unwrap(),
            amount: Money(132_000),
            expires_at: "2099-01-01T00:00:00Z".parse().unwrap(),
            buyer_name: "Budi".into(),
            buyer_email: "budi@contoh.id".into(),
            webhook_url: format!("{}/webhook", self.shop),
            return_url: format!("{}/pay", self.shop),
        }
    }

    /// Fills in the hosted page's form; answers where the browser is sent.
    async fn settle(&self, page: &str, fields: &[(&str, &str)]) -> (u16, Option<String>) {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let answer = client.post(page).form(fields).send().await.unwrap();
        let target = answer.headers().get("location").and_then(|v| v.to_str().ok()).map(str::to_owned);
        (answer.status().as_u16(), target)
    }

    async fn event(&mut self) -> GatewayEvent {
        match tokio::time::timeout(Duration::from_secs(10), self.events.recv()).await.unwrap().unwrap() {
            Some(Report::Payment(event)) => event,
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_payment_is_made_paid_and_reported() {
    let mut world = world(0).await;
    let request = world.request();
    let charge = world.gateway.charge(request.clone()).await.unwrap();
    let again = world.gateway.charge(request.clone()).await.unwrap();
    assert_eq!(charge.reference, again.reference, "the same payment once");
    let page = charge.redirect_url.unwrap();
    let shown = reqwest::get(&page).await.unwrap().text().await.unwrap();
    assert!(shown.contains("132.000") && shown.contains("Budi"));
    let (status, target) = world.settle(&page, &[("outcome", "paid")]).await;
    assert_eq!((status, target), (303, Some(request.return_url)));
    let event = world.event().await;
    assert_eq!((event.attempt, event.kind, event.amount), (Some(request.attempt), PaymentEventKind::Paid, Money(132_000)));
    assert_eq!(event.reference, format!("{}-paid-1", charge.reference), "each settlement has its own");
    assert!(world.simulator.address.ip().is_loopback());
}

#[tokio::test]
async fn webhooks_are_repeated_until_they_are_taken_and_doubled_on_demand() {
    let mut world = world(3).await;
    let charge = world.gateway.charge(world.request()).await.unwrap();
    world.settle(&charge.redirect_url.unwrap(), &[("outcome", "paid"), ("duplicates", "2")]).await;
    let mut references = vec![];
    for _ in 0..3 {
        references.push(world.event().await.reference);
    }
    references.dedup();
    assert_eq!(references, [format!("{}-paid-1", charge.reference)], "the same settlement every time");
}

#[tokio::test]
async fn a_wrong_amount_is_told_as_it_is() {
    let mut world = world(0).await;
    let charge = world.gateway.charge(world.request()).await.unwrap();
    world.settle(&charge.redirect_url.unwrap(), &[("outcome", "paid"), ("amount_off_by", "-500")]).await;
    assert_eq!(world.event().await.amount, Money(131_500));
    // Who asks is told the same: nothing is settled that was not paid.
    assert_eq!(world.gateway.find(&charge.reference).await.unwrap().unwrap().amount, Money(131_500));
}

#[tokio::test]
async fn a_refund_is_made_once() {
    let mut world = world(0).await;
    let request = world.request();
    let charge = world.gateway.charge(request.clone()).await.unwrap();
    world.settle(&charge.redirect_url.unwrap(), &[("outcome", "paid")]).await;
    world.event().await;
    let refund = |amount: i64| RefundRequest {
        refund: RefundId(uuid::Uuid::from_u128(7)),
        payment: request.attempt.payment,
        reference: charge.reference.clone(),
        amount: Money(amount),
        reason: "order cancelled".into(),
    };
    let first = world.gateway.refund(refund(132_000)).await.unwrap();
    assert_eq!(world.gateway.refund(refund(132_000)).await.unwrap(), first);
    let more = RefundRequest { refund: RefundId(uuid::Uuid::from_u128(8)), ..refund(1) };
    assert!(world.gateway.refund(more).await.is_err(), "more than was paid");
}

#[tokio::test]
async fn forged_webhooks_are_recognised() {
    let world = world(0).await;
    let body = br#"{"id":"x"}"#;
    let mut headers = HeaderMap::new();
    assert_eq!(world.gateway.read_webhook(&headers, body).unwrap(), None);
    headers.insert("x-sandbox-signature", "t=1,v1=00".parse().unwrap());
    assert_eq!(world.gateway.read_webhook(&headers, body).unwrap(), None);
}

#[tokio::test]
async fn a_gateway_that_is_down_or_does_not_know_us_is_an_error() {
    let world = world(0).await;
    let config = |base_url: String, key: &str| SandboxConfig { base_url, server_key: key.into(), webhook_secret: SECRET.into() };
    let stranger = Sandbox::new(config(format!("http://{}", world.simulator.address), "salah")).unwrap();
    assert!(stranger.charge(world.request()).await.is_err());
    let nobody = Sandbox::new(config("http://127.0.0.1:9".into(), KEY)).unwrap();
    assert!(nobody.charge(world.request()).await.is_err());
}
