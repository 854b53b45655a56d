//! Refunds as people make them: asked for, decided, sent by gateways or by hand, on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod buying;

use buying::{Buying, refusal};
use bytes::Bytes;
use chrono::TimeDelta;
use domain::id::OrderLineId;
use domain::ledger::AccountKind;
use domain::order::{CancelInput, OrderStatus};
use domain::payment::{Attempt, PaymentEventKind, PaymentStatus, RefundReason, RefundStatus};
use domain::rate::{TaxMode, TaxRule};
use domain::refund::{DisputeOutcome, DisputeResolution, RefundInput, RefundLineInput, RefundProof, RefundRejection, RefundView};
use domain::{Conflict, Error, Money, PageRequest};
use entity::{audit_entry, payment_split, refund as refunds};
use futures::future::join_all;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use service::fixture::{Shop, on_each_database};
use service::port::GatewayEvent;
use service::{Actor, finance, order, payment, refund, store};
use std::sync::atomic::Ordering;

/// Two stores, one paid checkout; the first order is of two pairs of shoes for 200 000.
struct Paid {
    b: Buying,
    numbers: Vec<String>,
    line: OrderLineId,
    finance: Actor,
}

async fn paid(shop: &Shop) -> Paid {
    paid_by(shop, Buying::two_stores(shop).await).await
}

async fn paid_by(shop: &Shop, b: Buying) -> Paid {
    b.fill_cart(&[1]).await;
    let placed = b.pay("k").await;
    let numbers = b.numbers_by_seller(&placed);
    let line = order::find(&b.ctx, &b.buyer, &numbers[0]).await.unwrap().items[0].id;
    Paid { numbers, line, finance: shop.staff("Fitri", "finance").await.unwrap(), b }
}

fn of(line: OrderLineId, quantity: i64) -> RefundInput {
    let lines = vec![RefundLineInput { line_id: line, quantity, amount: None }];
    RefundInput { lines, shipping: Money::ZERO, note: "cacat".into(), restock: false }
}

impl Paid {
    async fn ask(&self, input: RefundInput) -> service::Result<RefundView> {
        refund::request_as_seller(&self.b.ctx, &self.b.sellers[0], &self.numbers[0], input).await
    }

    async fn approve(&self, view: &RefundView) -> RefundView {
        refund::approve(&self.b.ctx, &self.finance, view.row.id).await.unwrap()
    }

    async fn status(&self) -> PaymentStatus {
        let view = order::find(&self.b.ctx, &self.b.buyer, &self.numbers[0]).await.unwrap();
        view.payment.status
    }

    async fn balance(&self, account: AccountKind) -> i64 {
        let balances = finance::balances(&self.b.ctx, &self.finance).await.unwrap();
        balances.into_iter().find(|b| b.account == account).unwrap().balance.0
    }

    async fn revenue(&self) -> i64 {
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

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_requests_at_once_never_ask_for_more_than_was_paid() {
    on_each_database(|shop| async move {
        let p = paid(&shop).await;
        p.b.deliver(0, &p.numbers[0]).await;
        let tries = (0..50).map(|_| {
            let (ctx, seller, number, line) = (shop.ctx.clone(), p.b.sellers[0].clone(), p.numbers[0].clone(), p.line);
            let lines = vec![RefundLineInput { line_id: line, quantity: 1, amount: Some(Money(30_000)) }];
            let input = RefundInput { lines, shipping: Money::ZERO, note: "cacat".into(), restock: false };
            tokio::spawn(async move { refund::request_as_seller(&ctx, &seller, &number, input).await })
        });
        let answers: Vec<_> = join_all(tries).await.into_iter().map(|t| t.unwrap()).collect();
        let good: Vec<RefundView> = answers.iter().filter_map(|a| a.as_ref().ok().cloned()).collect();
        assert_eq!(good.len(), 2, "two units were sold");
        for asked in &good {
            p.approve(asked).await;
        }
        p.b.refund_all().await;
        for split in payment_split::Entity::find().all(&shop.ctx.db).await.unwrap() {
            assert!(split.refunded.0 + split.refund_held.0 <= split.amount.0);
        }
        p.b.verify().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_decision_whatever_finance_presses() {
    on_each_database(|shop| async move {
        let p = paid(&shop).await;
        let other = shop.staff("Fajar", "finance").await.unwrap();
        let asked = p.ask(of(p.line, 1)).await.unwrap();
        let id = asked.row.id;
        let tries = (0..20).map(|n| {
            let (ctx, by) = (shop.ctx.clone(), if n % 2 == 0 { p.finance.clone() } else { other.clone() });
            tokio::spawn(async move {
                match n % 3 {
                    0 => refund::reject(&ctx, &by, id, RefundRejection { reason: "tidak terbukti".into() }).await,
                    _ => refund::approve(&ctx, &by, id).await,
                }
            })
        });
        join_all(tries).await.into_iter().for_each(|t| drop(t.unwrap()));
        assert_eq!(audit_entry::Entity::find().count(&shop.ctx.db).await.unwrap(), 1);
        p.b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn limits_are_told_by_field_and_nothing_is_half_written() {
    on_each_database(|shop| async move {
        let p = paid(&shop).await;
        let fields = |error: Error| error.fields().iter().map(|f| format!("{}:{}", f.field, f.code)).collect::<Vec<_>>();
        assert_eq!(fields(refusal(p.ask(of(p.line, 3)).await)), ["lines[0].quantity:too_large"]);
        let unknown = OrderLineId(uuid::Uuid::from_u128(7));
        assert_eq!(fields(refusal(p.ask(of(unknown, 1)).await)), ["lines[0].line_id:unknown_value"]);
        let dear = |amount| RefundInput {
            lines: vec![RefundLineInput { line_id: p.line, quantity: 1, amount: Some(Money(amount)) }],
            ..of(p.line, 1)
        };
        assert_eq!(fields(refusal(p.ask(dear(200_001)).await)), ["lines[0].amount:too_large"]);
        let shipping = RefundInput { lines: vec![], shipping: Money(10_000_000), ..of(p.line, 1) };
        assert_eq!(fields(refusal(p.ask(shipping).await)), ["shipping:too_large"]);
        // Everything of an order that was not sent: it is cancelled instead.
        let order = order::find(&shop.ctx, &p.b.buyer, &p.numbers[0]).await.unwrap();
        let all = RefundInput { shipping: order.totals.shipping_cost, ..of(p.line, 2) };
        assert_eq!(refusal(p.ask(all).await), Error::Conflict(Conflict::CancelInstead));
        assert_eq!(refunds::Entity::find().count(&shop.ctx.db).await.unwrap(), 0);
        let strangers = refusal(refund::request_as_seller(&shop.ctx, &p.b.sellers[1], &p.numbers[0], of(p.line, 1)).await);
        assert_eq!(strangers, Error::NotFound(domain::Noun::Order));
        assert_eq!(refusal(refund::request_as_desk(&shop.ctx, &p.b.buyer, &p.numbers[0], of(p.line, 1)).await), Error::Forbidden);
        p.b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn nobody_approves_their_own_request_and_a_declined_one_frees_the_money() {
    on_each_database(|shop| async move {
        let p = paid(&shop).await;
        let admin = shop.staff("Ani", "admin").await.unwrap();
        let asked = refund::request_as_desk(&shop.ctx, &admin, &p.numbers[0], of(p.line, 2)).await.unwrap();
        assert!(!asked.can_decide);
        assert_eq!(refusal(refund::approve(&shop.ctx, &admin, asked.row.id).await), Error::Conflict(Conflict::OwnRequest));
        assert_eq!(refusal(refund::approve(&shop.ctx, &p.b.sellers[0], asked.row.id).await), Error::Forbidden);
        // What is asked for is set apart.
        assert!(p.ask(of(p.line, 1)).await.is_err());
        let no = RefundRejection { reason: "barang baik".into() };
        let done = refund::reject(&shop.ctx, &p.finance, asked.row.id, no).await.unwrap();
        assert_eq!(done.row.status, RefundStatus::Rejected);
        p.b.verify().await;
        p.ask(of(p.line, 2)).await.unwrap();
        p.b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn a_cancel_takes_what_was_asked_for_with_it() {
    on_each_database(|shop| async move {
        let p = paid(&shop).await;
        let (first, second) = (p.ask(of(p.line, 1)).await.unwrap(), p.ask(of(p.line, 1)).await.unwrap());
        p.approve(&first).await;
        order::cancel_own(&shop.ctx, &p.b.sellers[0], &p.numbers[0], CancelInput { reason: None }).await.unwrap();
        p.b.verify().await;
        let dropped = refund::find(&shop.ctx, &p.finance, second.row.id).await.unwrap();
        assert_eq!(dropped.row.status, RefundStatus::Rejected);
        p.b.refund_all().await;
        let total = order::find(&shop.ctx, &p.b.buyer, &p.numbers[0]).await.unwrap().totals.total;
        assert_eq!(shop.gateway.refunds().iter().map(|r| r.amount.0).sum::<i64>(), total.0);
        p.b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn a_gateway_that_refuses_is_seen_tried_again_or_replaced() {
    on_each_database(|shop| async move {
        let p = paid(&shop).await;
        let asked = p.ask(of(p.line, 1)).await.unwrap();
        let id = asked.row.id;
        p.approve(&asked).await;
        // One that has not been asked may still be sending.
        assert_eq!(refusal(refund::by_hand(&shop.ctx, &p.finance, id).await), Error::Conflict(Conflict::NotRefundable));
        shop.gateway.is_down.store(true, Ordering::Relaxed);
        for _ in 0..7 {
            assert!(payment::execute_refund(&shop.ctx, id).await.is_err());
        }
        payment::execute_refund(&shop.ctx, id).await.unwrap();
        let failed = refund::list(&shop.ctx, &p.finance, Some(RefundStatus::Failed), PageRequest::default()).await.unwrap();
        assert!(failed.items[0].has_failed);
        let shown = refund::find(&shop.ctx, &p.finance, id).await.unwrap();
        assert_eq!(shown.timeline.last().map(|s| (s.status, s.note.clone())), Some((RefundStatus::Failed, None)));
        assert!(!format!("{shown:?}{failed:?}").contains("down"), "what the gateway says is for the log");
        // How the buyer paid, and trouble with the gateway, do not concern the store.
        let told = refund::of_own_order(&shop.ctx, &p.b.sellers[0], &p.numbers[0]).await.unwrap();
        assert_eq!((told.len(), told[0].has_failed, told[0].status), (1, false, RefundStatus::Failed));
        p.b.verify().await;
        let again = refund::retry(&shop.ctx, &p.finance, id).await.unwrap();
        assert_eq!(again.row.status, RefundStatus::Failed, "one more try, not eight");
        let proof = || RefundProof { reference: "BCA-1".into() };
        assert_eq!(
            refusal(refund::complete(&shop.ctx, &p.finance, id, proof()).await),
            Error::Conflict(Conflict::RefundByGateway)
        );
        let taken = refund::by_hand(&shop.ctx, &p.finance, id).await.unwrap();
        assert!(taken.row.is_by_hand);
        shop.gateway.is_down.store(false, Ordering::Relaxed);
        payment::execute_refund(&shop.ctx, id).await.unwrap();
        assert!(shop.gateway.refunds().is_empty(), "a person sends it now");
        for file in [&b"%PDF-1.7\nkeliru\n%%EOF\n"[..], b"%PDF-1.7\nsatu\n%%EOF\n"] {
            refund::attach(&shop.ctx, &p.finance, id, Bytes::from_static(file)).await.unwrap();
        }
        for _ in 0..2 {
            let done = refund::complete(&shop.ctx, &p.finance, id, proof()).await.unwrap();
            assert_eq!((done.row.status, done.row.reference.as_deref()), (RefundStatus::Succeeded, Some("BCA-1")));
            assert!(done.evidence_url.is_some());
        }
        // From then on it is the proof: it stays, and the trail says what was there before.
        let later = refund::attach(&shop.ctx, &p.finance, id, Bytes::from_static(b"%PDF-1.7\nlain\n%%EOF\n")).await;
        assert_eq!(refusal(later), Error::Conflict(Conflict::AlreadyDecided));
        let kept = refund::evidence(&shop.ctx, &p.finance, id).await.unwrap();
        assert_eq!(kept.bytes, Bytes::from_static(b"%PDF-1.7\nsatu\n%%EOF\n"));
        let trail = audit_entry::Entity::find().filter(audit_entry::Column::Action.eq("refund.evidence"));
        let trail = trail.order_by_asc(audit_entry::Column::Id).all(&shop.ctx.db).await.unwrap();
        assert_eq!(trail.len(), 2);
        assert!(trail[0].state_before["file"].is_null() && trail[0].state_before["status"] == "requested");
        assert_eq!(trail[1].state_before["file"], trail[0].state_after["file"]);
        assert_eq!(refund::evidence(&shop.ctx, &p.finance, id).await.unwrap().media_type, "application/pdf");
        assert!(refund::evidence(&shop.ctx, &p.b.buyer, id).await.is_err());
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

/// What the gateway says of the payment of an order.
async fn report(p: &Paid, kind: PaymentEventKind, amount: Option<i64>, reference: &str) -> String {
    let view = order::find(&p.b.ctx, &p.b.buyer, &p.numbers[0]).await.unwrap();
    let whole = payment::find(&p.b.ctx, &p.b.buyer, view.payment.id).await.unwrap().amount;
    let attempt = Some(Attempt::first(view.payment.id));
    let event = GatewayEvent { attempt, reference: reference.into(), kind, amount: amount.map_or(whole, Money), refunds: vec![] };
    payment::apply_event(&p.b.ctx, "sandbox", &event).await.unwrap()
}

#[tokio::test]
async fn a_chargeback_is_flagged_and_resolved_by_finance() {
    on_each_database(|shop| async move {
        let p = paid(&shop).await;
        assert_eq!(report(&p, PaymentEventKind::Disputed, None, "cb-1").await, "disputed");
        assert_eq!(report(&p, PaymentEventKind::Disputed, None, "cb-1").await, "duplicate");
        assert_eq!(report(&p, PaymentEventKind::Failed, None, "deny-1").await, "nothing", "a try beside the one that paid");
        let view = order::find(&shop.ctx, &p.b.buyer, &p.numbers[0]).await.unwrap();
        let paid_by = format!("pay-{}", view.payment.id);
        assert_eq!(report(&p, PaymentEventKind::Failed, None, &paid_by).await, "disputed");
        assert_eq!(p.status().await, PaymentStatus::Paid, "a person decides");
        let open = || refund::disputes(&shop.ctx, &p.finance, true, PageRequest::default());
        let found = open().await.unwrap().items;
        assert_eq!(found.iter().map(|d| d.kind).collect::<Vec<_>>(), [PaymentEventKind::Disputed, PaymentEventKind::Failed]);
        let resolution = || DisputeResolution {
            resolution: "bukti kirim dikirim ke bank".into(),
            outcome: DisputeOutcome::Nothing,
            amount: None,
            order: None,
        };
        refund::resolve(&shop.ctx, &p.finance, found[0].id, resolution()).await.unwrap();
        let again = refusal(refund::resolve(&shop.ctx, &p.finance, found[0].id, resolution()).await);
        assert_eq!(again, Error::Conflict(Conflict::AlreadyDecided));
        assert_eq!(refusal(refund::resolve(&shop.ctx, &p.b.buyer, found[1].id, resolution()).await), Error::Forbidden);
        assert_eq!(open().await.unwrap().total, 1);
        p.b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn a_refund_made_at_the_gateway_itself_ends_the_orders_and_one_of_ours_is_no_news() {
    on_each_database(|shop| async move {
        let p = paid(&shop).await;
        p.b.ship(1, &p.numbers[1]).await;
        let asked = p.ask(of(p.line, 1)).await.unwrap();
        p.approve(&asked).await;
        p.b.refund_all().await;
        assert_eq!(report(&p, PaymentEventKind::Refunded, Some(100_000), "t").await, "nothing");
        // A part that nobody asked for: a person must look.
        assert_eq!(report(&p, PaymentEventKind::Refunded, Some(120_000), "t").await, "checked");
        let open = || refund::disputes(&shop.ctx, &p.finance, true, PageRequest::default());
        assert_eq!(open().await.unwrap().total, 1);
        p.b.verify().await;

        // All of another payment.
        p.b.fill_cart(&[1, 1]).await;
        let placed = p.b.pay("k2").await;
        let numbers = p.b.numbers_by_seller(&placed);
        let q = Paid { b: p.b.clone(), numbers: numbers.clone(), line: p.line, finance: p.finance.clone() };
        assert_eq!(report(&q, PaymentEventKind::Refunded, None, "u").await, "checked");
        assert_eq!(q.status().await, PaymentStatus::Refunded);
        let view = order::find(&shop.ctx, &p.b.buyer, &numbers[0]).await.unwrap();
        assert_eq!(view.status, OrderStatus::Cancelled);
        let made: Vec<_> = refunds::Entity::find().all(&shop.ctx.db).await.unwrap();
        assert_eq!(made.iter().filter(|r| r.reason == RefundReason::ByGateway).count(), 2);
        assert_eq!(open().await.unwrap().total, 2);
        p.b.verify().await;
    })
    .await;
}
