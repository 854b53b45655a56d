//! Charges nobody is to pay any more.

use crate::buying::Buying;
use crate::{change, status};
use chrono::TimeDelta;
use domain::payment::{Attempt, PaymentEventKind, PaymentStatus};
use entity::payment as payments;
use sea_orm::EntityTrait;
use service::fixture::{FakeGateway, on_each_database};
use service::port::GatewayEvent;
use service::{order, payment};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio::sync::Barrier;

#[tokio::test]
async fn whatever_ends_a_payment_ends_its_charge_though_the_gateway_was_down() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let by_buyer = b.place_by("k", "sandbox:qris").await.payment;
        b.fill_cart(&[1, 1]).await;
        let by_time = b.place_by("k2", "sandbox:qris").await.payment;
        b.fill_cart(&[1, 1]).await;
        let left = b.place_by("k3", "sandbox:qris").await.payment;
        shop.gateway.is_down.store(true, Ordering::Relaxed);
        order::cancel(&shop.ctx, &b.buyer, &by_buyer.orders[0], domain::order::CancelInput { reason: None }).await.unwrap();
        change(&b, &left, "manual_transfer").await;
        shop.advance(TimeDelta::hours(25));
        payment::auto_cancel(&shop.ctx).await.unwrap();
        assert!(shop.handle_events("charge_ended").await.is_err(), "tried again later");
        assert!(shop.gateway.cancelled().is_empty());
        shop.gateway.is_down.store(false, Ordering::Relaxed);
        shop.handle_events("charge_ended").await.unwrap();
        let cancelled = shop.gateway.cancelled();
        for payment in [&by_buyer, &by_time, &left] {
            assert!(cancelled.contains(&format!("fake-{}", payment.id)), "{cancelled:?}");
        }
        b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn the_attempt_that_paid_after_all_is_not_cancelled() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let placed = b.place_by("k", "sandbox:qris").await.payment;
        change(&b, &placed, "sandbox:bca_va").await;
        // Paid the old way before a worker told the gateway.
        let paid = FakeGateway::paid(placed.id, placed.amount);
        assert_eq!(payment::apply_event(&shop.ctx, "sandbox", &paid).await.unwrap(), "settled");
        shop.handle_events("charge_ended").await.unwrap();
        assert_eq!(shop.gateway.cancelled(), [format!("fake-{}-A2", placed.id)]);
    })
    .await;
}

/// While the gateway could not be told, the buyer paid after all: what is in our books is not undone.
#[tokio::test]
async fn a_charge_that_took_money_nobody_waits_for_is_not_cancelled() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let mut placed = vec![];
        for key in ["late", "twice", "unreported"] {
            placed.push(b.place_by(key, "sandbox:qris").await.payment);
            b.fill_cart(&[1, 1]).await;
        }
        let [late, twice, unreported] = &placed[..] else { panic!("{placed:?}") };
        shop.gateway.is_down.store(true, Ordering::Relaxed);
        change(&b, twice, "sandbox:bca_va").await;
        let second = FakeGateway::paid_in(Attempt { payment: twice.id, number: 2 }, twice.amount);
        assert_eq!(payment::apply_event(&shop.ctx, "sandbox", &second).await.unwrap(), "settled");
        shop.advance(TimeDelta::hours(25));
        payment::auto_cancel(&shop.ctx).await.unwrap();
        assert!(shop.handle_events("charge_ended").await.is_err(), "tried again later");
        shop.gateway.is_down.store(false, Ordering::Relaxed);
        for view in &placed {
            shop.gateway.settle(view.id, view.amount);
        }
        for (view, outcome) in [(late, "late_payment"), (twice, "double_payment")] {
            let paid = FakeGateway::paid(view.id, view.amount);
            assert_eq!(payment::apply_event(&shop.ctx, "sandbox", &paid).await.unwrap(), outcome);
        }
        assert_eq!(status(&b, unreported).await, PaymentStatus::Expired);
        shop.handle_events("charge_ended").await.unwrap();
        assert!(shop.gateway.cancelled().is_empty(), "{:?}", shop.gateway.cancelled());
        b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn of_two_charges_made_at_once_one_stays() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        shop.gateway.is_down.store(true, Ordering::Relaxed);
        let placed = b.place_by("k", "sandbox:qris").await.payment;
        shop.gateway.is_down.store(false, Ordering::Relaxed);
        *shop.gateway.twins.lock().unwrap() = Some(Arc::new(Barrier::new(2)));
        let (one, two) = tokio::join!(payment::charge(&shop.ctx, placed.id), payment::charge(&shop.ctx, placed.id));
        one.and(two).unwrap();
        shop.handle_events("charge_ended").await.unwrap();
        let kept = payments::Entity::find_by_id(placed.id).one(&shop.ctx.db).await.unwrap().unwrap().gateway_reference.unwrap();
        let made = [0, 1].map(|n| format!("fake-{}-{n}", placed.id));
        assert!(made.contains(&kept), "{kept}");
        let [other] = &shop.gateway.cancelled()[..] else { panic!("{:?}", shop.gateway.cancelled()) };
        assert!(made.contains(other) && *other != kept, "{other}");
        // The gateway reports the end of both, by their names.
        shop.gateway.names_charges.store(true, Ordering::Relaxed);
        for (reference, outcome) in [(other, "nothing"), (&kept, "closed as expired")] {
            let paid = FakeGateway::paid(placed.id, placed.amount);
            let ended = GatewayEvent { kind: PaymentEventKind::Expired, reference: reference.clone(), ..paid };
            assert_eq!(payment::apply_event(&shop.ctx, "sandbox", &ended).await.unwrap(), outcome);
        }
        b.verify().await;
    })
    .await;
}
