//! Gateways that refuse, charge back, or send money back themselves.

use crate::buying::refusal;
use crate::{Paid, of, paid};
use bytes::Bytes;
use domain::order::OrderStatus;
use domain::payment::{Attempt, PaymentEventKind, PaymentStatus, RefundReason, RefundStatus};
use domain::refund::{DisputeOutcome, DisputeResolution, RefundProof};
use domain::{Conflict, Error, Money, PageRequest};
use entity::{audit_entry, refund as refunds};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use service::fixture::on_each_database;
use service::port::GatewayEvent;
use service::{order, payment, refund};
use std::sync::atomic::Ordering;

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
        // Sent a second time? That must not pass for the first.
        let other = refund::complete(&shop.ctx, &p.finance, id, RefundProof { reference: "BCA-2".into() }).await;
        assert_eq!(refusal(other), Error::Conflict(Conflict::AlreadyDecided));
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
        let amounts = async || open().await.unwrap().items.into_iter().map(|d| d.amount.0).collect::<Vec<_>>();
        assert_eq!(amounts().await, [20_000], "what we sent is none of it");
        assert_eq!(report(&p, PaymentEventKind::Refunded, Some(130_000), "t").await, "checked");
        assert_eq!(amounts().await, [20_000, 10_000], "what is open is none of it");
        assert_eq!(report(&p, PaymentEventKind::Refunded, Some(110_000), "t").await, "nothing", "it comes late");
        let sent = DisputeResolution {
            resolution: "dikirim dari dasbor".into(),
            outcome: DisputeOutcome::RefundSent,
            amount: Some(Money(15_000)),
            order: Some(p.numbers[0].clone()),
        };
        let first = open().await.unwrap().items[0].id;
        refund::resolve(&shop.ctx, &p.finance, first, sent).await.unwrap();
        assert_eq!(report(&p, PaymentEventKind::Refunded, Some(137_000), "t").await, "checked");
        assert_eq!(amounts().await, [10_000, 7_000], "what was booked is none of it");
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
        let made = refunds::Entity::find().filter(refunds::Column::PaymentId.eq(placed.payment.id));
        let made = made.all(&shop.ctx.db).await.unwrap();
        assert_eq!(made.iter().filter(|r| r.reason == RefundReason::ByGateway).count(), 2);
        assert_eq!(open().await.unwrap().total, 3);
        p.b.verify().await;
    })
    .await;
}
