//! Money that goes back is never lost and never sent twice, whatever gateways say and when, on both
//! databases.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../buying/mod.rs"]
mod buying;
mod by_hand;
mod sending;
mod unasked;

use buying::Buying;
use domain::order::{CancelInput, OrderStatus};
use domain::payment::{Attempt, MethodInput, PaymentEventKind, PaymentStatus, RefundReason, RefundStatus};
use domain::refund::{RefundInput, RefundLineInput, RefundProof, RefundView};
use domain::{Money, PageRequest};
use entity::{outbox, refund as refunds};
use http::HeaderMap;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use service::fixture::{FakeGateway, Shop, on_each_database};
use service::port::GatewayEvent;
use service::{Actor, order, payment, refund};
use std::sync::atomic::Ordering;

/// Two stores, one checkout by `method`, paid; the first order is of two pairs of shoes for 200 000.
#[derive(Clone)]
pub struct Paid {
    pub b: Buying,
    pub attempt: Attempt,
    pub numbers: Vec<String>,
    pub finance: Actor,
}

pub async fn paid_by(shop: &Shop, method: &str) -> Paid {
    let b = Buying::two_stores(shop).await;
    b.fill_cart(&[1]).await;
    let placed = b.place_by("k", method).await;
    let paid = FakeGateway::paid(placed.payment.id, placed.payment.amount);
    assert_eq!(payment::apply_event(&b.ctx, "sandbox", &paid).await.unwrap(), "settled");
    let numbers = b.numbers_by_seller(&placed);
    Paid { numbers, attempt: Attempt::first(placed.payment.id), finance: shop.staff("Fitri", "finance").await.unwrap(), b }
}

pub async fn paid(shop: &Shop) -> Paid {
    paid_by(shop, "sandbox").await
}

impl Paid {
    /// The store asks for one pair of shoes.
    pub async fn ask(&self) -> RefundView {
        let line = order::find(&self.b.ctx, &self.b.buyer, &self.numbers[0]).await.unwrap().items[0].id;
        let lines = vec![RefundLineInput { line_id: line, quantity: 1, amount: None }];
        let input = RefundInput { lines, shipping: Money::ZERO, note: "cacat".into(), restock: false };
        refund::request_as_seller(&self.b.ctx, &self.b.sellers[0], &self.numbers[0], input).await.unwrap()
    }

    /// A refund of 100 000 that finance has approved.
    pub async fn approved(&self) -> RefundView {
        refund::approve(&self.b.ctx, &self.finance, self.ask().await.row.id).await.unwrap()
    }

    pub async fn cancel(&self, seller: usize) {
        let no = CancelInput { reason: None };
        order::cancel_own(&self.b.ctx, &self.b.sellers[seller], &self.numbers[seller], no).await.unwrap();
    }

    pub async fn view(&self, asked: &RefundView) -> RefundView {
        refund::find(&self.b.ctx, &self.finance, asked.row.id).await.unwrap()
    }

    pub async fn all(&self) -> Vec<refunds::Model> {
        refunds::Entity::find().order_by_asc(refunds::Column::Id).all(&self.b.ctx.db).await.unwrap()
    }

    pub async fn payment(&self) -> domain::payment::PaymentView {
        payment::find(&self.b.ctx, &self.b.buyer, self.attempt.payment).await.unwrap()
    }

    pub async fn disputes(&self) -> u64 {
        refund::disputes(&self.b.ctx, &self.finance, true, PageRequest::default()).await.unwrap().total
    }

    /// The gateway says so much has been sent back so far; all of it when there is no amount.
    pub async fn report(&self, amount: Option<i64>) -> String {
        let amount = match amount {
            Some(amount) => Money(amount),
            None => self.payment().await.amount,
        };
        let event = GatewayEvent { kind: PaymentEventKind::Refunded, ..FakeGateway::paid_in(self.attempt, amount) };
        payment::apply_event(&self.b.ctx, "sandbox", &event).await.unwrap()
    }

    /// The gateway reports a refund by its name.
    pub async fn webhook(&self, asked: &RefundView) {
        let headers = HeaderMap::from_iter([("x-fake-signature".parse().unwrap(), "ok".parse().unwrap())]);
        let body = format!(r#"{{"refund":"refund-{}"}}"#, asked.row.id);
        payment::receive_webhook(&self.b.ctx, "sandbox", None, &headers, body.as_bytes()).await.unwrap();
    }

    /// What a webhook without a word about refunds says, with the refunds it names.
    pub async fn report_named(&self, amount: i64, named: &[&RefundView]) -> String {
        let refunds = named.iter().map(|r| (r.row.id, r.row.amount)).collect();
        let told = FakeGateway::paid_in(self.attempt, Money(amount));
        let event = GatewayEvent { kind: PaymentEventKind::Refunded, refunds, ..told };
        payment::apply_event(&self.b.ctx, "sandbox", &event).await.unwrap()
    }

    /// The gateway refuses until it is left alone.
    pub async fn give_up(&self, asked: &RefundView) {
        while payment::execute_refund(&self.b.ctx, asked.row.id).await.is_err() {}
        assert_eq!(self.view(asked).await.row.status, RefundStatus::Failed);
    }
}

pub fn proof(reference: &str) -> RefundProof {
    RefundProof { reference: reference.into() }
}

#[tokio::test]
async fn all_sent_back_at_the_gateway_takes_what_waits_for_approval_with_it() {
    on_each_database(|shop| async move {
        let p = paid(&shop).await;
        let asked = p.ask().await;
        assert_eq!(p.report(None).await, "checked");
        assert_eq!(p.view(&asked).await.row.status, RefundStatus::Rejected);
        assert_eq!((p.payment().await.status, p.disputes().await), (PaymentStatus::Refunded, 1));
        let of_gateway = p.all().await.into_iter().filter(|r| r.reason == RefundReason::ByGateway);
        assert_eq!(of_gateway.map(|r| r.amount.0).sum::<i64>(), p.payment().await.amount.0);
        let view = order::find(&shop.ctx, &p.b.buyer, &p.numbers[0]).await.unwrap();
        assert_eq!(view.status, OrderStatus::Cancelled);
        p.b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn a_failed_try_beside_the_one_that_paid_is_no_reversal() {
    on_each_database(|shop| async move {
        let p = paid(&shop).await;
        let told = FakeGateway::paid_in(p.attempt, p.payment().await.amount);
        let late = GatewayEvent { kind: PaymentEventKind::Failed, reference: "another-try".into(), ..told.clone() };
        assert_eq!(payment::apply_event(&shop.ctx, "sandbox", &late).await.unwrap(), "nothing");
        assert_eq!(p.disputes().await, 0);
        let reversed = GatewayEvent { kind: PaymentEventKind::Failed, ..told };
        assert_eq!(payment::apply_event(&shop.ctx, "sandbox", &reversed).await.unwrap(), "disputed");
        assert_eq!((p.disputes().await, p.payment().await.status), (1, PaymentStatus::Paid));
        p.b.verify().await;
    })
    .await;
}

/// A card that was only captured is voided: on the gateway's pages, or because we asked for all of it.
#[tokio::test]
async fn a_payment_that_ends_after_it_was_paid_is_a_reversal_unless_we_asked_for_it() {
    on_each_database(|shop| async move {
        let p = paid(&shop).await;
        let voided = || async {
            let told = FakeGateway::paid_in(p.attempt, p.payment().await.amount);
            let ended = GatewayEvent { kind: PaymentEventKind::Expired, ..told };
            payment::apply_event(&shop.ctx, "sandbox", &ended).await.unwrap()
        };
        // A part is no reason for all of it to go.
        p.approved().await;
        p.b.refund_all().await;
        assert_eq!((voided().await.as_str(), voided().await.as_str()), ("disputed", "duplicate"));
        assert_eq!((p.disputes().await, p.payment().await.status), (1, PaymentStatus::PartiallyRefunded));
        p.b.verify().await;

        p.b.fill_cart(&[1, 1]).await;
        for (key, is_sent) in [("k2", true), ("k3", false)] {
            let placed = p.b.pay(key).await;
            let q = Paid { numbers: p.b.numbers_by_seller(&placed), attempt: Attempt::first(placed.payment.id), ..p.clone() };
            for seller in 0..2 {
                q.cancel(seller).await;
            }
            if is_sent {
                q.b.refund_all().await;
            }
            // Told before our books know: the gateway is faster than its own answer.
            let told = FakeGateway::paid_in(q.attempt, placed.payment.amount);
            let ended = GatewayEvent { kind: PaymentEventKind::Expired, ..told };
            assert_eq!(payment::apply_event(&shop.ctx, "sandbox", &ended).await.unwrap(), "nothing", "{key}");
            q.b.refund_all().await;
            assert_eq!((q.disputes().await, q.payment().await.status), (1, PaymentStatus::Refunded), "{key}");
            q.b.verify().await;
            q.b.fill_cart(&[1, 1]).await;
        }
    })
    .await;
}

/// What a refund waited for may come days later.
#[tokio::test]
async fn the_report_that_a_card_has_settled_asks_for_the_refunds_that_waited() {
    on_each_database(|shop| async move {
        let p = paid(&shop).await;
        let asked = p.approved().await;
        shop.gateway.is_busy.store(true, Ordering::Relaxed);
        assert!(payment::execute_refund(&shop.ctx, asked.row.id).await.is_err(), "to be asked again");
        let asked_for = || outbox::Entity::find().filter(outbox::Column::Kind.eq("refund_requested")).count(&shop.ctx.db);
        let before = asked_for().await.unwrap();
        let settled = FakeGateway::paid_in(p.attempt, p.payment().await.amount);
        assert_eq!(payment::apply_event(&shop.ctx, "sandbox", &settled).await.unwrap(), "duplicate");
        assert_eq!(asked_for().await.unwrap(), before + 1);
        shop.gateway.is_busy.store(false, Ordering::Relaxed);
        p.b.refund_all().await;
        assert_eq!(p.view(&asked).await.row.status, RefundStatus::Succeeded);
    })
    .await;
}

#[tokio::test]
async fn each_attempt_has_refunds_of_its_own() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let placed = b.place_by("k", "sandbox:qris").await;
        let id = placed.payment.id;
        payment::change_method(&b.ctx, &b.buyer, id, MethodInput { payment_method: "sandbox".into() }).await.unwrap();
        let (first, second) = (Attempt::first(id), Attempt { payment: id, number: 2 });
        for (attempt, outcome) in [(second, "settled"), (first, "double_payment")] {
            let paid = FakeGateway::paid_in(attempt, placed.payment.amount);
            assert_eq!(payment::apply_event(&b.ctx, "sandbox", &paid).await.unwrap(), outcome);
        }
        b.refund_all().await;
        let finance = shop.staff("Fitri", "finance").await.unwrap();
        let p = Paid { numbers: b.numbers_by_seller(&placed), attempt: second, finance, b };
        // What went back of the first says nothing about the second.
        assert_eq!(p.report(Some(50_000)).await, "checked");
        assert_eq!(p.disputes().await, 1);
        let p = Paid { attempt: first, ..p };
        assert_eq!(p.report(None).await, "nothing");
        assert_eq!((p.disputes().await, p.payment().await.status), (1, PaymentStatus::Paid));
        p.b.verify().await;
    })
    .await;
}
