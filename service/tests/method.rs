//! Changing the way to pay while a payment is unpaid, and money that comes the old way, on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod buying;

use buying::{Buying, refusal};
use bytes::Bytes;
use chrono::TimeDelta;
use domain::desk::ProofInput;
use domain::order::OrderStatus;
use domain::payment::{Attempt, MAX_ATTEMPTS, MethodInput, PaymentEventKind, PaymentStatus, PaymentView, RefundReason};
use domain::store::StockPolicy;
use domain::{Conflict, Error, Money};
use entity::{payment as payments, payment_attempt, refund, store};
use futures::future::join_all;
use sea_orm::sea_query::Expr;
use sea_orm::{EntityTrait, PaginatorTrait, QueryOrder};
use service::fixture::{FakeGateway, Shop, on_each_database, on_each_database_unverified};
use service::{Settings, desk, order, payment};
use std::collections::BTreeMap;

async fn change(b: &Buying, view: &PaymentView, method: &str) -> service::Result<PaymentView> {
    payment::change_method(&b.ctx, &b.buyer, view.id, MethodInput { payment_method: method.into() }).await
}

fn second(view: &PaymentView) -> Attempt {
    Attempt { payment: view.id, number: 2 }
}

async fn status(b: &Buying, number: &str) -> OrderStatus {
    order::find(&b.ctx, &b.buyer, number).await.unwrap().status
}

async fn refunds(shop: &Shop) -> Vec<refund::Model> {
    refund::Entity::find().order_by_asc(refund::Column::Id).all(&shop.ctx.db).await.unwrap()
}

#[tokio::test]
async fn another_method_is_another_attempt_with_a_name_of_its_own() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let placed = b.place_by("k", "sandbox:qris").await.payment;
        assert_eq!((placed.can_change_method, placed.expires_in), (true, 86_400));
        let changed = change(&b, &placed, "sandbox:bca_va").await.unwrap();
        assert_eq!((changed.method.as_str(), changed.status), ("sandbox:bca_va", PaymentStatus::Pending));
        assert_eq!(changed.attempts.iter().map(|a| a.method.as_str()).collect::<Vec<_>>(), ["sandbox:qris"]);
        let charged: Vec<String> = shop.gateway.charges().iter().map(|c| c.attempt.to_string()).collect();
        assert_eq!(charged, [placed.id.to_string(), format!("{}-A2", placed.id)]);
        shop.handle_events("charge_ended").await.unwrap();
        assert_eq!(shop.gateway.cancelled(), [format!("fake-{}", placed.id)]);
        assert!(changed.redirect_url.unwrap().ends_with("-A2"));
        // The same method again changes nothing.
        assert_eq!(change(&b, &placed, "sandbox:bca_va").await.unwrap().attempts.len(), 1);
        // The end of the old attempt at its gateway is not the end of the payment.
        let event =
            service::port::GatewayEvent { kind: PaymentEventKind::Expired, ..FakeGateway::paid(placed.id, placed.amount) };
        assert_eq!(payment::apply_event(&shop.ctx, "sandbox", &event).await.unwrap(), "nothing");
        b.verify().await;
        let paid = FakeGateway::paid_in(second(&placed), placed.amount);
        assert_eq!(payment::apply_event(&shop.ctx, "sandbox", &paid).await.unwrap(), "settled");
        assert_eq!(status(&b, &placed.orders[0]).await, OrderStatus::Pending);
        assert_eq!(refusal(change(&b, &placed, "sandbox").await), Error::Conflict(Conflict::PaymentClosed));
        b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn money_on_the_old_attempt_pays_and_goes_back_the_way_it_came() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let placed = b.place_by("k", "sandbox:qris").await.payment;
        change(&b, &placed, "manual_transfer").await.unwrap();
        let paid = FakeGateway::paid(placed.id, placed.amount);
        assert_eq!(payment::apply_event(&shop.ctx, "sandbox", &paid).await.unwrap(), "settled");
        let view = payment::find(&shop.ctx, &b.buyer, placed.id).await.unwrap();
        assert_eq!((view.status, view.method.as_str()), (PaymentStatus::Paid, "sandbox:qris"));
        assert_eq!(view.attempts.iter().map(|a| a.method.as_str()).collect::<Vec<_>>(), ["manual_transfer"]);
        b.verify().await;
        // Refunds go to the gateway that has the money.
        let numbers = placed.orders.clone();
        order::cancel(&shop.ctx, &b.buyer, &numbers[0], domain::order::CancelInput { reason: None }).await.unwrap();
        b.refund_all().await;
        assert_eq!(shop.gateway.refunds()[0].reference, format!("fake-{}", placed.id));
        b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn money_that_comes_both_ways_is_returned_once() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        for old_first in [true, false] {
            b.fill_cart(&[1, 1]).await;
            let placed = b.place_by(&format!("k{old_first}"), "sandbox:qris").await.payment;
            change(&b, &placed, "sandbox").await.unwrap();
            let mut attempts = [Attempt::first(placed.id), second(&placed)];
            if !old_first {
                attempts.reverse();
            }
            for attempt in attempts {
                payment::apply_event(&shop.ctx, "sandbox", &FakeGateway::paid_in(attempt, placed.amount)).await.unwrap();
            }
            b.verify().await;
            b.refund_all().await;
            shop.handle_events("charge_ended").await.unwrap();
            let sent = shop.gateway.refunds();
            let last = sent.last().unwrap();
            assert_eq!((last.reference.clone(), last.amount), (format!("fake-{}", attempts[1]), placed.amount));
            assert!(shop.gateway.cancelled().contains(&format!("fake-{}", attempts[1])), "nobody is to pay it any more");
            b.verify().await;
        }
        assert!(refunds(&shop).await.iter().all(|r| r.reason == RefundReason::DoublePayment));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_change_races_the_webhook_of_the_old_attempt() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        for round in 0..4 {
            if round > 0 {
                b.fill_cart(&[1, 1]).await;
            }
            let placed = b.place_by(&format!("k{round}"), "sandbox:qris").await.payment;
            let (one, two) = (b.clone(), b.clone());
            let (view, id, amount) = (placed.clone(), placed.id, placed.amount);
            let change = tokio::spawn(async move { change(&one, &view, "manual_transfer").await });
            let webhook =
                tokio::spawn(async move { payment::apply_event(&two.ctx, "sandbox", &FakeGateway::paid(id, amount)).await });
            let changed = change.await.unwrap();
            assert_eq!(webhook.await.unwrap().unwrap(), "settled", "round {round}");
            if let Err(refused) = changed {
                assert!(matches!(refused, service::Error::Domain(Error::Conflict(Conflict::PaymentClosed))), "{refused}");
            }
            let view = payment::find(&shop.ctx, &b.buyer, placed.id).await.unwrap();
            assert_eq!((view.status, view.method.as_str()), (PaymentStatus::Paid, "sandbox:qris"));
            b.verify().await;
        }
        assert!(refunds(&shop).await.is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twenty_changes_at_once_leave_one_attempt() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let placed = b.place_by("k", "sandbox").await.payment;
        let tries = (0..20).map(|n| {
            let (b, view) = (b.clone(), placed.clone());
            let method = ["sandbox:qris", "sandbox:bca_va", "manual_transfer", "sandbox"][n % 4];
            tokio::spawn(async move { change(&b, &view, method).await })
        });
        for answer in join_all(tries).await {
            if let Err(refused) = answer.unwrap() {
                assert!(
                    matches!(&refused, service::Error::Domain(Error::Conflict(Conflict::TooManyAttempts { .. }))),
                    "{refused}"
                );
            }
        }
        let row = payments::Entity::find_by_id(placed.id).one(&shop.ctx.db).await.unwrap().unwrap();
        let left = payment_attempt::Entity::find().order_by_asc(payment_attempt::Column::Number).all(&shop.ctx.db).await.unwrap();
        let numbers: Vec<i32> = left.iter().map(|a| a.number).chain([row.attempt]).collect();
        assert_eq!(numbers, (1..=row.attempt).collect::<Vec<_>>(), "every attempt once, the last one present");
        // Every charge that was made is known to its attempt, so that its money is recognised.
        let known: Vec<_> = left.iter().filter_map(|a| a.gateway_reference.clone()).chain(row.gateway_reference).collect();
        for charge in shop.gateway.charges() {
            assert!(known.contains(&format!("fake-{}", charge.attempt)), "{}", charge.attempt);
        }
        b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn nobody_changes_for_ever() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let placed = b.place_by("k", "sandbox").await.payment;
        for n in 1..MAX_ATTEMPTS {
            change(&b, &placed, ["sandbox", "sandbox:qris"][n as usize % 2]).await.unwrap();
        }
        let refused = refusal(change(&b, &placed, "manual_transfer").await);
        assert_eq!(refused, Error::Conflict(Conflict::TooManyAttempts { limit: MAX_ATTEMPTS }));
        assert_eq!(payment_attempt::Entity::find().count(&shop.ctx.db).await.unwrap(), MAX_ATTEMPTS as u64 - 1);
    })
    .await;
}

#[tokio::test]
async fn going_back_to_a_transfer_asks_for_the_same_amount_and_nobody_else_gets_it() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let placed = b.place_by("k", "manual_transfer").await.payment;
        let asked = placed.transfer.clone().unwrap().amount;
        let left = change(&b, &placed, "sandbox:qris").await.unwrap();
        assert_eq!(left.transfer, None);
        let back = change(&b, &placed, "manual_transfer").await.unwrap();
        assert_eq!(back.transfer.unwrap().amount, asked);
        // Not once a proof is waiting.
        let input = ProofInput { amount: asked, sender_name: "Budi".into(), sender_bank: "BCA".into() };
        let pdf = Bytes::from_static(b"%PDF-1.7\n%%EOF\n");
        desk::submit(&shop.ctx, &b.buyer, placed.id, input, pdf).await.unwrap();
        assert_eq!(refusal(change(&b, &placed, "sandbox").await), Error::Conflict(Conflict::ProofWaiting));
        b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn money_by_gateway_while_a_proof_waits_is_paid_and_the_transfer_goes_back() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let agent = shop.staff("Citra", "cs1").await.unwrap();
        let placed = b.place_by("k", "sandbox:qris").await.payment;
        let asked = change(&b, &placed, "manual_transfer").await.unwrap().transfer.unwrap().amount;
        let input = ProofInput { amount: asked, sender_name: "Budi".into(), sender_bank: "BCA".into() };
        let pdf = Bytes::from_static(b"%PDF-1.7\n%%EOF\n");
        desk::submit(&shop.ctx, &b.buyer, placed.id, input, pdf).await.unwrap();
        payment::apply_event(&shop.ctx, "sandbox", &FakeGateway::paid(placed.id, placed.amount)).await.unwrap();
        b.verify().await;
        desk::approve(&shop.ctx, &agent, placed.id, domain::desk::Approval { amount: None, proof_id: None }).await.unwrap();
        let owed = refunds(&shop).await;
        assert_eq!((owed.len(), owed[0].amount, owed[0].attempt), (1, asked, 2));
        b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn a_lost_webhook_of_the_old_attempt_is_found_too() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let placed = b.place_by("k", "sandbox:qris").await.payment;
        change(&b, &placed, "manual_transfer").await.unwrap();
        shop.gateway.settle(placed.id, placed.amount);
        shop.advance(TimeDelta::minutes(2));
        assert_eq!(payment::reconcile(&shop.ctx).await.unwrap(), 1);
        assert_eq!(payment::find(&shop.ctx, &b.buyer, placed.id).await.unwrap().status, PaymentStatus::Paid);
        b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn changing_to_and_fro_holds_the_stock_no_longer() {
    on_each_database(|shop| async move {
        let mut b = Buying::two_stores(&shop).await;
        let method_deadlines = BTreeMap::from([("sandbox:qris".to_owned(), TimeDelta::hours(1))]);
        b.ctx.settings = Settings { method_deadlines, ..Settings::clone(&shop.ctx.settings) }.into();
        let placed = b.place_by("k", "sandbox").await.payment;
        shop.advance(TimeDelta::hours(2));
        let hours = |view: &PaymentView| (view.expires_at - b.ctx.now()).num_hours();
        assert_eq!(hours(&change(&b, &placed, "sandbox:qris").await.unwrap()), 1);
        shop.advance(TimeDelta::minutes(30));
        assert_eq!(hours(&change(&b, &placed, "sandbox:bca_va").await.unwrap()), 21, "what is left of the first day");
        shop.advance(TimeDelta::hours(22));
        assert_eq!(refusal(change(&b, &placed, "sandbox").await), Error::Conflict(Conflict::PaymentClosed));
        assert_eq!(payment::auto_cancel(&b.ctx).await.unwrap(), 1);
        assert_eq!(b.available().await, [10, 5]);
        b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn a_try_that_failed_is_made_anew_by_the_same_method() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let placed = b.place_by("k", "sandbox:qris").await.payment;
        shop.advance(TimeDelta::minutes(1));
        let failed =
            service::port::GatewayEvent { kind: PaymentEventKind::Failed, ..FakeGateway::paid(placed.id, placed.amount) };
        payment::apply_event(&shop.ctx, "sandbox", &failed).await.unwrap();
        assert!(payment::find(&shop.ctx, &b.buyer, placed.id).await.unwrap().can_renew);
        shop.advance(TimeDelta::minutes(1));
        let renewed = change(&b, &placed, "sandbox:qris").await.unwrap();
        assert_eq!((renewed.attempts.len(), renewed.can_renew), (1, false));
        assert!(renewed.redirect_url.unwrap().ends_with("-A2"));
        // One that brought the wrong amount as well.
        shop.advance(TimeDelta::minutes(1));
        let short = FakeGateway::paid_in(second(&placed), Money(placed.amount.0 - 1));
        assert_eq!(payment::apply_event(&shop.ctx, "sandbox", &short).await.unwrap(), "amount_mismatch");
        shop.advance(TimeDelta::minutes(1));
        assert_eq!(change(&b, &placed, "sandbox:qris").await.unwrap().attempts.len(), 2);
        // What failed may still pay.
        let paid = FakeGateway::paid(placed.id, placed.amount);
        assert_eq!(payment::apply_event(&shop.ctx, "sandbox", &paid).await.unwrap(), "settled");
        b.verify().await;
        // Of the short money we know that it goes back.
        b.refund_all().await;
        let back = service::port::GatewayEvent { kind: PaymentEventKind::Refunded, ..short };
        assert_eq!(payment::apply_event(&shop.ctx, "sandbox", &back).await.unwrap(), "nothing");
        b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn a_channel_is_offered_and_taken_within_its_bounds_only() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let codes = |amount| -> Vec<String> {
            let methods = payment::methods_for(&b.ctx, domain::Locale::Id, Money(amount));
            methods.into_iter().map(|m| m.code).filter(|code| code.starts_with("sandbox:")).collect()
        };
        assert_eq!(codes(10_000_000), ["sandbox:qris", "sandbox:bca_va", "sandbox:ovo"]);
        assert_eq!(codes(9_999), ["sandbox:qris", "sandbox:ovo"]);
        assert!(codes(10_000_001).is_empty());
        b.change_price(0, 10_000_000).await;
        let quote = service::checkout::quote(&b.ctx, &b.buyer, None).await.unwrap();
        assert!(quote.unfit.iter().any(|m| m.code == "sandbox:qris" && m.limit == Some(Money(10_000_000))));
        assert!(!quote.methods.iter().any(|m| m.code == "sandbox:qris"));
    })
    .await;
    let because = "it writes an amount that no checkout had";
    on_each_database_unverified(because, |shop| async move {
        let b = Buying::two_stores(&shop).await;
        let placed = b.place_by("k", "sandbox").await.payment;
        // The whole checkout costs more than a channel takes.
        let row = payments::Entity::find_by_id(placed.id).one(&shop.ctx.db).await.unwrap().unwrap();
        let mut row = sea_orm::IntoActiveModel::into_active_model(row);
        row.amount = sea_orm::Set(Money(10_000_001));
        sea_orm::ActiveModelTrait::update(row, &shop.ctx.db).await.unwrap();
        let refused = refusal(change(&b, &placed, "sandbox:qris").await);
        let field = &refused.fields()[0];
        assert_eq!((field.field.as_str(), &*field.code, field.limit), ("payment_method", "amount_above", Some(10_000_000)));
    })
    .await;
}

#[tokio::test]
async fn a_part_of_what_can_only_be_sent_back_whole_goes_by_hand() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let placed = b.place_by("k", "sandbox:ovo").await.payment;
        payment::apply_event(&shop.ctx, "sandbox", &FakeGateway::paid(placed.id, placed.amount)).await.unwrap();
        order::cancel(&shop.ctx, &b.buyer, &placed.orders[0], domain::order::CancelInput { reason: None }).await.unwrap();
        assert_eq!(refunds(&shop).await.iter().map(|r| r.is_by_hand).collect::<Vec<_>>(), [true]);
        b.refund_all().await;
        assert!(shop.gateway.refunds().is_empty());
        b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn strangers_and_unknown_methods_are_refused() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let placed = b.place_by("k", "sandbox").await.payment;
        let stranger = shop.customer("Siti").await.unwrap();
        let input = MethodInput { payment_method: "manual_transfer".into() };
        let refused = refusal(payment::change_method(&shop.ctx, &stranger, placed.id, input).await);
        assert_eq!(refused, Error::NotFound(domain::Noun::Payment));
        assert_eq!(refusal(change(&b, &placed, "kredit").await), Error::Conflict(Conflict::PaymentMethodUnavailable));
        assert_eq!(refusal(change(&b, &placed, "").await).fields()[0].field, "payment_method");
    })
    .await;
}

#[tokio::test]
async fn a_change_to_cash_lets_the_sellers_begin_and_holds_what_was_not_held() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let late = Expr::value(StockPolicy::DeductAtPayment);
        store::Entity::update_many().col_expr(store::Column::StockPolicy, late).exec(&shop.ctx.db).await.unwrap();
        let placed = b.place_by("k", "sandbox:qris").await.payment;
        assert_eq!(b.available().await, [10, 5]);
        let changed = change(&b, &placed, "cod").await.unwrap();
        assert_eq!((changed.status, changed.can_change_method), (PaymentStatus::Pending, false));
        assert_eq!(status(&b, &placed.orders[0]).await, OrderStatus::Pending);
        assert_eq!(b.available().await, [9, 4]);
        b.verify().await;
        // The courier is to be given cash: what is paid by QRIS nevertheless goes back.
        let paid = FakeGateway::paid(placed.id, placed.amount);
        assert_eq!(payment::apply_event(&shop.ctx, "sandbox", &paid).await.unwrap(), "double_payment");
        b.refund_all().await;
        assert_eq!(shop.gateway.refunds()[0].amount, placed.amount);
        b.verify().await;
        // Sold out meanwhile: the change is refused, nothing is half-written.
        b.fill_cart(&[9, 4]).await;
        let second = b.place_by("k2", "sandbox:qris").await.payment;
        b.fill_cart(&[9, 4]).await;
        let third = b.place_by("k3", "sandbox").await.payment;
        payment::apply_event(&shop.ctx, "sandbox", &FakeGateway::paid(third.id, third.amount)).await.unwrap();
        let refused = refusal(change(&b, &second, "cod").await);
        assert!(matches!(refused, Error::Conflict(Conflict::StockInsufficient(_))), "{refused}");
        assert_eq!(payment::find(&shop.ctx, &b.buyer, second.id).await.unwrap().method, "sandbox:qris");
        b.verify().await;
    })
    .await;
}
