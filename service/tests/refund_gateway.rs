//! Money that goes back is never lost and never sent twice, whatever gateways say and when, on both
//! databases.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod buying;

use buying::{Buying, refusal};
use chrono::TimeDelta;
use domain::order::{CancelInput, OrderStatus};
use domain::payment::MethodInput;
use domain::payment::{Attempt, PaymentEventKind, PaymentStatus, RefundReason, RefundStatus};
use domain::refund::{RefundInput, RefundLineInput, RefundProof, RefundView};
use domain::{Conflict, Error, Money, PageRequest};
use entity::{outbox, refund as refunds};
use http::HeaderMap;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use service::fixture::{FakeGateway, Shop, on_each_database};
use service::port::{GatewayEvent, PaymentGateway, RefundRequest, RefundState};
use service::{Actor, order, payment, refund};
use std::sync::atomic::Ordering;

/// Two stores, one checkout by `method`, paid; the first order is of two pairs of shoes for 200 000.
struct Paid {
    b: Buying,
    attempt: Attempt,
    numbers: Vec<String>,
    finance: Actor,
}

async fn paid_by(shop: &Shop, method: &str) -> Paid {
    let b = Buying::two_stores(shop).await;
    b.fill_cart(&[1]).await;
    let placed = b.place_by("k", method).await;
    let paid = FakeGateway::paid(placed.payment.id, placed.payment.amount);
    assert_eq!(payment::apply_event(&b.ctx, "sandbox", &paid).await.unwrap(), "settled");
    let numbers = b.numbers_by_seller(&placed);
    Paid { numbers, attempt: Attempt::first(placed.payment.id), finance: shop.staff("Fitri", "finance").await.unwrap(), b }
}

async fn paid(shop: &Shop) -> Paid {
    paid_by(shop, "sandbox").await
}

impl Paid {
    /// The store asks for one pair of shoes.
    async fn ask(&self) -> RefundView {
        let line = order::find(&self.b.ctx, &self.b.buyer, &self.numbers[0]).await.unwrap().items[0].id;
        let lines = vec![RefundLineInput { line_id: line, quantity: 1, amount: None }];
        let input = RefundInput { lines, shipping: Money::ZERO, note: "cacat".into(), restock: false };
        refund::request_as_seller(&self.b.ctx, &self.b.sellers[0], &self.numbers[0], input).await.unwrap()
    }

    /// A refund of 100 000 that finance has approved.
    async fn approved(&self) -> RefundView {
        refund::approve(&self.b.ctx, &self.finance, self.ask().await.row.id).await.unwrap()
    }

    async fn cancel(&self, seller: usize) {
        let no = CancelInput { reason: None };
        order::cancel_own(&self.b.ctx, &self.b.sellers[seller], &self.numbers[seller], no).await.unwrap();
    }

    async fn view(&self, asked: &RefundView) -> RefundView {
        refund::find(&self.b.ctx, &self.finance, asked.row.id).await.unwrap()
    }

    async fn all(&self) -> Vec<refunds::Model> {
        refunds::Entity::find().order_by_asc(refunds::Column::Id).all(&self.b.ctx.db).await.unwrap()
    }

    async fn payment(&self) -> domain::payment::PaymentView {
        payment::find(&self.b.ctx, &self.b.buyer, self.attempt.payment).await.unwrap()
    }

    async fn disputes(&self) -> u64 {
        refund::disputes(&self.b.ctx, &self.finance, true, PageRequest::default()).await.unwrap().total
    }

    /// The gateway says so much has been sent back so far; all of it when there is no amount.
    async fn report(&self, amount: Option<i64>) -> String {
        let amount = match amount {
            Some(amount) => Money(amount),
            None => self.payment().await.amount,
        };
        let event = GatewayEvent { kind: PaymentEventKind::Refunded, ..FakeGateway::paid_in(self.attempt, amount) };
        payment::apply_event(&self.b.ctx, "sandbox", &event).await.unwrap()
    }

    /// The gateway reports a refund by its name.
    async fn webhook(&self, asked: &RefundView) {
        let headers = HeaderMap::from_iter([("x-fake-signature".parse().unwrap(), "ok".parse().unwrap())]);
        let body = format!(r#"{{"refund":"refund-{}"}}"#, asked.row.id);
        payment::receive_webhook(&self.b.ctx, "sandbox", None, &headers, body.as_bytes()).await.unwrap();
    }

    /// What a webhook without a word about refunds says, with the refunds it names.
    async fn report_named(&self, amount: i64, named: &[&RefundView]) -> String {
        let refunds = named.iter().map(|r| (r.row.id, r.row.amount)).collect();
        let told = FakeGateway::paid_in(self.attempt, Money(amount));
        let event = GatewayEvent { kind: PaymentEventKind::Refunded, refunds, ..told };
        payment::apply_event(&self.b.ctx, "sandbox", &event).await.unwrap()
    }

    /// The gateway refuses until it is left alone.
    async fn give_up(&self, asked: &RefundView) {
        while payment::execute_refund(&self.b.ctx, asked.row.id).await.is_err() {}
        assert_eq!(self.view(asked).await.row.status, RefundStatus::Failed);
    }
}

fn proof(reference: &str) -> RefundProof {
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
async fn all_sent_back_at_the_gateway_beside_a_refund_by_hand_is_for_a_person() {
    on_each_database(|shop| async move {
        let p = paid(&shop).await;
        let asked = p.approved().await;
        shop.gateway.is_down.store(true, Ordering::Relaxed);
        p.give_up(&asked).await;
        refund::by_hand(&shop.ctx, &p.finance, asked.row.id).await.unwrap();
        refund::complete(&shop.ctx, &p.finance, asked.row.id, proof("BCA-1")).await.unwrap();
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
        let p = paid(&shop).await;
        let asked = p.approved().await;
        shop.gateway.is_down.store(true, Ordering::Relaxed);
        p.give_up(&asked).await;
        refund::by_hand(&shop.ctx, &p.finance, asked.row.id).await.unwrap();
        refund::complete(&shop.ctx, &p.finance, asked.row.id, proof("BCA-1")).await.unwrap();
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
