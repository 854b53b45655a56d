//! Disputes about money that is owed back already, or that paid no order.

use crate::buying::{Buying, refusal};
use crate::paid;
use chrono::TimeDelta;
use domain::ledger::AccountKind;
use domain::order::{CancelInput, OrderStatus};
use domain::payment::{Attempt, MethodInput, PaymentEventKind, PaymentStatus, PaymentView, RefundStatus};
use domain::refund::{DisputeOutcome, DisputeResolution, DisputeRow, RefundProof, RefundRow};
use domain::{Conflict, Error, Money, PageRequest};
use entity::refund as refunds;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use service::fixture::{FakeGateway, Shop, on_each_database};
use service::port::GatewayEvent;
use service::{Actor, order, payment, refund};
use std::sync::atomic::Ordering;

fn lost(amount: Option<i64>, order: Option<&String>) -> DisputeResolution {
    let (amount, order) = (amount.map(Money), order.cloned());
    DisputeResolution { resolution: "sudah diperiksa".into(), outcome: DisputeOutcome::ChargebackLost, amount, order }
}

/// The gateway refuses every refund until it is left alone.
async fn refuse_all(shop: &Shop) {
    shop.gateway.is_down.store(true, Ordering::Relaxed);
    for row in refunds::Entity::find().all(&shop.ctx.db).await.unwrap() {
        while payment::execute_refund(&shop.ctx, row.id).await.is_err() {}
    }
    shop.gateway.is_down.store(false, Ordering::Relaxed);
}

async fn failed(shop: &Shop, finance: &Actor) -> Vec<RefundRow> {
    refund::list(&shop.ctx, finance, Some(RefundStatus::Failed), PageRequest::default()).await.unwrap().items
}

#[tokio::test]
async fn a_chargeback_takes_the_refund_that_could_not_be_sent_with_it() {
    on_each_database(|shop| async move {
        let p = paid(&shop).await;
        let amount = p.placed.payment.amount.0;
        assert_eq!(p.say(PaymentEventKind::Disputed, amount, "cb-1").await, "disputed");
        let id = p.disputed().await.id;
        let no = CancelInput { reason: None };
        order::cancel_own(&shop.ctx, &p.b.sellers[0], &p.numbers[0], no).await.unwrap();
        // The gateway may be sending it at this moment.
        let early = refund::resolve(&shop.ctx, &p.finance, id, lost(None, None)).await;
        assert_eq!(refusal(early), Error::Conflict(Conflict::RefundUnderWay));
        refuse_all(&shop).await;
        assert_eq!(failed(&shop, &p.finance).await.len(), 1);
        let done = refund::resolve(&shop.ctx, &p.finance, id, lost(None, None)).await.unwrap();
        assert_eq!((done.booked.0, done.loss), (amount, Money::ZERO));
        assert!(failed(&shop, &p.finance).await.is_empty(), "nobody sends it a second time");
        for account in
            [AccountKind::Escrow, AccountKind::GatewayClearing, AccountKind::RefundPayable, AccountKind::ChargebackLoss]
        {
            assert_eq!(p.balance(account).await, 0, "{account}");
        }
        p.b.refund_all().await;
        assert!(shop.gateway.refunds().is_empty());
        p.b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn of_a_refund_that_is_larger_the_rest_is_still_owed() {
    on_each_database(|shop| async move {
        let p = paid(&shop).await;
        order::cancel_own(&shop.ctx, &p.b.sellers[0], &p.numbers[0], CancelInput { reason: None }).await.unwrap();
        refuse_all(&shop).await;
        assert_eq!(p.say(PaymentEventKind::Disputed, 60_000, "cb-1").await, "disputed");
        let id = p.disputed().await.id;
        let done = refund::resolve(&shop.ctx, &p.finance, id, lost(None, Some(&p.numbers[0]))).await.unwrap();
        assert_eq!((done.booked, done.loss), (Money(60_000), Money::ZERO));
        let left = p.total(0).await - 60_000;
        let waiting = failed(&shop, &p.finance).await;
        assert_eq!(waiting.iter().map(|r| r.amount.0).collect::<Vec<_>>(), [left]);
        let told = refund::find(&shop.ctx, &p.finance, waiting[0].id).await.unwrap().timeline.pop().unwrap();
        assert_eq!(told.note.as_deref(), Some("Rp 60.000: dana ditarik kembali lewat gateway"));
        assert_eq!(p.balance(AccountKind::RefundPayable).await, -left);
        p.b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn what_waits_for_approval_does_not_make_a_chargeback_our_loss() {
    on_each_database(|shop| async move {
        let p = paid(&shop).await;
        p.b.ship(0, &p.numbers[0]).await;
        let asked = p.asked(0, 50_000).await;
        let total = p.total(0).await;
        assert_eq!(p.say(PaymentEventKind::Disputed, total, "cb-1").await, "disputed");
        let id = p.disputed().await.id;
        let done = refund::resolve(&shop.ctx, &p.finance, id, lost(None, Some(&p.numbers[0]))).await.unwrap();
        assert_eq!((done.booked.0, done.loss), (total, Money::ZERO));
        let dropped = refund::find(&shop.ctx, &p.finance, asked.row.id).await.unwrap();
        assert_eq!(dropped.row.status, RefundStatus::Rejected);
        p.b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn a_chargeback_that_stands_for_a_refund_takes_its_goods_over() {
    on_each_database(|shop| async move {
        let p = paid(&shop).await;
        p.b.ship(0, &p.numbers[0]).await;
        let asked = p.ask(0, 50_000, 2_000, true).await;
        refund::approve(&shop.ctx, &p.finance, asked.row.id).await.unwrap();
        refuse_all(&shop).await;
        assert_eq!(p.say(PaymentEventKind::Disputed, 52_000, "cb-1").await, "disputed");
        let id = p.disputed().await.id;
        let done = refund::resolve(&shop.ctx, &p.finance, id, lost(None, Some(&p.numbers[0]))).await.unwrap();
        assert_eq!(done.booked, Money(52_000));
        let rows = refunds::Entity::find().filter(refunds::Column::Status.eq(RefundStatus::Succeeded));
        let standing = rows.one(&shop.ctx.db).await.unwrap().unwrap();
        let shown = refund::find(&shop.ctx, &p.finance, standing.id).await.unwrap();
        assert_eq!((shown.lines.len(), shown.shipping, shown.restock), (1, Money(2_000), true));
        p.b.verify().await;
    })
    .await;
}

/// Whoever is first: the books have what went.
#[tokio::test]
async fn a_dispute_and_a_transfer_by_hand_at_the_same_moment() {
    on_each_database(|shop| async move {
        let p = paid(&shop).await;
        order::cancel_own(&shop.ctx, &p.b.sellers[0], &p.numbers[0], CancelInput { reason: None }).await.unwrap();
        refuse_all(&shop).await;
        let owed = failed(&shop, &p.finance).await.remove(0);
        refund::by_hand(&shop.ctx, &p.finance, owed.id).await.unwrap();
        assert_eq!(p.say(PaymentEventKind::Disputed, 60_000, "cb-1").await, "disputed");
        let id = p.disputed().await.id;
        let proof = RefundProof { reference: "BCA-1".into() };
        let (resolved, sent) = tokio::join!(
            refund::resolve(&shop.ctx, &p.finance, id, lost(None, Some(&p.numbers[0]))),
            refund::complete(&shop.ctx, &p.finance, owed.id, proof),
        );
        assert!(sent.is_ok(), "{sent:?}");
        let resolved = resolved.unwrap();
        assert_eq!(resolved.booked.0 + resolved.loss.0, 60_000);
        p.b.verify().await;
    })
    .await;
}

/// A payment with two attempts at the gateway, of which the second paid the orders.
async fn paid_in_second(b: &Buying, key: &str) -> PaymentView {
    let placed = b.place_by(key, "sandbox:qris").await.payment;
    let other = MethodInput { payment_method: "sandbox:bca_va".into() };
    payment::change_method(&b.ctx, &b.buyer, placed.id, other).await.unwrap();
    let second = Attempt { payment: placed.id, number: 2 };
    let paid = FakeGateway::paid_in(second, placed.amount);
    assert_eq!(payment::apply_event(&b.ctx, "sandbox", &paid).await.unwrap(), "settled");
    placed
}

async fn disputed(shop: &Shop, finance: &Actor, of: Attempt, kind: PaymentEventKind, amount: Money) -> DisputeRow {
    let event = GatewayEvent { kind, reference: format!("back-{of}"), ..FakeGateway::paid_in(of, amount) };
    payment::apply_event(&shop.ctx, "sandbox", &event).await.unwrap();
    let open = refund::disputes(&shop.ctx, finance, true, PageRequest::default()).await.unwrap().items;
    open.into_iter().find(|d| d.payment_id == of.payment).unwrap()
}

#[tokio::test]
async fn money_that_was_paid_twice_and_taken_back_leaves_the_orders_alone() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let finance = shop.staff("Fitri", "finance").await.unwrap();
        let placed = paid_in_second(&b, "k").await;
        let first = Attempt::first(placed.id);
        let twice = FakeGateway::paid_in(first, placed.amount);
        assert_eq!(payment::apply_event(&b.ctx, "sandbox", &twice).await.unwrap(), "double_payment");
        refuse_all(&shop).await;
        let dispute = disputed(&shop, &finance, first, PaymentEventKind::Disputed, placed.amount).await;
        let done = refund::resolve(&shop.ctx, &finance, dispute.id, lost(None, None)).await.unwrap();
        assert_eq!((done.booked, done.loss), (placed.amount, Money::ZERO));
        assert!(failed(&shop, &finance).await.is_empty());
        let view = payment::find(&shop.ctx, &b.buyer, placed.id).await.unwrap();
        assert_eq!(view.status, PaymentStatus::Paid);
        for number in &view.orders {
            assert_eq!(order::find(&shop.ctx, &b.buyer, number).await.unwrap().status, OrderStatus::Pending);
        }
        b.verify().await;
        // And once more, by another name: it had gone back already.
        let event = GatewayEvent {
            kind: PaymentEventKind::Disputed,
            reference: "back-again".into(),
            ..FakeGateway::paid_in(first, placed.amount)
        };
        payment::apply_event(&shop.ctx, "sandbox", &event).await.unwrap();
        let open = refund::disputes(&shop.ctx, &finance, true, PageRequest::default()).await.unwrap().items;
        let refused = refund::resolve(&shop.ctx, &finance, open[0].id, lost(None, None)).await;
        assert_eq!(refusal(refused).fields()[0].code, "never_booked");
        b.verify().await;
    })
    .await;
}

/// A payment whose time ran out.
async fn expired(shop: &Shop) -> (Buying, Actor, PaymentView) {
    expired_by(shop, "sandbox").await
}

async fn expired_by(shop: &Shop, method: &str) -> (Buying, Actor, PaymentView) {
    let b = Buying::two_stores(shop).await;
    let finance = shop.staff("Fitri", "finance").await.unwrap();
    let placed = b.place_by("k", method).await.payment;
    shop.advance(TimeDelta::hours(25));
    assert_eq!(payment::auto_cancel(&shop.ctx).await.unwrap(), 1);
    (b, finance, placed)
}

#[tokio::test]
async fn late_money_that_was_sent_back_and_is_taken_as_well_is_our_loss() {
    on_each_database(|shop| async move {
        let (b, finance, placed) = expired(&shop).await;
        let first = Attempt::first(placed.id);
        let late = FakeGateway::paid_in(first, placed.amount);
        assert_eq!(payment::apply_event(&shop.ctx, "sandbox", &late).await.unwrap(), "late_payment");
        b.refund_all().await;
        let dispute = disputed(&shop, &finance, first, PaymentEventKind::Disputed, placed.amount).await;
        let done = refund::resolve(&shop.ctx, &finance, dispute.id, lost(None, None)).await.unwrap();
        assert_eq!((done.booked, done.loss), (Money::ZERO, placed.amount));
        let status = payment::find(&shop.ctx, &b.buyer, placed.id).await.unwrap().status;
        assert_eq!(status, PaymentStatus::Expired);
        b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn what_came_and_went_uncounted_is_not_booked() {
    on_each_database(|shop| async move {
        let (b, finance, placed) = expired(&shop).await;
        let dispute = disputed(&shop, &finance, Attempt::first(placed.id), PaymentEventKind::Refunded, placed.amount).await;
        let refused = refusal(refund::resolve(&shop.ctx, &finance, dispute.id, lost(None, None)).await);
        assert_eq!(
            refused.fields().iter().map(|f| (f.field.as_str(), f.code.to_string())).collect::<Vec<_>>(),
            [("outcome", "never_booked".to_owned())]
        );
        let nothing = DisputeResolution { outcome: DisputeOutcome::Nothing, ..lost(None, None) };
        refund::resolve(&shop.ctx, &finance, dispute.id, nothing).await.unwrap();
        b.verify().await;
    })
    .await;
}

/// What the gateway says of money that came too late: it came, or it went back.
fn told(placed: &PaymentView, kind: PaymentEventKind) -> GatewayEvent {
    GatewayEvent { kind, ..FakeGateway::paid(placed.id, placed.amount) }
}

#[tokio::test]
async fn late_money_that_a_gateway_without_refunds_has_sent_back_is_not_sent_again() {
    on_each_database(|shop| async move {
        let (b, finance, placed) = expired_by(&shop, "sandbox:bca_va").await;
        for (kind, outcome) in [(PaymentEventKind::Paid, "late_payment"), (PaymentEventKind::Refunded, "checked")] {
            assert_eq!(payment::apply_event(&shop.ctx, "sandbox", &told(&placed, kind)).await.unwrap(), outcome);
        }
        let [row] = &refunds::Entity::find().all(&shop.ctx.db).await.unwrap()[..] else { panic!("one refund") };
        assert_eq!(row.status, RefundStatus::Succeeded);
        assert_eq!(refund::disputes(&shop.ctx, &finance, true, PageRequest::default()).await.unwrap().total, 0);
        b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn late_money_sent_back_on_the_gateways_pages_is_looked_at_before_it_is_sent_by_hand() {
    on_each_database(|shop| async move {
        let (b, finance, placed) = expired(&shop).await;
        let paid = told(&placed, PaymentEventKind::Paid);
        assert_eq!(payment::apply_event(&shop.ctx, "sandbox", &paid).await.unwrap(), "late_payment");
        let [row] = &refunds::Entity::find().all(&shop.ctx.db).await.unwrap()[..] else { panic!("one refund") };
        refuse_all(&shop).await;
        let back = told(&placed, PaymentEventKind::Refunded);
        assert_eq!(payment::apply_event(&shop.ctx, "sandbox", &back).await.unwrap(), "checked");
        let open = refund::disputes(&shop.ctx, &finance, true, PageRequest::default()).await.unwrap().items;
        assert_eq!(open.iter().map(|d| d.amount).collect::<Vec<_>>(), [placed.amount]);
        let sent = DisputeResolution { outcome: DisputeOutcome::RefundSent, ..lost(None, None) };
        assert_eq!(refund::resolve(&shop.ctx, &finance, open[0].id, sent).await.unwrap().booked, placed.amount);
        let owed = refunds::Entity::find_by_id(row.id).one(&shop.ctx.db).await.unwrap().unwrap();
        assert_eq!(owed.status, RefundStatus::Rejected);
        b.verify().await;
    })
    .await;
}
