//! Money that goes back past us: refunds in gateways' reports, refunds sent from our bank, chargebacks
//! and what finance makes of them, on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../buying/mod.rs"]
mod buying;
mod dispute;
mod owed;
mod report;

use buying::Buying;
use domain::checkout::CheckoutView;
use domain::ledger::AccountKind;
use domain::payment::{Attempt, PaymentEventKind};
use domain::refund::{RefundInput, RefundLineInput, RefundProof, RefundView};
use domain::{Money, PageRequest};
use service::fixture::Shop;
use service::port::GatewayEvent;
use service::{Actor, finance, order, payment, refund};

/// A paid checkout of two orders, for 100 000 and 45 000 and their shipping.
pub struct Paid {
    pub b: Buying,
    pub placed: CheckoutView,
    pub numbers: Vec<String>,
    pub finance: Actor,
}

pub async fn paid(shop: &Shop) -> Paid {
    let b = Buying::two_stores(shop).await;
    let placed = b.pay("k").await;
    let numbers = b.numbers_by_seller(&placed);
    Paid { numbers, placed, finance: shop.staff("Fitri", "finance").await.unwrap(), b }
}

impl Paid {
    pub async fn balance(&self, account: AccountKind) -> i64 {
        let balances = finance::balances(&self.b.ctx, &self.finance).await.unwrap();
        balances.into_iter().find(|b| b.account == account).map_or(0, |b| b.balance.0)
    }

    /// What the buyer paid for an order.
    pub async fn total(&self, order: usize) -> i64 {
        order::find(&self.b.ctx, &self.b.buyer, &self.numbers[order]).await.unwrap().totals.total.0
    }

    /// Asks for money of the first unit of an order.
    pub async fn asked(&self, order: usize, amount: i64) -> RefundView {
        self.ask(order, amount, 0, false).await
    }

    /// The same with shipping cost, and maybe with the goods back on the shelf.
    pub async fn ask(&self, order: usize, amount: i64, shipping: i64, restock: bool) -> RefundView {
        let line = order::find(&self.b.ctx, &self.b.buyer, &self.numbers[order]).await.unwrap().items[0].id;
        let lines = vec![RefundLineInput { line_id: line, quantity: 1, amount: Some(Money(amount)) }];
        let input = RefundInput { lines, shipping: Money(shipping), note: "cacat".into(), restock };
        refund::request_as_seller(&self.b.ctx, &self.b.sellers[order], &self.numbers[order], input).await.unwrap()
    }

    /// Asks for money of the first unit of an order, and finance approves it.
    pub async fn approved(&self, order: usize, amount: i64) -> RefundView {
        let asked = self.asked(order, amount).await;
        refund::approve(&self.b.ctx, &self.finance, asked.row.id).await.unwrap()
    }

    pub async fn complete(&self, view: &RefundView) {
        let proof = RefundProof { reference: "BCA-1".into() };
        refund::complete(&self.b.ctx, &self.finance, view.row.id, proof).await.unwrap();
    }

    /// What the gateway says of the payment.
    pub async fn say(&self, kind: PaymentEventKind, amount: i64, reference: &str) -> String {
        let attempt = Some(Attempt::first(self.placed.payment.id));
        let event = GatewayEvent { attempt, reference: reference.into(), kind, amount: Money(amount), refunds: vec![] };
        payment::apply_event(&self.b.ctx, "sandbox", &event).await.unwrap()
    }

    /// The only open dispute.
    pub async fn disputed(&self) -> domain::refund::DisputeRow {
        let mut open = refund::disputes(&self.b.ctx, &self.finance, true, PageRequest::default()).await.unwrap().items;
        assert_eq!(open.len(), 1);
        open.remove(0)
    }
}
