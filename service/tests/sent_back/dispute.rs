//! What comes of disputes.

use crate::buying::refusal;
use crate::{Paid, paid};
use domain::id::DisputeId;
use domain::ledger::AccountKind;
use domain::order::OrderStatus;
use domain::payment::PaymentEventKind;
use domain::refund::{DisputeOutcome, DisputeResolution, DisputeRow};
use domain::{Conflict, Error, Money};
use entity::{audit_entry, ledger_transaction};
use futures::future::join_all;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use service::fixture::on_each_database;
use service::{order, refund};

fn resolution(outcome: DisputeOutcome) -> DisputeResolution {
    DisputeResolution { resolution: "sudah diperiksa".into(), outcome, amount: None, order: None }
}

impl Paid {
    async fn resolve(&self, id: DisputeId, input: DisputeResolution) -> service::Result<DisputeRow> {
        refund::resolve(&self.b.ctx, &self.finance, id, input).await
    }

    async fn order_status(&self, order: usize) -> OrderStatus {
        order::find(&self.b.ctx, &self.b.buyer, &self.numbers[order]).await.unwrap().status
    }
}

#[tokio::test]
async fn a_lost_chargeback_is_paid_by_what_the_orders_have_left() {
    on_each_database(|shop| async move {
        let p = paid(&shop).await;
        let amount = p.placed.payment.amount.0;
        // One was released to its seller, the other one is still with us.
        p.b.deliver(0, &p.numbers[0]).await;
        let earned = -p.balance(AccountKind::SellerPayable).await;
        assert!(earned > 0);
        assert_eq!(p.say(PaymentEventKind::Disputed, amount, "cb-1").await, "disputed");
        let done = p.resolve(p.disputed().await.id, resolution(DisputeOutcome::ChargebackLost)).await.unwrap();
        assert_eq!((done.outcome, done.booked.0, done.loss), (Some(DisputeOutcome::ChargebackLost), amount, Money::ZERO));
        for account in [AccountKind::SellerPayable, AccountKind::Escrow, AccountKind::GatewayClearing, AccountKind::RefundPayable]
        {
            assert_eq!(p.balance(account).await, 0, "{account}");
        }
        assert_eq!(p.order_status(0).await, OrderStatus::Delivered);
        assert_eq!(p.order_status(1).await, OrderStatus::Cancelled, "what is not paid is not sent");
        assert!(shop.gateway.refunds().is_empty(), "nothing is sent a second time");
        p.b.refund_all().await;
        p.b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn what_had_gone_back_already_is_the_loss_of_the_platform() {
    on_each_database(|shop| async move {
        let p = paid(&shop).await;
        let (amount, first) = (p.placed.payment.amount.0, p.total(0).await);
        p.b.ship(0, &p.numbers[0]).await;
        p.approved(0, 100_000).await;
        p.b.refund_all().await;
        assert_eq!(p.say(PaymentEventKind::Disputed, amount, "cb-1").await, "disputed");
        let input = DisputeResolution {
            amount: Some(Money(first)),
            order: Some(p.numbers[0].clone()),
            ..resolution(DisputeOutcome::ChargebackLost)
        };
        let done = p.resolve(p.disputed().await.id, input).await.unwrap();
        assert_eq!((done.booked.0, done.loss), (first - 100_000, Money(100_000)));
        assert_eq!(p.balance(AccountKind::ChargebackLoss).await, 100_000);
        assert_eq!(p.balance(AccountKind::GatewayClearing).await, amount - 100_000 - first);
        let kept = ledger_transaction::Entity::find().filter(ledger_transaction::Column::Kind.eq("chargeback"));
        assert_eq!(kept.count(&shop.ctx.db).await.unwrap(), 2);
        p.b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn a_refund_made_on_the_gateways_pages_is_booked_and_not_sent_again() {
    on_each_database(|shop| async move {
        let p = paid(&shop).await;
        let amount = p.placed.payment.amount.0;
        assert_eq!(p.say(PaymentEventKind::Refunded, 25_000, "r-1").await, "checked");
        let id = p.disputed().await.id;
        let sent = |order: Option<usize>, amount: Option<i64>| DisputeResolution {
            order: order.map(|index| p.numbers[index].clone()),
            amount: amount.map(Money),
            ..resolution(DisputeOutcome::RefundSent)
        };
        let fields = |error: Error| error.fields().iter().map(|f| format!("{}:{}", f.field, f.code)).collect::<Vec<_>>();
        assert_eq!(fields(refusal(p.resolve(id, sent(None, None)).await)), ["order:required"]);
        let strange = DisputeResolution { order: Some("BLJ-0".into()), ..sent(None, None) };
        assert_eq!(fields(refusal(p.resolve(id, strange).await)), ["order:unknown_value"]);
        assert_eq!(fields(refusal(p.resolve(id, sent(Some(1), Some(25_001))).await)), ["amount:too_large"]);
        assert_eq!(p.balance(AccountKind::GatewayClearing).await, amount, "nothing is half booked");
        let done = p.resolve(id, sent(Some(1), None)).await.unwrap();
        assert_eq!(done.booked, Money(25_000));
        p.b.refund_all().await;
        assert!(shop.gateway.refunds().is_empty());
        assert_eq!(p.balance(AccountKind::GatewayClearing).await, amount - 25_000);
        assert_eq!(p.order_status(1).await, OrderStatus::Pending);
        // The gateway says it once more: known.
        assert_eq!(p.say(PaymentEventKind::Refunded, 25_000, "r-2").await, "nothing");
        p.b.verify().await;

        // No order has as much left.
        assert_eq!(p.say(PaymentEventKind::Refunded, amount, "r-3").await, "checked");
        let left = p.total(1).await - 25_000;
        let refused = refusal(p.resolve(p.disputed().await.id, sent(Some(1), None)).await);
        assert_eq!(refused, Error::Conflict(Conflict::RefundTooMuch { left: Money(left) }));
        p.b.verify().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_answers_one_counts() {
    on_each_database(|shop| async move {
        let p = paid(&shop).await;
        let amount = p.placed.payment.amount.0;
        assert_eq!(p.say(PaymentEventKind::Disputed, amount, "cb-1").await, "disputed");
        let id = p.disputed().await.id;
        let tries = (0..20).map(|n| {
            let (ctx, by) = (shop.ctx.clone(), p.finance.clone());
            let outcome = if n % 2 == 0 { DisputeOutcome::ChargebackLost } else { DisputeOutcome::Nothing };
            tokio::spawn(async move { refund::resolve(&ctx, &by, id, resolution(outcome)).await })
        });
        let answers: Vec<_> = join_all(tries).await.into_iter().map(|t| t.unwrap()).collect();
        assert_eq!(answers.iter().filter(|a| a.is_ok()).count(), 1);
        let told = audit_entry::Entity::find().filter(audit_entry::Column::Action.eq("dispute.resolve"));
        assert_eq!(told.count(&shop.ctx.db).await.unwrap(), 1);
        let stranger = refund::resolve(&shop.ctx, &p.b.buyer, id, resolution(DisputeOutcome::Nothing)).await;
        assert_eq!(refusal(stranger), Error::Forbidden);
        p.b.verify().await;
    })
    .await;
}
