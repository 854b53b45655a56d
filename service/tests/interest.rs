//! Staff with more than one hat: nobody moves money to themselves, alone or by halves.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod buying;

use buying::{Buying, checkout_input, refusal};
use bytes::Bytes;
use domain::desk::{Approval, ProofInput, ProofStatus, Rejection};
use domain::order::CancelInput;
use domain::payment::{PaymentView, RefundStatus};
use domain::refund::RefundProof;
use domain::{Conflict, Error, Money};
use entity::{audit_entry, refund};
use sea_orm::{EntityTrait, QueryOrder};
use service::fixture::on_each_database;
use service::{Actor, Settings, checkout, desk, order, refund as refunds};

fn approval(amount: Option<i64>) -> Approval {
    Approval { amount: amount.map(Money), proof_id: None }
}

/// A small PDF will do.
fn proof() -> Bytes {
    Bytes::from_static(b"%PDF-1.7\n%%EOF\n")
}

/// Buys the cart by bank transfer and sends a proof of the exact amount.
async fn prove(b: &Buying, buyer: &Actor, key: &str) -> PaymentView {
    let mut input = checkout_input(&b.ctx, buyer).await;
    input.payment_method = "manual_transfer".into();
    let placed = checkout::place(&b.ctx, buyer, key, input).await.unwrap().view.payment;
    let amount = placed.transfer.as_ref().unwrap().amount;
    let input = ProofInput { amount, sender_name: "Budi".into(), sender_bank: "BCA".into() };
    desk::submit(&b.ctx, buyer, placed.id, input, proof()).await.unwrap()
}

/// One person with the permissions of both.
fn also(who: &Actor, other: &Actor) -> Actor {
    let mut both = who.clone();
    let grants = other.user.as_ref().unwrap().grants.clone();
    both.user.as_mut().unwrap().grants.extend(grants);
    both
}

#[tokio::test]
async fn nobody_decides_on_their_own_purchase_or_sale() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let agent = shop.staff("Citra", "cs1").await.unwrap();
        let sent = prove(&b, &b.buyer, "k").await;
        let refused = Error::Conflict(Conflict::OwnInterest);
        for interested in [also(&b.buyer, &agent), also(&b.sellers[1], &agent)] {
            let approved = desk::approve(&shop.ctx, &interested, sent.id, approval(None)).await;
            assert_eq!(refusal(approved), refused);
            let rejected = desk::reject(&shop.ctx, &interested, sent.id, Rejection { reason: "x".into(), proof_id: None }).await;
            assert_eq!(refusal(rejected), refused);
        }
        // A seller of another store may.
        let other = also(&shop.seller("Toko Tiga").await.unwrap(), &agent);
        desk::approve(&shop.ctx, &other, sent.id, approval(None)).await.unwrap();
        // Nor does anybody send money to themselves.
        order::cancel(&shop.ctx, &b.buyer, &sent.orders[0], CancelInput { reason: None }).await.unwrap();
        let finance = shop.staff("Fitri", "finance").await.unwrap();
        let row = refund::Entity::find().one(&shop.ctx.db).await.unwrap().unwrap();
        let sent_back = || RefundProof { reference: "TRF 1".into() };
        let buyer = also(&b.buyer, &finance);
        assert_eq!(refusal(refunds::complete(&shop.ctx, &buyer, row.id, sent_back()).await), refused);
        assert_eq!(refusal(refunds::by_hand(&shop.ctx, &buyer, row.id).await), refused);
        assert_eq!(refusal(refunds::retry(&shop.ctx, &buyer, row.id).await), refused);
        assert_eq!(refusal(refunds::attach(&shop.ctx, &buyer, row.id, proof()).await), refused);
        refunds::complete(&shop.ctx, &finance, row.id, sent_back()).await.unwrap();
        b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn nobody_is_handed_what_they_may_not_decide() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let agent = shop.staff("Citra", "cs1").await.unwrap();
        prove(&b, &b.buyer, "k1").await;
        let siti = shop.customer("Siti").await.unwrap();
        let item = domain::cart::AddItem { variant_id: b.sold[0].variants[0], quantity: 1 };
        service::cart::add(&shop.ctx, &siti, item).await.unwrap();
        let other = prove(&b, &siti, "k2").await.id;
        let next = async |who: &Actor| desk::claim_next(&shop.ctx, who, None).await.unwrap();
        assert_eq!(next(&also(&b.buyer, &agent)).await, Some(other), "not one's own purchase");
        desk::release(&shop.ctx, &also(&b.buyer, &agent), other).await.unwrap();
        assert_eq!(next(&also(&b.sellers[1], &agent)).await, Some(other), "nor one's store's sale");
        desk::release(&shop.ctx, &also(&b.sellers[1], &agent), other).await.unwrap();
        assert_eq!(next(&also(&b.sellers[0], &agent)).await, None);
    })
    .await;
}

#[tokio::test]
async fn the_second_approver_confirms_the_amount_of_the_first() {
    on_each_database(|shop| async move {
        let mut b = Buying::two_stores(&shop).await;
        b.ctx.settings = Settings { second_approval_above: Money(100_000), ..Settings::clone(&shop.ctx.settings) }.into();
        let mut agents = vec![];
        for name in ["Citra", "Dodi", "Eka"] {
            agents.push(shop.staff(name, "cs1").await.unwrap());
        }
        let sent = prove(&b, &b.buyer, "k").await;
        let asked = sent.transfer.clone().unwrap().amount.0;
        let approve = |agent: usize, amount: i64| desk::approve(&b.ctx, &agents[agent], sent.id, approval(Some(amount)));
        assert!(approve(0, asked).await.unwrap().row.is_half_approved);
        // Ten times as much, of which most would be "owed back": the other amount wants a second pair
        // of eyes again.
        let inflated = approve(1, asked * 10).await.unwrap();
        assert_eq!((inflated.row.status, inflated.row.is_half_approved), (ProofStatus::Waiting, true));
        assert_eq!(refusal(approve(1, asked * 10).await), Error::Conflict(Conflict::SecondApproverNeeded));
        assert_eq!(approve(2, asked).await.unwrap().row.status, ProofStatus::Waiting);
        assert_eq!(approve(0, asked).await.unwrap().row.status, ProofStatus::Approved);
        let owed = refund::Entity::find().all(&shop.ctx.db).await.unwrap();
        assert!(owed.is_empty(), "{owed:?}");
        b.verify().await;
    })
    .await;
}

/// One transfer of the bank may send several refunds.
#[tokio::test]
async fn refunds_may_share_a_reference() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let agent = shop.staff("Citra", "cs1").await.unwrap();
        let finance = shop.staff("Fitri", "finance").await.unwrap();
        for key in ["k1", "k2"] {
            if key == "k2" {
                b.fill_cart(&[1, 1]).await;
            }
            let sent = prove(&b, &b.buyer, key).await;
            desk::approve(&shop.ctx, &agent, sent.id, approval(None)).await.unwrap();
            for number in &sent.orders {
                order::cancel(&shop.ctx, &b.buyer, number, CancelInput { reason: None }).await.unwrap();
            }
        }
        for row in refund::Entity::find().order_by_asc(refund::Column::Id).all(&shop.ctx.db).await.unwrap() {
            let sent = refunds::complete(&shop.ctx, &finance, row.id, RefundProof { reference: "TRF 21/11".into() }).await;
            assert_eq!(sent.unwrap().row.status, RefundStatus::Succeeded);
        }
        b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn the_second_layer_leaves_its_own_orders_to_others_and_is_audited() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let placed = b.pay("k").await;
        let number = &b.numbers_by_seller(&placed)[0];
        let agent = shop.staff("Citra", "cs2").await.unwrap();
        let refused = Error::Conflict(Conflict::OwnInterest);
        for interested in [also(&b.buyer, &agent), also(&b.sellers[0], &agent)] {
            assert_eq!(refusal(order::desk::accept(&shop.ctx, &interested, number).await), refused);
            let cancel = CancelInput { reason: Some("x".into()) };
            assert_eq!(refusal(order::desk::cancel(&shop.ctx, &interested, number, cancel).await), refused);
            let input = serde_json::from_value(serde_json::json!({ "lines": [], "shipping": 1_000, "note": "rusak" })).unwrap();
            assert_eq!(refusal(refunds::request_as_desk(&shop.ctx, &interested, number, input).await), refused);
        }
        order::desk::accept(&shop.ctx, &agent, number).await.unwrap();
        let trail = audit_entry::Entity::find().all(&shop.ctx.db).await.unwrap();
        let deed =
            (trail[0].action.as_str(), &trail[0].subject_id, &trail[0].state_before["status"], &trail[0].state_after["status"]);
        assert_eq!((trail.len(), deed), (1, ("order.accept", number, &"pending".into(), &"processing".into())));
        b.verify().await;
    })
    .await;
}
