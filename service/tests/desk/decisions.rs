//! What the desk decides, and the money and stock behind it.

use crate::buying::{Buying, checkout_input, refusal};
use crate::{approval, balance, input, place, proof, prove, status};
use chrono::TimeDelta;
use domain::desk::{ProofInput, ProofStatus, Rejection};
use domain::ledger::AccountKind;
use domain::order::OrderStatus;
use domain::payment::{PaymentStatus, RefundStatus};
use domain::refund::{RefundInput, RefundLineInput, RefundProof};
use domain::store::StockPolicy;
use domain::{Conflict, Error, Money, PageRequest};
use entity::{audit_entry, payment_event, store};
use futures::future::join_all;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use service::fixture::{on_each_database, on_each_database_unverified};
use service::{Settings, cart, checkout, desk, order, payment, refund};

#[tokio::test]
async fn a_verified_transfer_pays_every_order() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let agent = shop.staff("Citra", "cs1").await.unwrap();
        let sent = prove(&b, "k").await;
        let asked = sent.transfer.clone().unwrap();
        assert_eq!(sent.status, PaymentStatus::AwaitingVerification);
        assert!((1..=999).contains(&(asked.amount.0 - sent.amount.0)));
        assert!(sent.instructions.unwrap().contains("1234567890"));
        for number in &sent.orders {
            assert_eq!(status(&b, number).await, OrderStatus::AwaitingVerification);
        }
        b.verify().await;
        // Time passes: a proof that waits is not cancelled under the agent's hands.
        shop.advance(TimeDelta::hours(30));
        assert_eq!(payment::auto_cancel(&shop.ctx).await.unwrap(), 0);

        let claimed = desk::claim(&shop.ctx, &agent, sent.id).await.unwrap();
        assert!(claimed.row.is_mine);
        assert_eq!((claimed.row.expected, claimed.row.stated), (asked.amount, asked.amount));
        let done = desk::approve(&shop.ctx, &agent, sent.id, approval(None)).await.unwrap();
        assert_eq!(done.row.status, ProofStatus::Approved);
        let paid = payment::find(&shop.ctx, &b.buyer, sent.id).await.unwrap();
        assert_eq!(paid.status, PaymentStatus::Paid);
        for number in &sent.orders {
            assert_eq!(status(&b, number).await, OrderStatus::Pending);
        }
        // The suffix stays in the house.
        assert_eq!(balance(&shop, AccountKind::Rounding).await, -(asked.amount.0 - sent.amount.0));
        b.verify().await;
        // Repeating it changes nothing; somebody else is told.
        desk::approve(&shop.ctx, &agent, sent.id, approval(None)).await.unwrap();
        let other = shop.staff("Dodi", "cs1").await.unwrap();
        let refused = refusal(desk::approve(&shop.ctx, &other, sent.id, approval(None)).await);
        assert_eq!(refused, Error::Conflict(Conflict::AlreadyDecided));
        assert_eq!(audit_entry::Entity::find().count(&shop.ctx.db).await.unwrap(), 1);
        b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn a_rejected_proof_may_be_sent_again() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let agent = shop.staff("Citra", "cs1").await.unwrap();
        let sent = prove(&b, "k").await;
        let again = desk::submit(&shop.ctx, &b.buyer, sent.id, input(Money(1)), proof(2)).await;
        assert_eq!(refusal(again), Error::Conflict(Conflict::ProofWaiting));
        shop.advance(TimeDelta::hours(30));
        let rejection = |reason: &str| Rejection { reason: reason.into(), proof_id: None };
        let refused = refusal(desk::reject(&shop.ctx, &agent, sent.id, rejection(" ")).await);
        assert_eq!(refused.fields()[0].field, "reason");
        desk::reject(&shop.ctx, &agent, sent.id, rejection("Bukti tidak terbaca")).await.unwrap();
        let view = payment::find(&shop.ctx, &b.buyer, sent.id).await.unwrap();
        assert_eq!((view.status, view.proof.unwrap().reason.unwrap().as_str()), (PaymentStatus::Pending, "Bukti tidak terbaca"));
        assert_eq!(status(&b, &sent.orders[0]).await, OrderStatus::PendingPayment);
        b.verify().await;
        // There is time to do better.
        assert_eq!(payment::auto_cancel(&shop.ctx).await.unwrap(), 0);
        let amount = sent.transfer.unwrap().amount;
        desk::submit(&shop.ctx, &b.buyer, sent.id, input(amount), proof(3)).await.unwrap();
        desk::approve(&shop.ctx, &agent, sent.id, approval(None)).await.unwrap();
        assert_eq!(status(&b, &sent.orders[0]).await, OrderStatus::Pending);
        b.verify().await;
    })
    .await;
}

/// Pictures of nothing must not keep goods from others for ever.
#[tokio::test]
async fn a_fourth_rejection_gives_no_more_time() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let agent = shop.staff("Citra", "cs1").await.unwrap();
        let sent = place(&b, &b.buyer, "k").await;
        for cancelled in [0, 0, 0, 1] {
            shop.advance(TimeDelta::hours(20));
            desk::submit(&shop.ctx, &b.buyer, sent.id, input(sent.amount), proof(1)).await.unwrap();
            shop.advance(TimeDelta::hours(20));
            let refused = Rejection { reason: "Bukan bukti transfer".into(), proof_id: None };
            desk::reject(&shop.ctx, &agent, sent.id, refused).await.unwrap();
            assert_eq!(payment::auto_cancel(&shop.ctx).await.unwrap(), cancelled);
        }
        assert_eq!(status(&b, &sent.orders[0]).await, OrderStatus::Cancelled);
        // Who did transfer still gets the money back.
        desk::submit(&shop.ctx, &b.buyer, sent.id, input(sent.amount), proof(2)).await.unwrap();
        b.verify().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_approvals_at_once_pay_once() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let mut agents = vec![];
        for n in 0..5 {
            agents.push(shop.staff(&format!("Petugas {n}"), "cs1").await.unwrap());
        }
        let sent = prove(&b, "k").await;
        let tries = (0..50).map(|n| {
            let (ctx, agent, id) = (shop.ctx.clone(), agents[n % 5].clone(), sent.id);
            tokio::spawn(async move { desk::approve(&ctx, &agent, id, approval(None)).await })
        });
        let answers: Vec<_> = join_all(tries).await.into_iter().map(|t| t.unwrap()).collect();
        let (good, bad): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
        // The agent who was first may have been first ten times.
        assert!((1..=10).contains(&good.len()), "{}", good.len());
        for refused in bad {
            assert_eq!(refusal(refused), Error::Conflict(Conflict::AlreadyDecided));
        }
        assert_eq!(audit_entry::Entity::find().count(&shop.ctx.db).await.unwrap(), 1);
        b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn too_little_goes_back_and_too_much_too() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let agent = shop.staff("Citra", "cs1").await.unwrap();
        let placed = place(&b, &b.buyer, "k").await;
        let stated = Money(placed.amount.0 - 5_000);
        desk::submit(&shop.ctx, &b.buyer, placed.id, input(stated), proof(1)).await.unwrap();
        // The agent must say that this really is what arrived.
        let refused = refusal(desk::approve(&shop.ctx, &agent, placed.id, approval(None)).await);
        assert!(matches!(refused, Error::Conflict(Conflict::AmountUnclear { .. })), "{refused:?}");
        desk::approve(&shop.ctx, &agent, placed.id, approval(Some(stated))).await.unwrap();
        assert_eq!(status(&b, &placed.orders[0]).await, OrderStatus::PendingPayment);
        assert_eq!(balance(&shop, AccountKind::RefundPayable).await, -stated.0);
        b.verify().await;

        let much = Money(placed.amount.0 + 50_000);
        let from_another = ProofInput { sender_name: "Siti".into(), sender_bank: "Mandiri".into(), ..input(much) };
        desk::submit(&shop.ctx, &b.buyer, placed.id, from_another, proof(2)).await.unwrap();
        desk::approve(&shop.ctx, &agent, placed.id, approval(Some(much))).await.unwrap();
        assert_eq!(status(&b, &placed.orders[0]).await, OrderStatus::Pending);
        assert_eq!(balance(&shop, AccountKind::RefundPayable).await, -(stated.0 + 50_000));
        b.verify().await;

        // No gateway sends it: finance does, each once.
        b.refund_all().await;
        let finance = shop.staff("Fitri", "finance").await.unwrap();
        let open = || refund::list(&shop.ctx, &finance, Some(RefundStatus::Requested), PageRequest::default());
        let refunds = open().await.unwrap().items;
        assert_eq!(refunds.iter().map(|r| r.amount.0).collect::<Vec<_>>(), [stated.0, 50_000]);
        // Each to whom it came from.
        let senders: Vec<_> = refunds.iter().map(|r| r.sender.as_deref().unwrap()).collect();
        assert_eq!(senders, ["BCA, Budi Santoso", "Mandiri, Siti"]);
        assert!(refunds.iter().all(|r| r.is_by_hand));
        for refund in &refunds {
            for _ in 0..2 {
                let proof = RefundProof { reference: format!("BCA-{}", refund.amount.0) };
                refund::complete(&shop.ctx, &finance, refund.id, proof).await.unwrap();
            }
        }
        assert_eq!(open().await.unwrap().total, 0);
        assert_eq!(balance(&shop, AccountKind::RefundPayable).await, 0);
        b.verify().await;
        let stranger = refusal(refund::list(&shop.ctx, &agent, None, PageRequest::default()).await);
        assert_eq!(stranger, Error::Forbidden);
    })
    .await;
}

#[tokio::test]
async fn what_the_buyer_claims_to_have_overpaid_is_not_believed() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let agent = shop.staff("Citra", "cs1").await.unwrap();
        let placed = place(&b, &b.buyer, "k1").await;
        let asked = placed.transfer.clone().unwrap().amount;
        // Ten times as much, of which nine tenths would be "owed back".
        let claimed = Money(asked.0 * 10);
        desk::submit(&shop.ctx, &b.buyer, placed.id, input(claimed), proof(1)).await.unwrap();
        let refused = refusal(desk::approve(&shop.ctx, &agent, placed.id, approval(None)).await);
        assert_eq!(refused, Error::Conflict(Conflict::AmountUnclear { expected: asked, stated: claimed }));
        assert_eq!(balance(&shop, AccountKind::RefundPayable).await, 0);
        desk::approve(&shop.ctx, &agent, placed.id, approval(Some(asked))).await.unwrap();
        assert_eq!(status(&b, &placed.orders[0]).await, OrderStatus::Pending);
        assert_eq!(balance(&shop, AccountKind::RefundPayable).await, 0, "what was found counts, not what was claimed");
        b.verify().await;
        // One rupiah beside what was asked for is another amount; the plain one is as good.
        b.fill_cart(&[1, 1]).await;
        let placed = place(&b, &b.buyer, "k2").await;
        let beside = Money(placed.transfer.unwrap().amount.0 + 1);
        desk::submit(&shop.ctx, &b.buyer, placed.id, input(beside), proof(2)).await.unwrap();
        let refused = refusal(desk::approve(&shop.ctx, &agent, placed.id, approval(None)).await);
        assert!(matches!(refused, Error::Conflict(Conflict::AmountUnclear { .. })), "{refused:?}");
        b.fill_cart(&[1, 1]).await;
        let placed = place(&b, &b.buyer, "k3").await;
        desk::submit(&shop.ctx, &b.buyer, placed.id, input(placed.amount), proof(3)).await.unwrap();
        desk::approve(&shop.ctx, &agent, placed.id, approval(None)).await.unwrap();
        assert_eq!(status(&b, &placed.orders[0]).await, OrderStatus::Pending);
        b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn who_was_refused_is_reminded_of_the_new_end() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let agent = shop.staff("Citra", "cs1").await.unwrap();
        let placed = place(&b, &b.buyer, "k").await;
        shop.advance(TimeDelta::hours(22));
        assert_eq!(payment::remind_unpaid(&shop.ctx).await.unwrap(), 1);
        desk::submit(&shop.ctx, &b.buyer, placed.id, input(placed.amount), proof(1)).await.unwrap();
        shop.advance(TimeDelta::hours(3));
        let refused = Rejection { reason: "Bukti tidak terbaca".into(), proof_id: None };
        desk::reject(&shop.ctx, &agent, placed.id, refused).await.unwrap();
        for (hours, reminded) in [(0, 0), (22, 1), (0, 0)] {
            shop.advance(TimeDelta::hours(hours));
            assert_eq!(payment::remind_unpaid(&shop.ctx).await.unwrap(), reminded);
        }
    })
    .await;
}

#[tokio::test]
async fn every_approved_proof_must_have_its_money_in_the_books() {
    let because = "it takes a part of the money away to see that it is missed";
    on_each_database_unverified(because, |shop| async move {
        let b = Buying::two_stores(&shop).await;
        let agent = shop.staff("Citra", "cs1").await.unwrap();
        let p = prove(&b, "k").await;
        // Too little the first time, all of it the second time.
        desk::approve(&b.ctx, &agent, p.id, approval(Some(Money(50_000)))).await.unwrap();
        desk::submit(&b.ctx, &b.buyer, p.id, input(p.transfer.as_ref().unwrap().amount), proof(2)).await.unwrap();
        desk::approve(&b.ctx, &agent, p.id, approval(None)).await.unwrap();
        b.verify().await;
        // As much as the larger of the two is still there.
        let less = payment_event::Entity::delete_many().filter(payment_event::Column::Amount.eq(50_000));
        assert_eq!(less.exec(&b.ctx.db).await.unwrap().rows_affected, 1);
        let found = service::verify::books(&b.ctx).await.unwrap();
        assert!(found.iter().any(|f| f.starts_with("approved proof whose money is not in the books")), "{found:?}");
    })
    .await;
}

#[tokio::test]
async fn stock_that_is_gone_at_verification_ends_the_order_and_owes_the_money() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let late = Expr::value(StockPolicy::DeductAtPayment);
        store::Entity::update_many().col_expr(store::Column::StockPolicy, late).exec(&shop.ctx.db).await.unwrap();
        let agent = shop.staff("Citra", "cs1").await.unwrap();
        let sent = prove(&b, "k").await;
        // Somebody else buys all shoes meanwhile.
        let fast = shop.customer("Siti").await.unwrap();
        let item = domain::cart::AddItem { variant_id: b.sold[0].variants[0], quantity: 10 };
        cart::add(&shop.ctx, &fast, item).await.unwrap();
        let placed = checkout::place(&shop.ctx, &fast, "k", checkout_input(&shop.ctx, &fast).await).await.unwrap().view;
        let paid = service::fixture::FakeGateway::paid(placed.payment.id, placed.payment.amount);
        payment::apply_event(&shop.ctx, "sandbox", &paid).await.unwrap();

        desk::approve(&shop.ctx, &agent, sent.id, approval(None)).await.unwrap();
        let mut found = vec![];
        for number in &sent.orders {
            found.push(status(&b, number).await);
        }
        found.sort();
        assert_eq!(found, [OrderStatus::Pending, OrderStatus::Cancelled]);
        assert!(balance(&shop, AccountKind::RefundPayable).await < 0);
        b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn large_amounts_need_two_agents() {
    on_each_database(|shop| async move {
        let mut b = Buying::two_stores(&shop).await;
        b.ctx.settings = Settings { second_approval_above: Money(100_000), ..Settings::clone(&shop.ctx.settings) }.into();
        let (one, two) = (shop.staff("Citra", "cs1").await.unwrap(), shop.staff("Dodi", "cs1").await.unwrap());
        let sent = prove(&b, "k").await;
        let half = desk::approve(&b.ctx, &one, sent.id, approval(None)).await.unwrap();
        assert_eq!((half.row.status, half.row.is_half_approved), (ProofStatus::Waiting, true));
        let again = refusal(desk::approve(&b.ctx, &one, sent.id, approval(None)).await);
        assert_eq!(again, Error::Conflict(Conflict::SecondApproverNeeded));
        assert_eq!(desk::claim_next(&b.ctx, &one, None).await.unwrap(), None);
        assert_eq!(desk::claim_next(&b.ctx, &two, None).await.unwrap(), Some(sent.id));
        let done = desk::approve(&b.ctx, &two, sent.id, approval(None)).await.unwrap();
        assert_eq!(done.row.status, ProofStatus::Approved);
        assert_eq!(audit_entry::Entity::find().count(&shop.ctx.db).await.unwrap(), 2);
        b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn only_finance_reads_where_the_money_came_from() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let agent = shop.staff("Citra", "cs1").await.unwrap();
        let (second, finance) = (shop.staff("Satria", "cs2").await.unwrap(), shop.staff("Fitri", "finance").await.unwrap());
        let sent = prove(&b, "k").await;
        desk::claim(&shop.ctx, &agent, sent.id).await.unwrap();
        desk::approve(&shop.ctx, &agent, sent.id, approval(None)).await.unwrap();
        let mut number = sent.orders[0].clone();
        if order::own_order(&shop.ctx, &b.sellers[0], &number).await.is_err() {
            number.clone_from(&sent.orders[1]);
        }
        let line = order::find(&shop.ctx, &b.buyer, &number).await.unwrap().items[0].id;
        let lines = vec![RefundLineInput { line_id: line, quantity: 1, amount: None }];
        let input = RefundInput { lines, shipping: Money::ZERO, note: "cacat".into(), restock: false };
        let asked = refund::request_as_seller(&shop.ctx, &b.sellers[0], &number, input).await.unwrap();
        let of_store = refund::of_own_order(&shop.ctx, &b.sellers[0], &number).await.unwrap();
        let of_desk = refund::of_desk_order(&shop.ctx, &second, &number).await.unwrap();
        for row in of_store.iter().chain(&of_desk).chain([&asked.row]) {
            assert_eq!((row.sender.as_deref(), row.has_failed), (None, false));
        }
        assert_eq!((of_store.len(), of_desk.len()), (1, 1));
        let told = refund::find(&shop.ctx, &finance, asked.row.id).await.unwrap();
        assert_eq!(told.row.sender.as_deref(), Some("BCA, Budi Santoso"));
    })
    .await;
}
