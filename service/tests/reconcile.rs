//! Webhooks that get lost: what the gateway knows is found out, on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod buying;

use buying::Buying;
use chrono::TimeDelta;
use domain::order::OrderStatus;
use domain::payment::{PaymentStatus, RefundReason};
use entity::refund;
use sea_orm::EntityTrait;
use service::fixture::on_each_database;
use service::{order, payment};
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
