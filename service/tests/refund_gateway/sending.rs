//! Refunds that a gateway has taken on, and how they end.

use crate::buying::refusal;
use crate::{paid, proof};
use chrono::TimeDelta;
use domain::payment::{PaymentStatus, RefundStatus};
use domain::{Error, PageRequest};
use entity::outbox;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use service::fixture::on_each_database;
use service::port::RefundState;
use service::{payment, refund};
use std::sync::atomic::Ordering;

#[tokio::test]
async fn what_a_gateway_has_taken_on_is_under_way_until_it_says_more() {
    on_each_database(|shop| async move {
        let p = paid(&shop).await;
        let asked = p.approved().await;
        shop.gateway.is_slow.store(true, Ordering::Relaxed);
        payment::execute_refund(&shop.ctx, asked.row.id).await.unwrap();
        payment::execute_refund(&shop.ctx, asked.row.id).await.unwrap();
        let sent = p.view(&asked).await;
        assert_eq!((sent.row.status, sent.row.reference.is_some()), (RefundStatus::Sending, true));
        assert_eq!(p.payment().await.status, PaymentStatus::Paid, "nothing is booked before it is sent");
        p.b.verify().await;
        for refused in [
            refund::by_hand(&shop.ctx, &p.finance, asked.row.id).await,
            refund::retry(&shop.ctx, &p.finance, asked.row.id).await,
            refund::complete(&shop.ctx, &p.finance, asked.row.id, proof("BCA-1")).await,
        ] {
            assert!(matches!(refusal(refused), Error::Conflict(_)));
        }
        // The webhook gets lost.
        shop.advance(TimeDelta::minutes(2));
        assert_eq!(payment::reconcile(&shop.ctx).await.unwrap(), 0, "still under way");
        shop.gateway.end_refund(asked.row.id, RefundState::Done("rfd-1".into()));
        assert_eq!(payment::reconcile(&shop.ctx).await.unwrap(), 1);
        assert_eq!(payment::reconcile(&shop.ctx).await.unwrap(), 0);
        let done = p.view(&asked).await;
        assert_eq!((done.row.status, done.row.reference.as_deref()), (RefundStatus::Succeeded, Some("rfd-1")));
        let steps: Vec<RefundStatus> = done.timeline.iter().map(|s| s.status).collect();
        let expected = [RefundStatus::Waiting, RefundStatus::Requested, RefundStatus::Sending, RefundStatus::Succeeded];
        assert_eq!(steps, expected);
        assert_eq!(p.payment().await.status, PaymentStatus::PartiallyRefunded);
        p.b.verify().await;
    })
    .await;
}

/// The daily figures know of it although the gateway is still at it.
#[tokio::test]
async fn what_is_under_way_when_its_order_is_delivered_is_no_revenue() {
    on_each_database(|shop| async move {
        let p = paid(&shop).await;
        p.b.ship(0, &p.numbers[0]).await;
        let asked = p.approved().await;
        shop.gateway.is_slow.store(true, Ordering::Relaxed);
        payment::execute_refund(&shop.ctx, asked.row.id).await.unwrap();
        assert_eq!(p.view(&asked).await.row.status, RefundStatus::Sending);
        service::order::confirm_receipt(&shop.ctx, &p.b.buyer, &p.numbers[0]).await.unwrap();
        let total = service::order::find(&shop.ctx, &p.b.buyer, &p.numbers[0]).await.unwrap().totals.total;
        let revenue = service::analytics::summary(&shop.ctx, &p.b.sellers[0]).await.unwrap().today.revenue;
        assert_eq!(revenue.0, total.0 - asked.row.amount.0);
        p.b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn a_refund_that_fails_after_all_is_finances() {
    on_each_database(|shop| async move {
        let p = paid(&shop).await;
        let asked = p.approved().await;
        shop.gateway.is_slow.store(true, Ordering::Relaxed);
        payment::execute_refund(&shop.ctx, asked.row.id).await.unwrap();
        p.webhook(&asked).await;
        assert_eq!(p.view(&asked).await.row.status, RefundStatus::Sending);
        shop.gateway.end_refund(asked.row.id, RefundState::Failed("INSUFFICIENT_BALANCE".into()));
        for _ in 0..2 {
            p.webhook(&asked).await;
        }
        let failed = p.view(&asked).await;
        assert_eq!(failed.row.status, RefundStatus::Failed);
        assert!(failed.row.has_failed);
        assert_eq!(failed.timeline.len(), 4);
        p.b.verify().await;
        // Asked once more it succeeds, and is reported twice.
        shop.gateway.end_refund(asked.row.id, RefundState::Pending("refund-2".into()));
        let again = refund::retry(&shop.ctx, &p.finance, asked.row.id).await.unwrap();
        assert_eq!((again.row.status, again.row.reference.as_deref()), (RefundStatus::Sending, Some("refund-2")));
        // The old try's report comes once more: it says nothing about this one.
        shop.gateway.end_refund(asked.row.id, RefundState::Failed("INSUFFICIENT_BALANCE".into()));
        p.webhook(&asked).await;
        assert_eq!(p.view(&asked).await.row.status, RefundStatus::Sending);
        shop.gateway.end_refund(asked.row.id, RefundState::Done("refund-2".into()));
        for _ in 0..2 {
            p.webhook(&asked).await;
        }
        assert_eq!(p.view(&asked).await.row.status, RefundStatus::Succeeded);
        assert_eq!(p.disputes().await, 0);
        p.b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn waiting_for_another_refund_of_the_payment_is_no_refusal() {
    on_each_database(|shop| async move {
        let p = paid(&shop).await;
        let asked = p.approved().await;
        shop.gateway.is_busy.store(true, Ordering::Relaxed);
        for _ in 0..20 {
            assert!(payment::execute_refund(&shop.ctx, asked.row.id).await.is_err(), "to be asked again");
        }
        let waits = p.view(&asked).await;
        assert_eq!((waits.row.status, waits.row.has_failed), (RefundStatus::Requested, true));
        shop.gateway.is_busy.store(false, Ordering::Relaxed);
        shop.gateway.is_slow.store(true, Ordering::Relaxed);
        payment::execute_refund(&shop.ctx, asked.row.id).await.unwrap();
        assert_eq!(p.view(&asked).await.row.status, RefundStatus::Sending);
        // Whatever became of the event of one that waits: it is asked for when this one ends.
        let next = p.approved().await;
        shop.gateway.is_busy.store(true, Ordering::Relaxed);
        assert!(payment::execute_refund(&shop.ctx, next.row.id).await.is_err());
        let asked_for = || outbox::Entity::find().filter(outbox::Column::Kind.eq("refund_requested")).count(&shop.ctx.db);
        let before = asked_for().await.unwrap();
        shop.gateway.end_refund(asked.row.id, RefundState::Done("rfd-1".into()));
        p.webhook(&asked).await;
        assert_eq!(p.view(&asked).await.row.status, RefundStatus::Succeeded);
        assert_eq!(asked_for().await.unwrap(), before + 1);
        assert_eq!(p.view(&next).await.row.status, RefundStatus::Requested);
        p.b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn a_refund_whose_answers_got_lost_is_completed_by_the_report_that_names_it() {
    on_each_database(|shop| async move {
        let p = paid(&shop).await;
        let asked = p.approved().await;
        shop.gateway.loses_answers.store(true, Ordering::Relaxed);
        p.give_up(&asked).await;
        assert_eq!(p.report_named(100_000, &[&asked]).await, "checked");
        assert_eq!(p.view(&asked).await.row.status, RefundStatus::Succeeded);
        assert_eq!((p.payment().await.status, p.disputes().await), (PaymentStatus::PartiallyRefunded, 0));
        p.b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn a_failed_refund_is_not_known_to_the_gateway() {
    on_each_database(|shop| async move {
        let p = paid(&shop).await;
        let asked = p.approved().await;
        shop.gateway.is_down.store(true, Ordering::Relaxed);
        p.give_up(&asked).await;
        // Somebody has sent as much on the gateway's pages.
        assert_eq!(p.report(Some(100_000)).await, "checked");
        assert_eq!((p.view(&asked).await.row.status, p.disputes().await), (RefundStatus::Failed, 1));
        // And then everything.
        assert_eq!(p.report(None).await, "checked");
        assert_eq!(p.view(&asked).await.row.status, RefundStatus::Succeeded, "part of the whole");
        assert_eq!((p.payment().await.status, p.disputes().await), (PaymentStatus::Refunded, 2));
        p.b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn what_a_refund_that_then_failed_had_explained_is_looked_at() {
    on_each_database(|shop| async move {
        let p = paid(&shop).await;
        let first = p.approved().await;
        p.b.refund_all().await;
        assert_eq!(p.report(Some(100_000)).await, "nothing");
        // Somebody sends the next one on the gateway's own pages while ours does not get through.
        let second = p.approved().await;
        shop.gateway.is_down.store(true, Ordering::Relaxed);
        assert_eq!(p.report(Some(200_000)).await, "nothing");
        p.give_up(&second).await;
        let open = refund::disputes(&shop.ctx, &p.finance, true, PageRequest::default()).await.unwrap().items;
        assert_eq!(open.iter().map(|d| d.amount).collect::<Vec<_>>(), [first.row.amount]);
        p.b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn one_that_fails_after_it_was_taken_on_explains_nothing_either_and_is_told_once() {
    on_each_database(|shop| async move {
        let p = paid(&shop).await;
        shop.gateway.is_slow.store(true, Ordering::Relaxed);
        let asked = p.approved().await;
        payment::execute_refund(&shop.ctx, asked.row.id).await.unwrap();
        assert_eq!(p.report(Some(100_000)).await, "nothing");
        for _ in 0..2 {
            shop.gateway.end_refund(asked.row.id, RefundState::Failed("INSUFFICIENT_BALANCE".into()));
            p.webhook(&asked).await;
            assert_eq!((p.view(&asked).await.row.status, p.disputes().await), (RefundStatus::Failed, 1));
            shop.gateway.end_refund(asked.row.id, RefundState::Pending(format!("refund-{}", asked.row.id)));
            refund::retry(&shop.ctx, &p.finance, asked.row.id).await.unwrap();
        }
        p.b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn what_fails_beside_refunds_that_were_reported_is_no_dispute() {
    on_each_database(|shop| async move {
        let p = paid(&shop).await;
        p.approved().await;
        p.b.refund_all().await;
        assert_eq!(p.report(Some(100_000)).await, "nothing");
        shop.gateway.is_down.store(true, Ordering::Relaxed);
        let second = p.approved().await;
        p.give_up(&second).await;
        assert_eq!(p.disputes().await, 0);
    })
    .await;
}

#[tokio::test]
async fn what_waits_for_its_card_to_settle_is_asked_for_though_the_webhook_got_lost() {
    on_each_database(|shop| async move {
        let p = paid(&shop).await;
        let asked = p.approved().await;
        shop.gateway.is_busy.store(true, Ordering::Relaxed);
        assert!(payment::execute_refund(&shop.ctx, asked.row.id).await.is_err());
        shop.gateway.settle(p.attempt.payment, p.payment().await.amount);
        let asked_for = || outbox::Entity::find().filter(outbox::Column::Kind.eq("refund_requested")).count(&shop.ctx.db);
        let before = asked_for().await.unwrap();
        shop.advance(TimeDelta::days(1));
        assert_eq!(payment::reconcile(&shop.ctx).await.unwrap(), 0);
        assert_eq!(asked_for().await.unwrap(), before + 1);
    })
    .await;
}
