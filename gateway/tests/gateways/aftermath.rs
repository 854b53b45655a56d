//! What happens to payments after they were paid, and to those that never are.

use super::*;

#[tokio::test]
async fn what_follows_a_payment_is_reported_and_told() {
    let mut world = world().await;
    for (name, channel, outcome, kind) in [
        ("midtrans", "permata_va", "reverse", PaymentEventKind::Failed),
        ("midtrans", "card", "chargeback", PaymentEventKind::Disputed),
        ("tripay", "qris", "refunded", PaymentEventKind::Refunded),
    ] {
        let (attempt, charge) = world.charge(name, channel).await;
        world.outcome(name, attempt, &[("outcome", "paid")]).await;
        assert_eq!(world.told().await.1.kind, PaymentEventKind::Paid, "{name} {outcome}");
        world.outcome(name, attempt, &[("outcome", outcome)]).await;
        let (_, event) = world.told().await;
        assert_eq!((event.kind, event.amount, event.attempt), (kind, AMOUNT, Some(attempt)), "{name} {outcome}");
        assert_eq!(world.gateway(name).find(&charge.reference).await.unwrap().unwrap(), event, "{name} {outcome}");
    }
    // Settlement is no news: who asks is told.
    let (attempt, charge) = world.charge("xendit", "qris").await;
    world.outcome("xendit", attempt, &[("outcome", "paid")]).await;
    let (_, paid) = world.told().await;
    world.outcome("xendit", attempt, &[("outcome", "settled")]).await;
    assert_eq!(world.gateway("xendit").find(&charge.reference).await.unwrap().unwrap(), paid);
    let url = format!("http://{}/xendit/v2/invoices/{}", world.simulators.address, charge.reference);
    let invoice = reqwest::Client::new().get(url).basic_auth(keys().xendit_secret_key, Some("")).send().await.unwrap();
    assert_eq!(invoice.json::<serde_json::Value>().await.unwrap()["status"], "SETTLED");
    assert!(world.events.try_recv().is_err());
}

/// A charge as a library makes it, over HTTP.
async fn charge(world: &World, body: serde_json::Value) -> serde_json::Value {
    let url = format!("http://{}/midtrans/v2/charge", world.simulators.address);
    let call = reqwest::Client::new().post(url).basic_auth(keys().midtrans_server_key, Some(""));
    call.json(&body).send().await.unwrap().json().await.unwrap()
}

#[tokio::test]
async fn time_that_runs_out_is_reported() {
    let mut world = world().await;
    let attempt = Attempt::first(PaymentId(uuid::Uuid::now_v7()));
    let body = json!({
        "payment_type": "qris", "transaction_details": { "order_id": attempt.to_string(), "gross_amount": 1_000 },
        "custom_expiry": { "expiry_duration": 0, "unit": "second" },
    });
    assert_eq!(charge(&world, body).await["status_code"], "201");
    let (_, event) = world.told().await;
    assert_eq!((event.kind, event.attempt), (PaymentEventKind::Expired, Some(attempt)));
}

#[tokio::test]
async fn midtrans_says_what_can_be_done_with_a_code() {
    let world = world().await;
    let made = |kind: &str, order: &str| {
        charge(&world, json!({ "payment_type": kind, "transaction_details": { "order_id": order, "gross_amount": 1_000 } }))
    };
    let names = |made: &serde_json::Value| -> Vec<String> {
        made["actions"].as_array().unwrap().iter().map(|a| format!("{} {}", a["method"], a["name"]).replace('"', "")).collect()
    };
    let (qris, gopay) = (made("qris", "A").await, made("gopay", "B").await);
    assert_eq!(names(&qris), ["GET generate-qr-code", "GET generate-qr-code-v2"]);
    assert_eq!(
        names(&gopay),
        ["GET generate-qr-code", "GET generate-qr-code-v2", "GET deeplink-redirect", "GET get-status", "POST cancel"]
    );
    assert!(qris["qr_string"].is_string() && gopay["qr_string"].is_null());
    for action in qris["actions"].as_array().unwrap() {
        let picture = reqwest::get(action["url"].as_str().unwrap()).await.unwrap();
        assert_eq!(picture.headers()["content-type"], "image/png", "{action}");
    }
}
