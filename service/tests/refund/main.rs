//! Refunds as people make them: asked for, decided, sent by gateways or by hand, on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../buying/mod.rs"]
mod buying;
mod decision;
mod gateway;

use buying::{Buying, refusal};
use chrono::TimeDelta;
use domain::id::OrderLineId;
use domain::ledger::AccountKind;
use domain::payment::{PaymentStatus, RefundStatus};
use domain::rate::{TaxMode, TaxRule};
use domain::refund::{RefundInput, RefundLineInput, RefundProof, RefundView};
use domain::{Conflict, Error, Money};
use service::fixture::{Shop, on_each_database};
use service::{Actor, finance, order, payment, refund, store};

/// Two stores, one paid checkout; the first order is of two pairs of shoes for 200 000.
pub struct Paid {
    pub b: Buying,
    pub numbers: Vec<String>,
    pub line: OrderLineId,
    pub finance: Actor,
}

pub async fn paid(shop: &Shop) -> Paid {
    paid_by(shop, Buying::two_stores(shop).await).await
}

pub async fn paid_by(shop: &Shop, b: Buying) -> Paid {
    b.fill_cart(&[1]).await;
    let placed = b.pay("k").await;
    let numbers = b.numbers_by_seller(&placed);
    let line = order::find(&b.ctx, &b.buyer, &numbers[0]).await.unwrap().items[0].id;
    Paid { numbers, line, finance: shop.staff("Fitri", "finance").await.unwrap(), b }
}

pub fn of(line: OrderLineId, quantity: i64) -> RefundInput {
    let lines = vec![RefundLineInput { line_id: line, quantity, amount: None }];
    RefundInput { lines, shipping: Money::ZERO, note: "cacat".into(), restock: false }
}

impl Paid {
    pub async fn ask(&self, input: RefundInput) -> service::Result<RefundView> {
        refund::request_as_seller(&self.b.ctx, &self.b.sellers[0], &self.numbers[0], input).await
    }

    pub async fn approve(&self, view: &RefundView) -> RefundView {
        refund::approve(&self.b.ctx, &self.finance, view.row.id).await.unwrap()
    }

    pub async fn status(&self) -> PaymentStatus {
        let view = order::find(&self.b.ctx, &self.b.buyer, &self.numbers[0]).await.unwrap();
        view.payment.status
    }

    pub async fn balance(&self, account: AccountKind) -> i64 {
        let balances = finance::balances(&self.b.ctx, &self.finance).await.unwrap();
        balances.into_iter().find(|b| b.account == account).unwrap().balance.0
    }

    pub async fn revenue(&self) -> i64 {
        service::analytics::summary(&self.b.ctx, &self.b.sellers[0]).await.unwrap().today.revenue.0
    }
}

#[tokio::test]
async fn a_part_is_asked_for_approved_and_sent_by_the_gateway() {
    on_each_database(|shop| async move {
        let p = paid(&shop).await;
        let asked = p.ask(of(p.line, 1)).await.unwrap();
        assert_eq!((asked.row.amount, asked.row.status), (Money(100_000), RefundStatus::Waiting));
        assert_eq!(p.balance(AccountKind::RefundPayable).await, 0, "nothing is owed before it is approved");
        p.b.verify().await;
        p.b.refund_all().await;
        assert!(shop.gateway.refunds().is_empty());

        let approved = p.approve(&asked).await;
        assert_eq!(approved.row.status, RefundStatus::Requested);
        assert_eq!(p.balance(AccountKind::RefundPayable).await, -100_000);
        p.approve(&asked).await;
        p.b.verify().await;
        p.b.refund_all().await;
        assert_eq!(shop.gateway.refunds()[0].amount, Money(100_000));
        assert_eq!(p.status().await, PaymentStatus::PartiallyRefunded);
        let done = refund::find(&shop.ctx, &p.finance, asked.row.id).await.unwrap();
        let steps: Vec<RefundStatus> = done.timeline.iter().map(|s| s.status).collect();
        assert_eq!(steps, [RefundStatus::Waiting, RefundStatus::Requested, RefundStatus::Succeeded]);
        assert_eq!(done.timeline[1].by.as_deref(), Some("Fitri"));
        p.b.verify().await;
        // The rest is delivered: only what was kept is released and counts as revenue.
        p.b.deliver(0, &p.numbers[0]).await;
        let order = order::find(&shop.ctx, &p.b.buyer, &p.numbers[0]).await.unwrap();
        assert_eq!(p.revenue().await, order.totals.total.0 - 100_000);
        p.b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn after_delivery_the_seller_gives_it_back_and_the_figures_follow() {
    on_each_database(|shop| async move {
        let p = paid(&shop).await;
        p.b.deliver(0, &p.numbers[0]).await;
        let before = (p.revenue().await, p.balance(AccountKind::SellerPayable).await);
        let input = RefundInput { restock: true, shipping: Money(1_000), ..of(p.line, 1) };
        let asked = p.ask(input).await.unwrap();
        assert_eq!(asked.row.amount, Money(101_000));
        p.approve(&asked).await;
        assert_eq!(p.revenue().await, before.0 - 101_000);
        assert_eq!(p.balance(AccountKind::SellerPayable).await, before.1 + 101_000);
        assert_eq!(p.b.stock(p.b.sold[0].variants[0]).await, (9, 0), "one of two is on the shelf again");
        p.b.verify().await;
        p.b.refund_all().await;
        p.b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn goods_that_are_not_sent_after_all_are_released() {
    on_each_database(|shop| async move {
        let p = paid(&shop).await;
        assert_eq!(p.b.stock(p.b.sold[0].variants[0]).await, (10, 2));
        let asked = p.ask(RefundInput { restock: true, ..of(p.line, 1) }).await.unwrap();
        p.approve(&asked).await;
        assert_eq!(p.b.stock(p.b.sold[0].variants[0]).await, (10, 1));
        p.b.verify().await;
        p.b.ship(0, &p.numbers[0]).await;
        assert_eq!(p.b.stock(p.b.sold[0].variants[0]).await, (9, 0));
        p.b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn cash_taken_at_the_door_is_given_back_by_hand() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let finance = shop.staff("Fitri", "finance").await.unwrap();
        let placed = b.place_by("k", "cod").await;
        let numbers = b.numbers_by_seller(&placed);
        let line = order::find(&b.ctx, &b.buyer, &numbers[0]).await.unwrap().items[0].id;
        let early = refund::request_as_seller(&b.ctx, &b.sellers[0], &numbers[0], of(line, 1)).await;
        assert_eq!(refusal(early), Error::Conflict(Conflict::NotRefundable));
        b.deliver(0, &numbers[0]).await;
        b.deliver(1, &numbers[1]).await;
        let asked = refund::request_as_seller(&b.ctx, &b.sellers[0], &numbers[0], of(line, 1)).await.unwrap();
        let approved = refund::approve(&b.ctx, &finance, asked.row.id).await.unwrap();
        assert!(approved.row.is_by_hand);
        b.verify().await;
        refund::complete(&b.ctx, &finance, asked.row.id, RefundProof { reference: "BCA-2".into() }).await.unwrap();
        let status = payment::find(&b.ctx, &b.buyer, placed.payment.id).await.unwrap().status;
        assert_eq!(status, PaymentStatus::PartiallyRefunded);
        b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn tax_on_top_of_the_prices_goes_back_with_them() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let rule = TaxRule { mode: TaxMode::Added, basis_points: 1_100 };
        store::set_tax(&shop.ctx, &b.sellers[0], rule).await.unwrap();
        let p = paid_by(&shop, b).await;
        let order = order::find(&shop.ctx, &p.b.buyer, &p.numbers[0]).await.unwrap();
        assert_eq!((order.items[0].line_total, order.items[0].added_tax), (Money(200_000), Money(22_000)));
        let shipping = order.totals.shipping_cost;
        // Everything of an order that was not sent.
        let all = RefundInput { shipping, ..of(p.line, 2) };
        assert_eq!(refusal(p.ask(all).await), Error::Conflict(Conflict::CancelInstead));
        p.b.deliver(0, &p.numbers[0]).await;
        let first = p.ask(of(p.line, 1)).await.unwrap();
        assert_eq!(first.row.amount, Money(111_000), "the unit with its tax");
        p.approve(&first).await;
        let dear = RefundLineInput { line_id: p.line, quantity: 1, amount: Some(Money(111_001)) };
        let refused = refusal(p.ask(RefundInput { lines: vec![dear], ..of(p.line, 1) }).await);
        assert_eq!((refused.fields()[0].field.as_str(), refused.fields()[0].limit), ("lines[0].amount", Some(111_000)));
        let rest = p.ask(RefundInput { shipping, ..of(p.line, 1) }).await.unwrap();
        assert_eq!((rest.row.amount.0, rest.order_left), (111_000 + shipping.0, Some(Money::ZERO)));
        p.approve(&rest).await;
        p.b.refund_all().await;
        assert_eq!((p.balance(AccountKind::SellerPayable).await, p.balance(AccountKind::Tax).await), (0, 0));
        p.b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn an_order_refunded_in_full_on_its_way_releases_nothing() {
    on_each_database(|shop| async move {
        let p = paid(&shop).await;
        p.b.ship(0, &p.numbers[0]).await;
        let shipping = order::find(&shop.ctx, &p.b.buyer, &p.numbers[0]).await.unwrap().totals.shipping_cost;
        let asked = p.ask(RefundInput { shipping, ..of(p.line, 2) }).await.unwrap();
        p.approve(&asked).await;
        p.b.refund_all().await;
        p.b.verify().await;
        shop.advance(TimeDelta::days(30));
        assert_eq!(order::auto_complete(&shop.ctx).await.unwrap(), 1);
        assert_eq!(p.balance(AccountKind::SellerPayable).await, 0);
        p.b.verify().await;
    })
    .await;
}
