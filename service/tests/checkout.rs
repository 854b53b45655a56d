//! Checkout, payment and orders on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod buying;

use buying::{Buying, checkout_input, refusal, short_lines};
use chrono::TimeDelta;
use domain::order::{CancelInput, OrderStatus, ShipInput};
use domain::payment::{PaymentEventKind, PaymentStatus};
use domain::{Conflict, Error, Money};
use service::fixture::{FakeGateway, on_each_database};
use service::port::GatewayEvent;
use service::{checkout, order, payment, review};

#[tokio::test]
async fn one_payment_two_orders_delivered() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let placed = b.place("k").await.unwrap().view;
        assert_eq!(placed.orders.len(), 2);
        assert_ne!(placed.orders[0].number, placed.orders[1].number);
        assert_eq!(placed.payment.amount, Money::sum(placed.orders.iter().map(|o| o.total)).unwrap());
        assert!(placed.payment.redirect_url.is_some());
        assert_eq!(service::cart::count(&shop.ctx, &b.buyer).await.unwrap(), 0);
        assert_eq!(b.available().await, [9, 4]);
        b.verify().await;

        let paid = FakeGateway::paid(placed.payment.id, placed.payment.amount);
        assert_eq!(payment::apply_event(&shop.ctx, "sandbox", &paid).await.unwrap(), "settled");
        for (seller, number) in b.sellers.iter().zip(b.numbers_by_seller(&placed)) {
            assert_eq!(order::own_order(&shop.ctx, seller, &number).await.unwrap().status, OrderStatus::Pending);
            order::accept(&shop.ctx, seller, &number).await.unwrap();
            let input = ShipInput { courier: "JNE".into(), tracking_number: "JX1".into() };
            order::ship(&shop.ctx, seller, &number, input.clone()).await.unwrap();
            // Done before: nothing changes.
            order::ship(&shop.ctx, seller, &number, input).await.unwrap();
            let view = order::confirm_receipt(&shop.ctx, &b.buyer, &number).await.unwrap();
            assert_eq!(view.status, OrderStatus::Delivered);
            assert_eq!(view.timeline.len(), 5);
        }
        b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn sellers_do_not_see_each_others_orders() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let placed = b.place("k").await.unwrap().view;
        let numbers = b.numbers_by_seller(&placed);
        let wrong = order::accept(&shop.ctx, &b.sellers[0], &numbers[1]).await;
        assert!(matches!(refusal(wrong), Error::NotFound(_)));
        assert!(matches!(refusal(order::own_order(&shop.ctx, &b.sellers[1], &numbers[0]).await), Error::NotFound(_)));
        assert!(matches!(refusal(order::find(&shop.ctx, &b.sellers[0], &numbers[1]).await), Error::NotFound(_)));
        let stranger = shop.customer("Orang lain").await.unwrap();
        assert!(matches!(refusal(payment::find(&shop.ctx, &stranger, placed.payment.id).await), Error::NotFound(_)));
    })
    .await;
}

#[tokio::test]
async fn equal_keys_give_equal_answers() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let input = checkout_input(&shop.ctx, &b.buyer).await;
        let tries = (0..50).map(|_| checkout::place(&shop.ctx, &b.buyer, "one-key", input.clone()));
        let answers: Vec<_> = futures::future::join_all(tries).await.into_iter().map(|a| a.unwrap()).collect();
        assert_eq!(answers.iter().filter(|a| !a.is_replay).count(), 1);
        assert!(answers.iter().all(|a| a.view == answers[0].view));
        assert_eq!(b.available().await, [9, 4]);
        // Another body under the same key is refused.
        let mut other = input;
        other.notes = Some([(uuid::Uuid::nil().to_string(), "lain".to_owned())].into());
        let refused = refusal(checkout::place(&shop.ctx, &b.buyer, "one-key", other).await);
        assert_eq!(refused, Error::IdempotencyMismatch);
        b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn every_short_line_is_named_and_nothing_is_written() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let rival = Buying { buyer: shop.customer("Pesaing").await.unwrap(), ..b.clone() };
        rival.fill_cart(&[10, 5]).await;
        rival.place("r").await.unwrap();
        let short = short_lines(refusal(b.place("k").await));
        assert_eq!(short.iter().map(|l| l.available).collect::<Vec<_>>(), [0, 0]);
        assert!(short.iter().all(|l| l.item_id.is_some()));
        assert_eq!(service::cart::count(&shop.ctx, &b.buyer).await.unwrap(), 2, "the cart is as it was");
        assert_eq!(order::mine(&shop.ctx, &b.buyer, &Default::default()).await.unwrap().total, 0);
    })
    .await;
}

#[tokio::test]
async fn a_changed_price_is_never_silently_applied() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        b.change_price(0, 120_000).await;
        let Error::Conflict(Conflict::PriceChanged(lines)) = refusal(b.place("k").await) else { panic!("accepted") };
        assert_eq!((lines[0].seen, lines[0].now), (Money(100_000), Money(120_000)));
        let accept = domain::cart::ChangeItem { quantity: None, selected: None, saved_for_later: None, accept_price: Some(true) };
        service::cart::change(&shop.ctx, &b.buyer, lines[0].item_id, accept).await.unwrap();
        assert!(b.place("k").await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn webhooks_repeat_and_nothing_happens_twice() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let placed = b.place("k").await.unwrap().view;
        let paid = FakeGateway::paid(placed.payment.id, placed.payment.amount);
        let tries = (0..100).map(|_| payment::apply_event(&shop.ctx, "sandbox", &paid));
        let outcomes: Vec<_> = futures::future::join_all(tries).await.into_iter().map(|o| o.unwrap()).collect();
        assert_eq!(outcomes.iter().filter(|o| *o == "settled").count(), 1);
        assert_eq!(outcomes.iter().filter(|o| *o == "duplicate").count(), 99);
        // Late news of less happy attempts change nothing.
        for kind in [PaymentEventKind::Failed, PaymentEventKind::Expired] {
            payment::apply_event(&shop.ctx, "sandbox", &GatewayEvent { kind, ..paid.clone() }).await.unwrap();
        }
        let view = payment::find(&shop.ctx, &b.buyer, placed.payment.id).await.unwrap();
        assert_eq!(view.status, PaymentStatus::Paid);
        b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn wrong_or_late_money_goes_back() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let placed = b.place("k").await.unwrap().view;
        let asked = placed.payment.amount;
        let wrong = FakeGateway::paid(placed.payment.id, Money(asked.0 - 1));
        assert_eq!(payment::apply_event(&shop.ctx, "sandbox", &wrong).await.unwrap(), "amount_mismatch");
        let view = payment::find(&shop.ctx, &b.buyer, placed.payment.id).await.unwrap();
        assert_eq!(view.status, PaymentStatus::Pending);

        shop.advance(TimeDelta::hours(25));
        assert_eq!(payment::auto_cancel(&shop.ctx).await.unwrap(), 1);
        assert_eq!(payment::auto_cancel(&shop.ctx).await.unwrap(), 0);
        assert_eq!(b.available().await, [10, 5]);
        let late = FakeGateway::paid(placed.payment.id, asked);
        assert_eq!(payment::apply_event(&shop.ctx, "sandbox", &late).await.unwrap(), "late_payment");
        let unknown = FakeGateway::paid(service::db::new_id(), asked);
        assert_eq!(payment::apply_event(&shop.ctx, "sandbox", &unknown).await.unwrap(), "unknown reference");
        b.refund_all().await;
        assert_eq!(shop.gateway.refunds().iter().map(|r| r.amount).collect::<Vec<_>>(), [Money(asked.0 - 1), asked]);
        b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn a_cancelled_paid_order_is_refunded_alone() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let placed = b.pay("k").await;
        let number = &b.numbers_by_seller(&placed)[0];
        let input = CancelInput { reason: Some("salah pilih".into()) };
        let view = order::cancel(&shop.ctx, &b.buyer, number, input.clone()).await.unwrap();
        assert_eq!(view.status, OrderStatus::Cancelled);
        // Again: nothing changes.
        order::cancel(&shop.ctx, &b.buyer, number, input).await.unwrap();
        assert_eq!(b.available().await, [10, 4]);
        b.refund_all().await;
        b.refund_all().await;
        assert_eq!(shop.gateway.refunds().len(), 1);
        let view = order::find(&shop.ctx, &b.buyer, number).await.unwrap();
        assert_eq!(view.payment.status, PaymentStatus::PartiallyRefunded);
        assert_eq!(view.payment.refunded, view.totals.total);
        b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn accepted_orders_cannot_be_cancelled_by_the_buyer() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let placed = b.pay("k").await;
        let number = &b.numbers_by_seller(&placed)[0];
        order::accept(&shop.ctx, &b.sellers[0], number).await.unwrap();
        let refused = refusal(order::cancel(&shop.ctx, &b.buyer, number, CancelInput { reason: None }).await);
        assert_eq!(refused, Error::Conflict(Conflict::InvalidTransition { status: OrderStatus::Processing }));
    })
    .await;
}

#[tokio::test]
async fn a_gateway_that_is_down_leaves_the_payment_to_be_tried_again() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        shop.gateway.is_down.store(true, std::sync::atomic::Ordering::Relaxed);
        let placed = b.place("k").await.unwrap().view;
        assert_eq!((placed.payment.status, &placed.payment.redirect_url), (PaymentStatus::Pending, &None));
        shop.gateway.is_down.store(false, std::sync::atomic::Ordering::Relaxed);
        let view = payment::retry(&shop.ctx, &b.buyer, placed.payment.id).await.unwrap();
        assert!(view.redirect_url.is_some());
    })
    .await;
}

#[tokio::test]
async fn shipped_orders_complete_by_themselves_after_a_week() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let placed = b.pay("k").await;
        let number = &b.numbers_by_seller(&placed)[0];
        order::accept(&shop.ctx, &b.sellers[0], number).await.unwrap();
        let input = ShipInput { courier: "JNE".into(), tracking_number: "JX1".into() };
        order::ship(&shop.ctx, &b.sellers[0], number, input).await.unwrap();
        assert_eq!(order::auto_complete(&shop.ctx).await.unwrap(), 0);
        shop.advance(TimeDelta::days(7));
        assert_eq!(order::auto_complete(&shop.ctx).await.unwrap(), 1);
        assert_eq!(order::auto_complete(&shop.ctx).await.unwrap(), 0);
        b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn only_delivered_purchases_are_reviewed_once() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let placed = b.pay("k").await;
        let number = b.numbers_by_seller(&placed)[0].clone();
        let input = domain::review::ReviewInput { order_number: number.clone(), rating: 5, comment: "Bagus!".into() };
        let slug = b.sold[0].slug.clone();
        assert_eq!(refusal(review::add(&shop.ctx, &b.buyer, &slug, input.clone()).await), Error::NotPurchased);
        b.deliver(0, &number).await;
        let view = review::add(&shop.ctx, &b.buyer, &slug, input.clone()).await.unwrap();
        assert!(view.verified_purchase);
        let again = refusal(review::add(&shop.ctx, &b.buyer, &slug, input.clone()).await);
        assert_eq!(again, Error::Conflict(Conflict::ReviewDuplicate));
        let other = refusal(review::add(&shop.ctx, &b.buyer, &b.sold[1].slug, input).await);
        assert_eq!(other, Error::NotPurchased);
        let summary = review::summary(&shop.ctx, &slug).await.unwrap();
        assert_eq!((summary.count, summary.histogram), (1, vec![0, 0, 0, 0, 1]));
    })
    .await;
}
