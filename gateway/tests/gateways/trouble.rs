//! Gateways in trouble: slow, down, busy, or silent after they did what was asked.

use super::*;
use gateway::payment::Patience;
use std::time::Instant;

/// Adapters that wait as long as told.
fn patient(world: &World, patience: Patience) -> Vec<Arc<dyn PaymentGateway>> {
    let base = format!("http://{}", world.simulators.address);
    vec![
        Arc::new(midtrans(&base, &keys()).with_patience(patience).unwrap()),
        Arc::new(xendit(&base, &keys()).with_patience(patience).unwrap()),
        Arc::new(tripay(&base, &keys()).with_patience(patience).unwrap()),
    ]
}

impl World {
    /// Open bills at the gateway.
    async fn bills(&self, name: &str) -> usize {
        let page = reqwest::get(format!("http://{}/{name}", self.simulators.address)).await.unwrap().error_for_status().unwrap();
        page.text().await.unwrap().matches("<li>").count()
    }
}

#[tokio::test]
async fn a_charge_whose_answer_was_lost_is_made_once() {
    // With idempotency keys that are still known, and with forgotten ones.
    for pace in [Pace(1), Pace(u32::MAX)] {
        let world = world_at(pace).await;
        for (made, channel) in ["qris", "gopay", "bca_va", "card"].into_iter().enumerate() {
            world.trouble("midtrans", json!({ "lose_answers": 1, "only": "POST" })).await;
            let (_, charge) = world.charge("midtrans", channel).await;
            assert!(charge.pay_with.is_some() || charge.redirect_url.is_some(), "{channel}");
            assert_eq!(world.bills("midtrans").await, made + 1, "{channel}");
        }
    }
    // Where there are no idempotency keys nothing is sent again: what is there is found by who asks next.
    let world = world().await;
    for name in ["xendit", "tripay"] {
        let (gateway, request) = (world.gateway(name), world.request(name, "qris"));
        world.trouble(name, json!({ "lose_answers": 1, "only": "POST" })).await;
        assert!(gateway.charge(request.clone()).await.is_err(), "{name}: sent again");
        assert_eq!(world.bills(name).await, 1, "{name}");
        let charge = gateway.charge(request.clone()).await.unwrap();
        assert_eq!(gateway.charge(request).await.unwrap(), charge, "{name}");
        assert_eq!(world.bills(name).await, 1, "{name}");
    }
}

#[tokio::test]
async fn a_charge_that_failed_is_sent_again_only_where_that_is_safe() {
    let world = world().await;
    for (name, is_sent_again) in [("midtrans", true), ("xendit", false), ("tripay", false)] {
        world.trouble(name, json!({ "failures": 1, "only": "POST" })).await;
        let made = world.gateway(name).charge(world.request(name, "qris")).await;
        assert_eq!((made.is_ok(), world.bills(name).await), (is_sent_again, usize::from(is_sent_again)), "{name}");
        world.charge(name, "qris").await;
    }
}

#[tokio::test]
async fn nobody_waits_for_ever() {
    let world = world().await;
    let patience = Patience { answer: Duration::from_millis(50), ..Patience::default() };
    for gateway in patient(&world, patience) {
        world.trouble(gateway.name(), json!({ "latency_ms": 60_000 })).await;
        let begun = Instant::now();
        assert!(gateway.charge(world.request(gateway.name(), "qris")).await.is_err(), "{}", gateway.name());
        assert!(begun.elapsed() < Duration::from_secs(10), "{}: {:?}", gateway.name(), begun.elapsed());
        world.trouble(gateway.name(), json!({ "latency_ms": 1 })).await;
        world.charge(gateway.name(), "qris").await;
    }
}

#[tokio::test]
async fn after_its_rest_one_try_tells_whether_a_gateway_is_well_again() {
    let world = world().await;
    let patience = Patience { rest: Duration::ZERO, ..Patience::default() };
    for gateway in patient(&world, patience) {
        let name = gateway.name();
        let charge = || gateway.charge(world.request(name, "qris"));
        world.trouble(name, json!({ "failures": 100 })).await;
        for _ in 0..5 {
            assert!(charge().await.is_err(), "{name}");
        }
        // Each of these is a single try: three of them would have found the gateway well.
        world.trouble(name, json!({ "failures": 2 })).await;
        assert!(charge().await.is_err() && charge().await.is_err(), "{name}");
        charge().await.unwrap();
        world.trouble(name, json!({ "failures": 1, "only": "GET" })).await;
        charge().await.unwrap();
    }
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_asked_for_again_and_counts_as_a_failure() {
    let world = world().await;
    for name in ["midtrans", "xendit", "tripay"] {
        let gateway = world.gateway(name);
        let (attempt, charge) = world.charge(name, "qris").await;
        world.trouble(name, json!({ "lose_answers": 2 })).await;
        assert_eq!(gateway.find(&charge.reference).await.unwrap().unwrap().attempt, Some(attempt), "{name}");
        world.trouble(name, json!({ "lose_answers": 100 })).await;
        for _ in 0..5 {
            assert!(gateway.find(&charge.reference).await.is_err(), "{name}");
        }
        let refused = gateway.find(&charge.reference).await.unwrap_err().to_string();
        assert!(refused.contains("rest"), "{name}: {refused}");
    }
}

#[tokio::test]
async fn who_is_asked_to_come_later_comes_later() {
    let world = world().await;
    for name in ["midtrans", "xendit", "tripay"] {
        let gateway = world.gateway(name);
        // Not carried out, so that even what must not be repeated is sent again.
        world.trouble(name, json!({ "limits": 1, "reset": 0, "only": "POST" })).await;
        world.charge(name, "qris").await;
        assert_eq!(world.bills(name).await, 1, "{name}");
        world.trouble(name, json!({ "limits": 2, "reset": 60 })).await;
        for _ in 0..2 {
            let refused = gateway.charge(world.request(name, "qris")).await.unwrap_err().to_string();
            assert!(refused.contains("in 60 s"), "{name}: {refused}");
        }
        // It was busy, not ill.
        world.charge(name, "qris").await;
    }
    world.trouble("xendit", json!({ "limits": 1, "reset": 7 })).await;
    let busy = reqwest::get(format!("http://{}/xendit/v2/invoices", world.simulators.address)).await.unwrap();
    let header = |name: &str| busy.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(
        (busy.status().as_u16(), header("rate-limit-remaining"), header("rate-limit-reset")),
        (429, "0".into(), "7".into())
    );
    assert_eq!(busy.json::<serde_json::Value>().await.unwrap()["error_code"], "RATE_LIMIT_EXCEEDED");
}

#[tokio::test]
async fn two_at_once_make_one_charge() {
    let world = world().await;
    world.trouble("midtrans", json!({ "latency_ms": 500 })).await;
    let body = json!({ "payment_type": "qris", "transaction_details": { "order_id": "ORDER-1", "gross_amount": 1_000 } });
    let client = reqwest::Client::new();
    let raw = || async {
        let url = format!("http://{}/midtrans/v2/charge", world.simulators.address);
        let call = client.post(url).basic_auth(keys().midtrans_server_key, Some(""));
        call.header("Idempotency-Key", "k-1").json(&body).send().await.unwrap().status().as_u16()
    };
    let (one, two) = tokio::join!(raw(), raw());
    assert_eq!((one.min(two), one.max(two)), (200, 202), "the second is told that the first is under way");
    world.trouble("midtrans", json!({ "latency_ms": 20 })).await;
    let (gateway, request) = (world.gateway("midtrans"), world.request("midtrans", "bca_va"));
    let (one, two) = tokio::join!(gateway.charge(request.clone()), gateway.charge(request));
    assert_eq!(one.unwrap(), two.unwrap());
}
