//! Refunds made on the gateway's own pages, reported by a name of their own.

use crate::{Paid, paid};
use chrono::TimeDelta;
use domain::Money;
use domain::order::OrderStatus;
use domain::payment::{Attempt, PaymentStatus, RefundReason};
use entity::webhook;
use http::HeaderMap;
use sea_orm::{EntityTrait, QueryOrder};
use service::fixture::{FakeGateway, Shop, on_each_database};
use service::port::{FoundRefund, RefundState};
use service::{order, payment};

/// Somebody sends so much back, or is about to; the webhook comes twice. What was made of it each time.
async fn unasked(shop: &Shop, p: &Paid, name: &str, amount: i64, state: RefundState) -> [String; 2] {
    report(shop, of_charge(p, name, amount, state)).await
}

fn of_charge(p: &Paid, name: &str, amount: i64, state: RefundState) -> FoundRefund {
    let charge = Some(format!("fake-{}", p.attempt));
    FoundRefund { refund: None, reference: name.into(), charge, amount: Money(amount), state }
}

async fn report(shop: &Shop, refund: FoundRefund) -> [String; 2] {
    let headers = HeaderMap::from_iter([("x-fake-signature".parse().unwrap(), "ok".parse().unwrap())]);
    let body = format!(r#"{{"refund":"{}"}}"#, refund.reference);
    shop.gateway.refund_unasked(refund);
    for _ in 0..2 {
        payment::receive_webhook(&shop.ctx, "sandbox", None, &headers, body.as_bytes()).await.unwrap();
    }
    let mut kept = webhook::Entity::find().order_by_asc(webhook::Column::Id).all(&shop.ctx.db).await.unwrap();
    kept.split_off(kept.len() - 2).into_iter().map(|row| row.outcome.unwrap()).collect::<Vec<_>>().try_into().unwrap()
}

fn done(name: &str) -> RefundState {
    RefundState::Done(name.into())
}

#[tokio::test]
async fn a_part_is_looked_at_once_whatever_else_went_back() {
    on_each_database(|shop| async move {
        let p = paid(&shop).await;
        assert_eq!(unasked(&shop, &p, "rfd-0", 25_000, RefundState::Pending("rfd-0".into())).await, ["nothing", "nothing"]);
        assert_eq!(p.disputes().await, 0, "nothing has gone yet");
        assert_eq!(unasked(&shop, &p, "rfd-0", 25_000, done("rfd-0")).await, ["checked", "duplicate"]);
        assert_eq!((p.disputes().await, p.payment().await.status), (1, PaymentStatus::Paid));
        // Beside a refund of ours of the same amount.
        p.approved().await;
        p.b.refund_all().await;
        assert_eq!(unasked(&shop, &p, "rfd-1", 100_000, done("rfd-1")).await, ["disputed", "duplicate"]);
        assert_eq!((p.disputes().await, p.payment().await.status), (2, PaymentStatus::PartiallyRefunded));
        p.b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn all_of_it_ends_what_was_not_sent() {
    on_each_database(|shop| async move {
        let p = paid(&shop).await;
        let whole = p.payment().await.amount.0;
        assert_eq!(unasked(&shop, &p, "rfd-1", whole, done("rfd-1")).await, ["checked", "duplicate"]);
        assert_eq!((p.disputes().await, p.payment().await.status), (1, PaymentStatus::Refunded));
        let view = order::find(&shop.ctx, &p.b.buyer, &p.numbers[0]).await.unwrap();
        assert_eq!(view.status, OrderStatus::Cancelled);
        let booked = p.all().await;
        assert!(booked.iter().all(|r| r.reason == RefundReason::ByGateway && r.gateway_reference.as_deref() == Some("rfd-1")));
        p.b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn of_a_payment_we_took_for_unpaid_the_money_is_still_found() {
    on_each_database(|shop| async move {
        let p = paid(&shop).await;
        p.b.fill_cart(&[1, 1]).await;
        let placed = p.b.place("k2").await.unwrap().view.payment;
        let q = Paid { attempt: Attempt::first(placed.id), ..p.clone() };
        assert_eq!(unasked(&shop, &q, "rfd-1", 25_000, done("rfd-1")).await, ["disputed", "duplicate"]);
        assert_eq!((q.disputes().await, q.payment().await.status), (1, PaymentStatus::Pending));
        let paid = FakeGateway::paid(placed.id, placed.amount);
        assert_eq!(payment::apply_event(&shop.ctx, "sandbox", &paid).await.unwrap(), "settled");
        p.b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn one_whose_webhook_got_lost_is_found_within_a_day() {
    on_each_database(|shop| async move {
        let p = paid(&shop).await;
        shop.gateway.settle(p.attempt.payment, p.payment().await.amount);
        for (name, state) in [("rfd-0", RefundState::Pending("rfd-0".into())), ("rfd-1", done("rfd-1"))] {
            shop.gateway.refund_unasked(of_charge(&p, name, 25_000, state));
        }
        for news in [1, 0, 0] {
            shop.advance(TimeDelta::days(1));
            assert_eq!(payment::reconcile(&shop.ctx).await.unwrap(), news);
            assert_eq!((p.disputes().await, p.payment().await.status), (1, PaymentStatus::Paid));
        }
        assert_eq!(unasked(&shop, &p, "rfd-1", 25_000, done("rfd-1")).await, ["duplicate", "duplicate"]);
        // Beside one of ours, which is none of these.
        p.approved().await;
        p.b.refund_all().await;
        shop.gateway.refund_unasked(of_charge(&p, "rfd-2", 10_000, done("rfd-2")));
        for news in [1, 0] {
            shop.advance(TimeDelta::days(1));
            assert_eq!(payment::reconcile(&shop.ctx).await.unwrap(), news);
            assert_eq!(p.disputes().await, 2);
        }
        p.b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_of_no_charge_of_ours_stays_a_stray() {
    on_each_database(|shop| async move {
        let p = paid(&shop).await;
        for (name, charge) in [("rfd-1", None), ("rfd-2", Some("inv-elsewhere".to_owned()))] {
            let found = FoundRefund { refund: None, reference: name.into(), charge, amount: Money(1_000), state: done(name) };
            assert_eq!(report(&shop, found).await, ["unknown refund", "unknown refund"]);
        }
        assert_eq!(p.disputes().await, 0);
        p.b.verify().await;
    })
    .await;
}
