//! Charges: made once, fetched, ended.

use crate::{world, world_at};
use domain::payment::{Attempt, PayWith, PaymentEventKind};
use gateway::simulator::Pace;
use serde_json::json;
use service::port::{Charge, EndedCharge};

#[tokio::test]
async fn a_charge_asked_for_twice_is_made_once() {
    let world = world().await;
    for (name, channel) in [("midtrans", "bca_va"), ("midtrans", "card"), ("xendit", "qris"), ("tripay", "qris")] {
        let (gateway, request) = (world.gateway(name), world.request(name, channel));
        let first = gateway.charge(request.clone()).await.unwrap();
        assert_eq!(gateway.charge(request).await.unwrap(), first, "{name}:{channel}");
    }
}

/// Of QRIS the text may be missing, of GoPay it always is: the gateway's own picture is fetched.
#[tokio::test]
async fn a_code_without_text_is_fetched_as_picture() {
    let world = world().await;
    world.trouble("midtrans", json!({ "without_qr_string": true })).await;
    let gateway = world.gateway("midtrans");
    for channel in ["qris", "gopay"] {
        let (_, charge) = world.charge("midtrans", channel).await;
        let Some(PayWith::QrPicture { url }) = charge.pay_with else { panic!("{channel}: {:?}", charge.pay_with) };
        assert!(gateway.picture(&url).await.unwrap().starts_with(b"\x89PNG"), "{channel}");
        // Not a picture, and not there.
        assert!(gateway.picture(&url.replace("qr-code", "status")).await.is_err());
        assert!(gateway.picture(&format!("{url}s")).await.is_err());
    }
    // Whatever anybody makes of an address: only the gateway's own host is asked.
    let foreign = gateway.picture(&format!("{}/x", world.shop)).await.unwrap_err();
    assert!(foreign.to_string().contains("another host"), "{foreign}");
    assert!(world.gateway("xendit").picture("http://127.0.0.1/").await.is_err());
}

/// The answer was lost and the idempotency key is forgotten: Midtrans says 406, and the answer to
/// "how is it" says less than the one that was lost.
#[tokio::test]
async fn a_charge_that_is_there_already_can_be_paid() {
    let world = world_at(Pace(u32::MAX)).await;
    let gateway = world.gateway("midtrans");
    for channel in ["qris", "gopay", "bca_va", "permata_va", "mandiri_bill"] {
        let request = world.request("midtrans", channel);
        let first = gateway.charge(request.clone()).await.unwrap();
        let again = gateway.charge(request).await.unwrap();
        assert_eq!(again.reference, first.reference, "{channel}");
        match again.pay_with.unwrap() {
            PayWith::QrPicture { url } => assert!(gateway.picture(&url).await.unwrap().starts_with(b"\x89PNG"), "{channel}"),
            other => assert_eq!(Some(other), first.pay_with, "{channel}"),
        }
    }
}

fn ended(name: &str, channel: &str, attempt: Attempt, charge: &Charge) -> EndedCharge {
    EndedCharge {
        payment: attempt.payment,
        attempt: attempt.number,
        method: format!("{name}:{channel}"),
        reference: charge.reference.clone(),
        redirect_url: charge.redirect_url.clone(),
    }
}

#[tokio::test]
async fn a_charge_that_was_ended_takes_no_money_where_the_gateway_can_end_it() {
    let world = world().await;
    for (name, channel) in [("midtrans", "bca_va"), ("midtrans", "gopay"), ("midtrans", "card"), ("xendit", "qris")] {
        let what = format!("{name}:{channel}");
        let (attempt, charge) = world.charge(name, channel).await;
        let ended = ended(name, channel, attempt, &charge);
        for _ in 0..2 {
            world.gateway(name).cancel(&ended).await.unwrap_or_else(|error| panic!("{what}: {error}"));
        }
        if name == "midtrans" {
            let page = format!("http://{}/{name}/pay/by-reference/{attempt}", world.simulators.address);
            let answer = reqwest::Client::new().post(page).form(&[("outcome", "paid")]).send().await.unwrap();
            assert_eq!(answer.status(), 200, "{what}: the page says that it is over");
        }
        let found = world.gateway(name).find(&charge.reference).await.unwrap().map(|event| event.kind);
        // A page nobody has used has never been a transaction.
        assert_eq!(found, (channel != "card").then_some(PaymentEventKind::Expired), "{what}");
    }
}

#[tokio::test]
async fn a_charge_that_was_paid_is_left_as_it_is() {
    let mut world = world().await;
    for (name, channel) in [("midtrans", "qris"), ("xendit", "qris"), ("tripay", "qris")] {
        let (attempt, charge) = world.charge(name, channel).await;
        world.outcome(name, attempt, &[("outcome", "paid")]).await;
        assert_eq!(world.told().await.1.kind, PaymentEventKind::Paid, "{name}");
        world.gateway(name).cancel(&ended(name, channel, attempt, &charge)).await.unwrap();
        assert_eq!(world.gateway(name).find(&charge.reference).await.unwrap().unwrap().kind, PaymentEventKind::Paid, "{name}");
    }
}

#[tokio::test]
async fn tripay_cannot_end_a_charge_and_says_what_becomes_of_it() {
    let mut world = world().await;
    let (attempt, charge) = world.charge("tripay", "qris").await;
    world.gateway("tripay").cancel(&ended("tripay", "qris", attempt, &charge)).await.unwrap();
    world.outcome("tripay", attempt, &[("outcome", "paid")]).await;
    assert_eq!(world.told().await.1.kind, PaymentEventKind::Paid);
}
