//! What may be asked for, who decides it, and that it is decided once.

use crate::buying::refusal;
use crate::{of, paid};
use domain::id::OrderLineId;
use domain::order::CancelInput;
use domain::payment::RefundStatus;
use domain::refund::{RefundInput, RefundLineInput, RefundRejection, RefundView};
use domain::{Conflict, Error, Money};
use entity::{audit_entry, payment_split, refund as refunds};
use futures::future::join_all;
use sea_orm::{EntityTrait, PaginatorTrait};
use service::fixture::on_each_database;
use service::{order, refund};

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
        assert_eq!(good.len(), 6, "two units were sold for 200 000");
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

/// Something is taken off for a scratch, and in the end the goods come back.
#[tokio::test]
async fn money_of_a_unit_may_go_back_twice_the_unit_comes_back_once() {
    on_each_database(|shop| async move {
        let p = paid(&shop).await;
        p.b.deliver(0, &p.numbers[0]).await;
        let ask = |quantity, amount: Option<i64>, restock| {
            let lines = vec![RefundLineInput { line_id: p.line, quantity, amount: amount.map(Money) }];
            p.ask(RefundInput { lines, restock, ..of(p.line, 1) })
        };
        let limit = |error: Error| (error.fields()[0].field.clone(), error.fields()[0].limit);
        p.approve(&ask(2, Some(10_000), false).await.unwrap()).await;
        p.approve(&ask(1, None, true).await.unwrap()).await;
        assert_eq!(limit(refusal(ask(2, Some(1_000), true).await)), ("lines[0].quantity".into(), Some(1)));
        let rest = ask(1, None, true).await.unwrap();
        assert_eq!(rest.row.amount, Money(90_000));
        p.approve(&rest).await;
        assert_eq!(p.b.stock(p.b.sold[0].variants[0]).await, (10, 0), "both are on the shelf again");
        assert_eq!(limit(refusal(ask(1, None, false).await)), ("lines[0].quantity".into(), Some(0)));
        p.b.refund_all().await;
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
