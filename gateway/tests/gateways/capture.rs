//! Cards at Midtrans: captured first, settled later, and voided or charged back in between.

use crate::{AMOUNT, World, world};
use domain::Money;
use domain::id::RefundId;
use domain::payment::{Attempt, PaymentEventKind};
use serde_json::{Value, json};
use service::port::{Charge, GatewayEvent, RefundRequest, RefundState};

const PAID: &str = "paid";

/// A card that was captured, and how that was reported.
async fn captured(world: &mut World) -> (Attempt, Charge, GatewayEvent) {
    world.trouble("midtrans", json!({ "captures": true })).await;
    let (attempt, charge) = world.charge("midtrans", "card").await;
    let paid = then(world, attempt, PAID).await;
    assert_eq!((paid.kind, status(world, attempt).await.as_str()), (PaymentEventKind::Paid, "capture"));
    (attempt, charge, paid)
}

/// What happens at the gateway, as it is reported.
async fn then(world: &mut World, attempt: Attempt, outcome: &str) -> GatewayEvent {
    world.outcome("midtrans", attempt, &[("outcome", outcome)]).await;
    world.told().await.1
}

async fn status(world: &World, attempt: Attempt) -> String {
    let url = format!("http://{}/midtrans/v2/{attempt}/status", world.simulators.address);
    let call = reqwest::Client::new().get(url).basic_auth(crate::keys().midtrans_server_key, Some(""));
    let body: Value = call.send().await.unwrap().json().await.unwrap();
    body["transaction_status"].as_str().unwrap_or_default().to_owned()
}

fn request(attempt: Attempt, amount: i64) -> RefundRequest {
    RefundRequest {
        refund: RefundId(uuid::Uuid::now_v7()),
        payment: attempt.payment,
        reference: attempt.to_string(),
        amount: Money(amount),
        reason: "order_cancelled".into(),
    }
}

#[tokio::test]
async fn the_settlement_of_a_captured_card_is_no_second_payment() {
    let mut world = world().await;
    let (attempt, charge, paid) = captured(&mut world).await;
    assert_eq!(then(&mut world, attempt, "settled").await, paid);
    assert_eq!(world.gateway("midtrans").find(&charge.reference).await.unwrap(), Some(paid));
    assert_eq!(status(&world, attempt).await, "settlement");
}

#[tokio::test]
async fn a_captured_card_that_is_voided_ends_by_the_name_that_paid() {
    let mut world = world().await;
    let (attempt, charge, paid) = captured(&mut world).await;
    let ended = then(&mut world, attempt, "void").await;
    assert_eq!(ended, GatewayEvent { kind: PaymentEventKind::Expired, ..paid });
    assert_eq!(world.gateway("midtrans").find(&charge.reference).await.unwrap(), Some(ended));
}

#[tokio::test]
async fn all_of_a_captured_card_goes_back_by_voiding_it_and_once() {
    let mut world = world().await;
    let (attempt, _, paid) = captured(&mut world).await;
    let gateway = world.gateway("midtrans");
    let whole = request(attempt, AMOUNT.0);
    assert_eq!(gateway.find_refund(&whole).await.unwrap(), None);
    let done = RefundState::Done(whole.refund.to_string());
    assert_eq!(gateway.refund(whole.clone()).await.unwrap(), done);
    assert_eq!(status(&world, attempt).await, "cancel");
    assert_eq!(world.told().await.1, GatewayEvent { kind: PaymentEventKind::Expired, ..paid });
    // The answer was lost, or somebody had voided it before: the buyer has the money, and any part of it.
    assert_eq!(gateway.refund(whole.clone()).await.unwrap(), done);
    assert_eq!(gateway.find_refund(&whole).await.unwrap(), Some(done));
    let part = request(attempt, 1_000);
    assert_eq!(gateway.refund(part.clone()).await.unwrap(), RefundState::Done(part.refund.to_string()));
    assert!(world.events.try_recv().is_err(), "voided once");
}

#[tokio::test]
async fn a_part_of_a_captured_card_waits_until_it_settles() {
    let mut world = world().await;
    let (attempt, _, _) = captured(&mut world).await;
    let gateway = world.gateway("midtrans");
    let part = request(attempt, 100_000);
    for _ in 0..2 {
        assert_eq!(gateway.refund(part.clone()).await.unwrap(), RefundState::Busy);
    }
    assert_eq!(status(&world, attempt).await, "capture");
    then(&mut world, attempt, "settled").await;
    assert_eq!(gateway.refund(part.clone()).await.unwrap(), RefundState::Done(part.refund.to_string()));
    let told = world.told().await.1;
    assert_eq!((told.kind, told.amount), (PaymentEventKind::Refunded, part.amount));
}

#[tokio::test]
async fn what_can_never_go_back_is_refused() {
    let mut world = world().await;
    let (attempt, _) = world.charge("midtrans", "permata_va").await;
    then(&mut world, attempt, PAID).await;
    let refused = world.gateway("midtrans").refund(request(attempt, AMOUNT.0)).await.unwrap_err().to_string();
    assert!(refused.contains("412"), "{refused}");
}

#[tokio::test]
async fn a_chargeback_of_a_part_and_then_of_the_whole_are_two_facts() {
    let mut world = world().await;
    let (attempt, charge) = world.charge("midtrans", "card").await;
    then(&mut world, attempt, PAID).await;
    let gateway = world.gateway("midtrans");
    let mut told = vec![];
    for outcome in ["partial_chargeback", "chargeback"] {
        let event = then(&mut world, attempt, outcome).await;
        assert_eq!((event.kind, event.attempt), (PaymentEventKind::Disputed, Some(attempt)), "{outcome}");
        // Reports are confirmed by the name they came with.
        for name in [&event.reference, &charge.reference] {
            assert_eq!(gateway.find(name).await.unwrap().as_ref(), Some(&event), "{outcome}");
        }
        told.push(event.reference);
    }
    assert_ne!(told[0], told[1]);
}
