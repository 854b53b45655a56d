//! Transfers nobody waits for: late, beside the one that paid, left for another method.

use crate::buying::{Buying, refusal};
use crate::{approval, balance, input, place, proof, prove, status};
use chrono::TimeDelta;
use domain::desk::ProofStatus;
use domain::ledger::AccountKind;
use domain::order::OrderStatus;
use domain::payment::{MethodInput, PaymentStatus, RefundReason};
use domain::{Conflict, Error, Money};
use sea_orm::EntityTrait;
use service::fixture::on_each_database;
use service::{desk, payment};

#[tokio::test]
async fn a_transfer_beside_the_one_that_paid_finds_its_way_back_whatever_its_amount() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let agent = shop.staff("Citra", "cs1").await.unwrap();
        let placed = prove(&b, "k").await;
        desk::approve(&shop.ctx, &agent, placed.id, approval(None)).await.unwrap();
        let status_of = async || payment::find(&shop.ctx, &b.buyer, placed.id).await.unwrap().status;
        assert_eq!(status_of().await, PaymentStatus::Paid);
        let before = balance(&shop, AccountKind::RefundPayable).await;
        desk::submit(&shop.ctx, &b.buyer, placed.id, input(Money(50_000)), proof(2)).await.unwrap();
        desk::approve(&shop.ctx, &agent, placed.id, approval(Some(Money(50_000)))).await.unwrap();
        assert_eq!(balance(&shop, AccountKind::RefundPayable).await, before - 50_000);
        assert_eq!((status_of().await, status(&b, &placed.orders[0]).await), (PaymentStatus::Paid, OrderStatus::Pending));
        b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn a_transfer_left_for_another_method_is_proven_after_the_end() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let agent = shop.staff("Citra", "cs1").await.unwrap();
        let placed = place(&b, &b.buyer, "k").await;
        let asked = placed.transfer.unwrap().amount;
        let other = MethodInput { payment_method: "sandbox".into() };
        payment::change_method(&shop.ctx, &b.buyer, placed.id, other).await.unwrap();
        // While it can still be paid, the way is back to the transfer.
        let early = desk::submit(&shop.ctx, &b.buyer, placed.id, input(asked), proof(1)).await;
        assert_eq!(refusal(early), Error::Conflict(Conflict::PaymentClosed));
        shop.advance(TimeDelta::hours(49));
        assert_eq!(payment::auto_cancel(&shop.ctx).await.unwrap(), 1);
        let sent = desk::submit(&shop.ctx, &b.buyer, placed.id, input(asked), proof(1)).await.unwrap();
        assert_eq!((sent.status, sent.proof.unwrap().status), (PaymentStatus::Expired, ProofStatus::Waiting));
        b.verify().await;
        let shown = desk::claim(&shop.ctx, &agent, placed.id).await.unwrap();
        assert_eq!((shown.row.expected, shown.account.unwrap().number.as_str()), (asked, "1234567890"));
        desk::approve(&shop.ctx, &agent, placed.id, approval(None)).await.unwrap();
        assert_eq!(balance(&shop, AccountKind::RefundPayable).await, -asked.0);
        let owed = entity::refund::Entity::find().one(&shop.ctx.db).await.unwrap().unwrap();
        assert_eq!((owed.amount, owed.attempt, owed.reason), (asked, 1, RefundReason::LatePayment));
        b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn money_for_an_expired_payment_finds_its_way_back() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let agent = shop.staff("Citra", "cs1").await.unwrap();
        let placed = place(&b, &b.buyer, "k").await;
        shop.advance(TimeDelta::hours(25));
        assert_eq!(payment::auto_cancel(&shop.ctx).await.unwrap(), 1);
        let amount = placed.transfer.unwrap().amount;
        let sent = desk::submit(&shop.ctx, &b.buyer, placed.id, input(amount), proof(1)).await.unwrap();
        assert_eq!(sent.status, PaymentStatus::Expired);
        desk::approve(&shop.ctx, &agent, placed.id, approval(None)).await.unwrap();
        assert_eq!(status(&b, &placed.orders[0]).await, OrderStatus::Cancelled);
        assert_eq!(balance(&shop, AccountKind::RefundPayable).await, -amount.0, "all of it, suffix too");
        b.verify().await;
    })
    .await;
}
