//! Webhooks that get lost: what the gateway knows is found out, on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../buying/mod.rs"]
mod buying;
mod ended;

use buying::Buying;
use bytes::Bytes;
use chrono::TimeDelta;
use domain::Money;
use domain::desk::ProofInput;
use domain::order::OrderStatus;
use domain::payment::{Attempt, MethodInput, PaymentEventKind, PaymentStatus, PaymentView, RefundReason};
use entity::{payment_dispute, refund};
use sea_orm::{EntityTrait, PaginatorTrait};
use service::fixture::{FakeGateway, Shop, on_each_database};
use service::{desk, order, payment};
use std::sync::atomic::Ordering;

#[tokio::test]
async fn a_lost_webhook_is_made_up_for_once() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let placed = b.place("k").await.unwrap().view;
        shop.gateway.settle(placed.payment.id, placed.payment.amount);
        // The webhook is given a minute.
        assert_eq!(payment::reconcile(&shop.ctx).await.unwrap(), 0);
        shop.advance(TimeDelta::minutes(2));
        assert_eq!(payment::reconcile(&shop.ctx).await.unwrap(), 1);
        assert_eq!(payment::find(&shop.ctx, &b.buyer, placed.payment.id).await.unwrap().status, PaymentStatus::Paid);
        assert_eq!(order::find(&shop.ctx, &b.buyer, &placed.orders[0].number).await.unwrap().status, OrderStatus::Pending);
        // It comes after all: known already.
        let late = service::fixture::FakeGateway::paid(placed.payment.id, placed.payment.amount);
        assert_eq!(payment::apply_event(&shop.ctx, "sandbox", &late).await.unwrap(), "duplicate");
        assert_eq!(payment::reconcile(&shop.ctx).await.unwrap(), 0);
        b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn the_gateway_is_asked_before_a_payment_ends() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let placed = b.place("k").await.unwrap().view;
        shop.gateway.settle(placed.payment.id, placed.payment.amount);
        shop.advance(TimeDelta::hours(25));
        assert_eq!(payment::auto_cancel(&shop.ctx).await.unwrap(), 0);
        assert_eq!(payment::find(&shop.ctx, &b.buyer, placed.payment.id).await.unwrap().status, PaymentStatus::Paid);
        b.verify().await;
        // One that cannot be asked ends in time; money found later goes back.
        b.fill_cart(&[1, 1]).await;
        let placed = b.place("k2").await.unwrap().view;
        shop.gateway.settle(placed.payment.id, placed.payment.amount);
        shop.gateway.is_down.store(true, Ordering::Relaxed);
        shop.advance(TimeDelta::hours(25));
        assert_eq!(payment::reconcile(&shop.ctx).await.unwrap(), 0, "one that cannot be asked does not stop the others");
        assert_eq!(payment::auto_cancel(&shop.ctx).await.unwrap(), 1);
        shop.gateway.is_down.store(false, Ordering::Relaxed);
        assert_eq!(payment::reconcile(&shop.ctx).await.unwrap(), 1);
        assert_eq!(payment::reconcile(&shop.ctx).await.unwrap(), 0);
        let refunds = refund::Entity::find().all(&shop.ctx.db).await.unwrap();
        assert_eq!(refunds.iter().map(|r| r.reason).collect::<Vec<_>>(), [RefundReason::LatePayment]);
        b.verify().await;
    })
    .await;
}

async fn change(b: &Buying, view: &PaymentView, method: &str) -> PaymentView {
    payment::change_method(&b.ctx, &b.buyer, view.id, MethodInput { payment_method: method.into() }).await.unwrap()
}

async fn status(b: &Buying, view: &PaymentView) -> PaymentStatus {
    payment::find(&b.ctx, &b.buyer, view.id).await.unwrap().status
}

async fn disputes(shop: &Shop) -> u64 {
    payment_dispute::Entity::find().count(&shop.ctx.db).await.unwrap()
}

/// Every attempt that was left ends some day.
#[tokio::test]
async fn the_end_of_an_attempt_that_has_not_paid_is_no_reversal() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let placed = b.place_by("k", "sandbox:qris").await.payment;
        change(&b, &placed, "sandbox:bca_va").await;
        let paid = FakeGateway::paid_in(Attempt { payment: placed.id, number: 2 }, placed.amount);
        assert_eq!(payment::apply_event(&shop.ctx, "sandbox", &paid).await.unwrap(), "settled");
        shop.gateway.know(Attempt::first(placed.id), PaymentEventKind::Expired, placed.amount);
        shop.advance(TimeDelta::minutes(10));
        assert_eq!(payment::reconcile(&shop.ctx).await.unwrap(), 0);
        assert_eq!((status(&b, &placed).await, disputes(&shop).await), (PaymentStatus::Paid, 0));
    })
    .await;
}

#[tokio::test]
async fn a_second_payment_on_an_attempt_that_was_left_is_found() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let placed = b.place_by("k", "sandbox:qris").await.payment;
        change(&b, &placed, "sandbox:bca_va").await;
        let second = Attempt { payment: placed.id, number: 2 };
        let paid = FakeGateway::paid_in(second, placed.amount);
        assert_eq!(payment::apply_event(&shop.ctx, "sandbox", &paid).await.unwrap(), "settled");
        shop.gateway.settle(placed.id, placed.amount);
        shop.advance(TimeDelta::minutes(10));
        assert_eq!(payment::reconcile(&shop.ctx).await.unwrap(), 1);
        let refunds = refund::Entity::find().all(&shop.ctx.db).await.unwrap();
        assert_eq!(refunds.iter().map(|r| (r.reason, r.attempt)).collect::<Vec<_>>(), [(RefundReason::DoublePayment, 1)]);
        b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn money_at_a_gateway_is_found_while_a_proof_waits() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let placed = b.place_by("k", "sandbox:qris").await.payment;
        let asked = change(&b, &placed, "manual_transfer").await.transfer.unwrap().amount;
        let input = ProofInput { amount: asked, sender_name: "Budi".into(), sender_bank: "BCA".into() };
        desk::submit(&shop.ctx, &b.buyer, placed.id, input, Bytes::from_static(b"%PDF-1.7\n%%EOF\n")).await.unwrap();
        shop.gateway.settle(placed.id, placed.amount);
        shop.advance(TimeDelta::minutes(10));
        assert_eq!(payment::reconcile(&shop.ctx).await.unwrap(), 1);
        assert_eq!(status(&b, &placed).await, PaymentStatus::Paid);
        b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn what_a_gateway_takes_or_gives_back_unreported_is_found() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        use PaymentEventKind as E;
        for (n, kind) in [E::Disputed, E::Failed, E::Expired, E::Refunded].into_iter().enumerate() {
            b.fill_cart(&[1, 1]).await;
            let placed = b.pay(&format!("k{n}")).await.payment;
            shop.gateway.know(Attempt::first(placed.id), kind, placed.amount);
            shop.advance(TimeDelta::hours(25));
            assert_eq!(payment::reconcile(&shop.ctx).await.unwrap(), 1, "{kind}");
            assert_eq!(disputes(&shop).await, n as u64 + 1, "{kind}");
            shop.advance(TimeDelta::hours(25));
            assert_eq!(payment::reconcile(&shop.ctx).await.unwrap(), 0, "{kind}: once");
            let expected = if kind == PaymentEventKind::Refunded { PaymentStatus::Refunded } else { PaymentStatus::Paid };
            assert_eq!(status(&b, &placed).await, expected);
            b.verify().await;
        }
    })
    .await;
}

#[tokio::test]
async fn money_that_came_and_went_before_it_was_reported_is_booked() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let placed = b.place("k").await.unwrap().view;
        shop.gateway.know(Attempt::first(placed.payment.id), PaymentEventKind::Refunded, placed.payment.amount);
        shop.advance(TimeDelta::minutes(10));
        assert_eq!(payment::reconcile(&shop.ctx).await.unwrap(), 1);
        assert_eq!(status(&b, &placed.payment).await, PaymentStatus::Refunded);
        let ended = order::find(&shop.ctx, &b.buyer, &placed.orders[0].number).await.unwrap().status;
        assert_eq!(ended, OrderStatus::Cancelled);
        assert_eq!(b.available().await, [10, 5]);
        b.verify().await;
        // A part of it: the rest is the seller's to earn, and a person looks.
        b.fill_cart(&[1, 1]).await;
        let placed = b.place("k2").await.unwrap().view.payment;
        shop.gateway.know(Attempt::first(placed.id), PaymentEventKind::Refunded, Money(10_000));
        shop.advance(TimeDelta::minutes(10));
        assert_eq!(payment::reconcile(&shop.ctx).await.unwrap(), 1);
        assert_eq!((status(&b, &placed).await, disputes(&shop).await), (PaymentStatus::Paid, 2));
        b.verify().await;
        // Of an attempt that was left, it is not the end of what the other has paid.
        b.fill_cart(&[1, 1]).await;
        let placed = b.place_by("k3", "sandbox:qris").await.payment;
        change(&b, &placed, "sandbox:bca_va").await;
        let paid = FakeGateway::paid_in(Attempt { payment: placed.id, number: 2 }, placed.amount);
        payment::apply_event(&shop.ctx, "sandbox", &paid).await.unwrap();
        shop.gateway.know(Attempt::first(placed.id), PaymentEventKind::Refunded, placed.amount);
        shop.advance(TimeDelta::minutes(10));
        assert_eq!(payment::reconcile(&shop.ctx).await.unwrap(), 1);
        assert_eq!((status(&b, &placed).await, disputes(&shop).await), (PaymentStatus::Paid, 3));
        b.verify().await;
        // After the end of the payment a person looks as well.
        b.fill_cart(&[1, 1]).await;
        let placed = b.place("k4").await.unwrap().view.payment;
        shop.advance(TimeDelta::hours(25));
        assert_eq!(payment::auto_cancel(&shop.ctx).await.unwrap(), 1);
        shop.gateway.know(Attempt::first(placed.id), PaymentEventKind::Refunded, placed.amount);
        assert_eq!(payment::reconcile(&shop.ctx).await.unwrap(), 1);
        assert_eq!((status(&b, &placed).await, disputes(&shop).await), (PaymentStatus::Expired, 4));
        b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn a_paid_payment_is_asked_about_once_a_day_for_a_week() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let plain = b.pay("k").await.payment;
        b.fill_cart(&[1, 1]).await;
        let changed = b.place_by("k2", "sandbox:qris").await.payment;
        change(&b, &changed, "sandbox:bca_va").await;
        let second = Attempt { payment: changed.id, number: 2 };
        payment::apply_event(&shop.ctx, "sandbox", &FakeGateway::paid_in(second, changed.amount)).await.unwrap();
        for _ in 0..10 * 24 * 2 {
            shop.advance(TimeDelta::minutes(30));
            payment::reconcile(&shop.ctx).await.unwrap();
        }
        let asked = shop.gateway.asked();
        let times = |reference: String| asked.iter().filter(|a| **a == reference).count();
        assert!((6..=7).contains(&times(format!("fake-{}", plain.id))), "{}", times(format!("fake-{}", plain.id)));
        assert!((6..=7).contains(&times(format!("fake-{second}"))), "{}", times(format!("fake-{second}")));
        let left = times(format!("fake-{}", changed.id));
        assert!((10..=40).contains(&left), "an attempt that was left: often at first, {left} times in all");
    })
    .await;
}
