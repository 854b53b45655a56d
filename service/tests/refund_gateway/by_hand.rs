//! Refunds that a person sends in place of the gateway.

use crate::buying::refusal;
use crate::{Paid, paid, paid_by, proof};
use domain::payment::{PaymentStatus, RefundStatus};
use domain::refund::RefundView;
use domain::{Conflict, Error, PageRequest};
use service::fixture::{Shop, on_each_database};
use service::port::{PaymentGateway, RefundRequest};
use service::{payment, refund};
use std::sync::atomic::Ordering;

/// A refund that the gateway, which is still down, refused, and a person has sent.
async fn sent_by_hand(shop: &Shop) -> (Paid, RefundView) {
    let p = paid(shop).await;
    let asked = p.approved().await;
    shop.gateway.is_down.store(true, Ordering::Relaxed);
    p.give_up(&asked).await;
    refund::by_hand(&shop.ctx, &p.finance, asked.row.id).await.unwrap();
    refund::complete(&shop.ctx, &p.finance, asked.row.id, proof("BCA-1")).await.unwrap();
    (p, asked)
}

#[tokio::test]
async fn all_sent_back_at_the_gateway_beside_a_refund_by_hand_is_for_a_person() {
    on_each_database(|shop| async move {
        let (p, _) = sent_by_hand(&shop).await;
        assert_eq!(p.report(None).await, "checked");
        assert_eq!((p.payment().await.status, p.disputes().await), (PaymentStatus::PartiallyRefunded, 1));
        p.b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn a_refund_that_may_still_be_under_way_is_not_sent_by_hand() {
    on_each_database(|shop| async move {
        let p = paid(&shop).await;
        let asked = p.approved().await;
        shop.gateway.is_down.store(true, Ordering::Relaxed);
        assert!(payment::execute_refund(&shop.ctx, asked.row.id).await.is_err());
        let early = refund::by_hand(&shop.ctx, &p.finance, asked.row.id).await;
        assert_eq!(refusal(early), Error::Conflict(Conflict::NotRefundable));
        // Asked once more by a person, it is in their hands again when it fails.
        p.give_up(&asked).await;
        let again = refund::retry(&shop.ctx, &p.finance, asked.row.id).await.unwrap();
        assert_eq!(again.row.status, RefundStatus::Failed);
        assert!(refund::by_hand(&shop.ctx, &p.finance, asked.row.id).await.unwrap().row.is_by_hand);
        p.b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn what_a_gateway_without_refunds_sends_back_is_not_sent_by_hand_again() {
    on_each_database(|shop| async move {
        let p = paid_by(&shop, "sandbox:bca_va").await;
        p.cancel(0).await;
        p.cancel(1).await;
        assert!(p.all().await.iter().all(|r| r.status == RefundStatus::Requested));
        assert_eq!(p.report(None).await, "checked");
        assert!(p.all().await.iter().all(|r| r.status == RefundStatus::Succeeded));
        assert_eq!((p.payment().await.status, p.disputes().await), (PaymentStatus::Refunded, 0));
        p.b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn what_was_sent_by_hand_for_a_gateway_without_refunds_is_no_news_from_it() {
    on_each_database(|shop| async move {
        let p = paid_by(&shop, "sandbox:bca_va").await;
        for seller in 0..2 {
            p.cancel(seller).await;
        }
        for row in p.all().await {
            refund::complete(&shop.ctx, &p.finance, row.id, proof("DASHBOARD")).await.unwrap();
        }
        assert_eq!(p.report(None).await, "nothing");
        assert_eq!((p.payment().await.status, p.disputes().await), (PaymentStatus::Refunded, 0));
        p.b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn what_a_person_sent_from_our_bank_may_be_no_part_of_what_a_gateway_sent() {
    on_each_database(|shop| async move {
        let p = paid_by(&shop, "sandbox:bca_va").await;
        let asked = p.approved().await;
        refund::complete(&shop.ctx, &p.finance, asked.row.id, proof("BCA-1")).await.unwrap();
        assert_eq!(p.report(Some(120_000)).await, "checked");
        let open = refund::disputes(&shop.ctx, &p.finance, true, PageRequest::default()).await.unwrap().items;
        assert_eq!(open.iter().map(|d| d.amount.0).collect::<Vec<_>>(), [120_000], "finance lowers it where it is");
        p.b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn before_a_person_sends_it_the_gateway_is_asked() {
    on_each_database(|shop| async move {
        let p = paid(&shop).await;
        let asked = p.approved().await;
        shop.gateway.loses_answers.store(true, Ordering::Relaxed);
        p.give_up(&asked).await;
        let found = refund::by_hand(&shop.ctx, &p.finance, asked.row.id).await.unwrap();
        assert_eq!((found.row.status, found.row.is_by_hand), (RefundStatus::Succeeded, false));
        p.b.verify().await;

        // It cannot be asked when a person takes over, and has it when they are done.
        let asked = p.approved().await;
        p.give_up(&asked).await;
        shop.gateway.is_down.store(true, Ordering::Relaxed);
        assert!(refund::by_hand(&shop.ctx, &p.finance, asked.row.id).await.unwrap().row.is_by_hand);
        shop.gateway.is_down.store(false, Ordering::Relaxed);
        let sent = refund::complete(&shop.ctx, &p.finance, asked.row.id, proof("BCA-1")).await;
        assert_eq!(refusal(sent), Error::Conflict(Conflict::RefundByGateway));
        assert_eq!(p.view(&asked).await.row.status, RefundStatus::Succeeded);
        p.b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn what_a_gateway_sends_after_a_person_did_is_disputed() {
    on_each_database(|shop| async move {
        let (p, asked) = sent_by_hand(&shop).await;
        shop.gateway.is_down.store(false, Ordering::Relaxed);
        // A try that was on its way all the time arrives.
        let request = RefundRequest {
            refund: asked.row.id,
            payment: p.attempt.payment,
            reference: format!("fake-{}", p.attempt),
            amount: asked.row.amount,
            reason: "on_request".into(),
        };
        shop.gateway.refund(request).await.unwrap();
        for _ in 0..2 {
            p.webhook(&asked).await;
        }
        assert_eq!(p.disputes().await, 1);
        assert_eq!(p.view(&asked).await.row.reference.as_deref(), Some("BCA-1"));
        assert_eq!(p.report_named(100_000, &[&asked]).await, "nothing", "disputed before");
        assert_eq!(p.disputes().await, 1);
        p.b.verify().await;
    })
    .await;
}
