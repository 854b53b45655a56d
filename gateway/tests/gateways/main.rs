//! The adapters of Midtrans, Xendit and Tripay against their simulators, over HTTP.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod aftermath;
mod capture;
mod charge;
mod trouble;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::routing::post;
use domain::Money;
use domain::id::{GroupId, PaymentId, RefundId};
use domain::payment::{Attempt, ChannelKind, PayWith, PaymentEventKind};
use gateway::payment::midtrans::{Midtrans, MidtransConfig};
use gateway::payment::tripay::{Tripay, TripayConfig};
use gateway::payment::xendit::{Xendit, XenditConfig};
use gateway::simulator::sandbox::{Running, SimulatorOptions};
use gateway::simulator::{Keys, Pace, start};
use serde_json::json;
use service::port::{Charge, ChargeRequest, GatewayEvent, PaymentGateway, RefundRequest, RefundState, Report};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

const AMOUNT: Money = Money(275_000);

struct World {
    gateways: Vec<Arc<dyn PaymentGateway>>,
    simulators: Running,
    shop: String,
    /// What the shop's endpoint was told: gateway and report, `None` when the signature was wrong.
    events: mpsc::UnboundedReceiver<(String, Option<Report>)>,
}

type Hook = (Vec<Arc<dyn PaymentGateway>>, mpsc::UnboundedSender<(String, Option<Report>)>);

async fn hook(State((gateways, send)): State<Hook>, Path(name): Path<String>, headers: HeaderMap, body: Bytes) -> String {
    let gateway = gateways.iter().find(|g| g.name() == name).unwrap();
    let _ = send.send((name, gateway.read_webhook(&headers, &body).unwrap()));
    gateway.acknowledgement().to_string()
}

fn midtrans(base: &str, keys: &Keys) -> Midtrans {
    let config = MidtransConfig {
        core_url: format!("{base}/midtrans"),
        snap_url: format!("{base}/midtrans/snap/v1"),
        server_keys: vec![keys.midtrans_server_key.clone()],
    };
    Midtrans::new(config).unwrap()
}

fn xendit(base: &str, keys: &Keys) -> Xendit {
    let config = XenditConfig {
        base_url: format!("{base}/xendit"),
        secret_key: keys.xendit_secret_key.clone(),
        callback_tokens: vec!["the next token".into(), keys.xendit_callback_token.clone()],
    };
    Xendit::new(config).unwrap()
}

fn tripay(base: &str, keys: &Keys) -> Tripay {
    let config = TripayConfig {
        base_url: format!("{base}/tripay"),
        merchant_code: keys.tripay_merchant_code.clone(),
        api_key: keys.tripay_api_key.clone(),
        private_keys: vec![keys.tripay_private_key.clone()],
    };
    Tripay::new(config).unwrap()
}

fn adapters(base: &str, keys: &Keys) -> Vec<Arc<dyn PaymentGateway>> {
    vec![Arc::new(midtrans(base, keys)), Arc::new(xendit(base, keys)), Arc::new(tripay(base, keys))]
}

fn keys() -> Keys {
    Keys {
        midtrans_server_key: "SB-Mid-server-BELANJAIN0001".into(),
        xendit_secret_key: "xnd_development_1".into(),
        xendit_callback_token: "token".into(),
        tripay_merchant_code: "T12345".into(),
        tripay_api_key: "DEV-1".into(),
        tripay_private_key: "priv-BELANJAIN-0001".into(),
    }
}

async fn world() -> World {
    world_at(Pace(20_000)).await
}

async fn world_at(pace: Pace) -> World {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let shop = format!("http://{}", listener.local_addr().unwrap());
    let options = SimulatorOptions {
        listen: ([127, 0, 0, 1], 0).into(),
        server_key: "k".into(),
        webhook_secret: "s".into(),
        journal: None,
        retry_delays: vec![],
    };
    let simulators = start(options, keys(), &shop, pace).await.unwrap();
    let gateways = adapters(&format!("http://{}", simulators.address), &keys());
    let (send, events) = mpsc::unbounded_channel();
    let router = Router::new().route("/api/v1/webhooks/{name}", post(hook)).with_state((gateways.clone(), send));
    tokio::spawn(async move { axum::serve(listener, router).await });
    World { gateways, simulators, shop, events }
}

impl World {
    fn request(&self, gateway: &str, channel: &str) -> ChargeRequest {
        ChargeRequest {
            attempt: Attempt::first(PaymentId(uuid::Uuid::now_v7())),
            group: GroupId(uuid::Uuid::now_v7()),
            channel: channel.into(),
            amount: AMOUNT,
            buyer_name: "Budi".into(),
            buyer_email: "budi@contoh.id".into(),
            buyer_phone: "081234567890".into(),
            at: "2099-01-01T00:00:00Z".parse().unwrap(),
            expires_at: "2099-01-02T00:00:00Z".parse().unwrap(),
            return_url: format!("{}/pay", self.shop),
            webhook_url: format!("{}/api/v1/webhooks/{gateway}", self.shop),
        }
    }

    fn gateway(&self, name: &str) -> Arc<dyn PaymentGateway> {
        self.gateways.iter().find(|g| g.name() == name).unwrap().clone()
    }

    async fn charge(&self, name: &str, channel: &str) -> (Attempt, Charge) {
        let request = self.request(name, channel);
        (request.attempt, self.gateway(name).charge(request).await.unwrap())
    }

    /// What the buyer does on the gateway's page.
    async fn outcome(&self, name: &str, attempt: Attempt, form: &[(&str, &str)]) {
        let base = format!("http://{}/{name}", self.simulators.address);
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let answer = client.post(format!("{base}/pay/by-reference/{attempt}")).form(form).send().await.unwrap();
        assert!(answer.status().is_redirection(), "{}", answer.status());
    }

    /// Turns the knobs of a simulator.
    async fn trouble(&self, name: &str, knobs: serde_json::Value) {
        let url = format!("http://{}/{name}/_trouble", self.simulators.address);
        let answer = reqwest::Client::new().post(url).json(&knobs).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.status());
    }

    async fn told(&mut self) -> (String, GatewayEvent) {
        let told = tokio::time::timeout(Duration::from_secs(10), self.events.recv()).await.unwrap().unwrap();
        match told.1.expect("the signature is right") {
            Report::Payment(event) => (told.0, event),
            Report::Refund(reference) => panic!("refund {reference}"),
        }
    }
}

#[tokio::test]
async fn every_channel_is_charged_paid_and_reported() {
    let mut world = world().await;
    for gateway in world.gateways.clone() {
        assert!(!gateway.channels().is_empty());
        for channel in gateway.channels() {
            let what = format!("{}:{}", gateway.name(), channel.code);
            let (attempt, charge) = world.charge(gateway.name(), channel.code).await;
            match (channel.kind, &charge.pay_with) {
                (ChannelKind::VirtualAccount, Some(PayWith::VirtualAccount { .. } | PayWith::Bill { .. })) => {}
                (ChannelKind::Qris, Some(PayWith::Qris { .. })) => {}
                _ => assert!(charge.redirect_url.is_some(), "{what}: nothing to pay with"),
            }
            world.outcome(gateway.name(), attempt, &[("outcome", "paid")]).await;
            let (name, event) = world.told().await;
            assert_eq!(
                (name.as_str(), event.attempt, event.kind, event.amount),
                (gateway.name(), Some(attempt), PaymentEventKind::Paid, AMOUNT),
                "{what}"
            );
            // Asked, the gateway says the same: the two are one fact.
            let asked = gateway.find(&charge.reference).await.unwrap().unwrap();
            assert_eq!(asked, event, "{what}");
        }
    }
}

#[tokio::test]
async fn what_did_not_come_to_money_is_reported_as_such() {
    let mut world = world().await;
    for (name, channel) in [("midtrans", "qris"), ("xendit", "dana"), ("tripay", "bri_va")] {
        let (attempt, charge) = world.charge(name, channel).await;
        let untouched = world.gateway(name).find(&charge.reference).await.unwrap().unwrap();
        assert_eq!(untouched.kind, PaymentEventKind::Created, "{name}");
        world.outcome(name, attempt, &[("outcome", "expired")]).await;
        assert_eq!(world.told().await.1.kind, PaymentEventKind::Expired, "{name}");
        // And paid after all.
        world.outcome(name, attempt, &[("outcome", "paid")]).await;
        assert_eq!(world.told().await.1.kind, PaymentEventKind::Paid, "{name}");
    }
    // A Snap page nobody has used is no transaction.
    let (_, charge) = world.charge("midtrans", "card").await;
    assert_eq!(world.gateway("midtrans").find(&charge.reference).await.unwrap(), None);
}

#[tokio::test]
async fn a_wrong_amount_is_told_and_a_lost_report_found() {
    let mut world = world().await;
    for (name, channel) in [("midtrans", "bni_va"), ("xendit", "qris"), ("tripay", "qris")] {
        let (attempt, _) = world.charge(name, channel).await;
        world.outcome(name, attempt, &[("outcome", "paid"), ("amount_off_by", "-5000")]).await;
        assert_eq!(world.told().await.1.amount, Money(270_000), "{name}");
        let (attempt, charge) = world.charge(name, channel).await;
        world.outcome(name, attempt, &[("outcome", "partial")]).await;
        assert_eq!(world.told().await.1.amount, Money(137_500), "{name}");
        assert_eq!(world.gateway(name).find(&charge.reference).await.unwrap().unwrap().amount, Money(137_500), "{name}");
        let (attempt, charge) = world.charge(name, channel).await;
        world.outcome(name, attempt, &[("outcome", "paid"), ("lost", "true")]).await;
        let found = world.gateway(name).find(&charge.reference).await.unwrap().unwrap();
        assert_eq!((found.kind, found.attempt), (PaymentEventKind::Paid, Some(attempt)), "{name}");
        assert!(world.events.try_recv().is_err(), "{name}");
    }
}

#[tokio::test]
async fn money_goes_back_once_where_the_channel_can() {
    let mut world = world().await;
    let xendit = world.gateway("xendit");
    assert!(xendit.can_refund("qris") && !xendit.can_refund("bca_va"));
    for (name, channel) in [("midtrans", "qris"), ("midtrans", "card")] {
        let gateway = world.gateway(name);
        assert!(gateway.can_refund(channel) && !gateway.can_refund("bca_va"));
        let (attempt, charge) = world.charge(name, channel).await;
        world.outcome(name, attempt, &[("outcome", "paid")]).await;
        world.told().await;
        let refund = |amount: i64| RefundRequest {
            refund: RefundId(uuid::Uuid::now_v7()),
            payment: attempt.payment,
            reference: charge.reference.clone(),
            amount: Money(amount),
            reason: "order_cancelled".into(),
        };
        let part = refund(100_000);
        assert_eq!(gateway.find_refund(&part).await.unwrap(), None);
        let done = gateway.refund(part.clone()).await.unwrap();
        assert!(matches!(done, RefundState::Done(_)));
        assert_eq!(gateway.refund(part.clone()).await.unwrap(), done, "{name}: the same refund");
        assert_eq!(gateway.find_refund(&part).await.unwrap(), Some(done), "{name}");
        let (_, told) = world.told().await;
        assert_eq!((told.kind, told.amount), (PaymentEventKind::Refunded, part.amount), "{name}");
        assert_eq!(told.refunds, [(part.refund, part.amount)], "{name}: by our name");
        world.told().await;
        assert!(gateway.refund(refund(200_000)).await.is_err(), "{name}: more than was paid");
        gateway.refund(refund(175_000)).await.unwrap();
        // Midtrans reports every refund twice.
        world.told().await;
        world.told().await;
    }
    assert!(!world.gateway("tripay").can_refund("qris"));
}

#[tokio::test]
async fn forged_reports_are_refused() {
    let world = world().await;
    let body = json!({
        "order_id": uuid::Uuid::now_v7().to_string(), "status_code": "200", "gross_amount": "275000.00", "transaction_status": "settlement",
        "signature_key": "00", "id": "x", "external_id": "y", "status": "PAID", "amount": 1, "reference": "T1", "total_amount": 1,
    });
    let body = body.to_string();
    for gateway in &world.gateways {
        let mut headers = HeaderMap::new();
        assert_eq!(gateway.read_webhook(&headers, body.as_bytes()).unwrap(), None, "{}", gateway.name());
        for header in ["x-callback-token", "x-callback-signature"] {
            headers.insert(header, "".parse().unwrap());
        }
        assert_eq!(gateway.read_webhook(&headers, body.as_bytes()).unwrap(), None, "{}", gateway.name());
        assert_eq!(gateway.read_webhook(&headers, b"\xff\xfe").unwrap(), None, "{}", gateway.name());
    }
}

#[test]
fn without_a_secret_to_check_reports_by_there_is_no_gateway() {
    let (base_url, text) = ("http://127.0.0.1:1".to_owned(), || "x".to_owned());
    let midtrans = MidtransConfig { core_url: text(), snap_url: text(), server_keys: vec![] };
    let xendit = XenditConfig { base_url: base_url.clone(), secret_key: text(), callback_tokens: vec![] };
    let tripay = TripayConfig { base_url, merchant_code: text(), api_key: text(), private_keys: vec![] };
    assert!(Midtrans::new(midtrans).is_err() && Xendit::new(xendit).is_err() && Tripay::new(tripay).is_err());
}

#[tokio::test]
async fn a_gateway_in_trouble_is_asked_again_and_then_left_alone() {
    let world = world().await;
    world.trouble("midtrans", json!({ "failures": 2 })).await;
    world.charge("midtrans", "qris").await;
    world.trouble("midtrans", json!({ "failures": 100 })).await;
    let gateway = world.gateway("midtrans");
    for _ in 0..5 {
        assert!(gateway.charge(world.request("midtrans", "qris")).await.is_err());
    }
    // It is well again, but given a rest.
    world.trouble("midtrans", json!({})).await;
    let refused = gateway.charge(world.request("midtrans", "qris")).await.unwrap_err();
    assert!(refused.to_string().contains("rest"), "{refused}");
}

#[tokio::test]
async fn wrong_keys_get_nowhere() {
    let world = world().await;
    let wrong = Keys {
        midtrans_server_key: "SB-Mid-server-LAIN".into(),
        xendit_secret_key: "xnd_lain".into(),
        tripay_api_key: "DEV-LAIN".into(),
        ..keys()
    };
    for gateway in adapters(&format!("http://{}", world.simulators.address), &wrong) {
        let refused = gateway.charge(world.request(gateway.name(), "qris")).await;
        assert!(refused.is_err(), "{}", gateway.name());
    }
    let unsigned = Keys { tripay_private_key: "lain".into(), ..keys() };
    let tripay = &adapters(&format!("http://{}", world.simulators.address), &unsigned)[2];
    let refused = tripay.charge(world.request("tripay", "qris")).await.unwrap_err().to_string();
    assert!(refused.contains("Invalid signature"), "{refused}");
}
