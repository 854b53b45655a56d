//! Reports with refunds, and payments that were paid twice.

use crate::buying::Buying;
use crate::{Paid, paid};
use domain::ledger::AccountKind;
use domain::payment::PaymentEventKind;
use domain::refund::{DisputeOutcome, DisputeResolution};
use domain::settlement::{ColumnNames, ImportView, LineOutcome};
use domain::{Money, PageRequest};
use service::fixture::{FakeGateway, on_each_database};
use service::port::GatewayEvent;
use service::settlement::Report;
use service::{payment, refund, settlement};
use std::sync::atomic::Ordering;

async fn import(p: &Paid, rows: &str) -> ImportView {
    let columns = ColumnNames::default();
    let text = format!("order_id,gross_amount,fee\n{rows}");
    let report = Report { gateway: "sandbox".into(), file_name: "laporan.csv".into(), bytes: text.into(), columns };
    settlement::import(&p.b.ctx, &p.finance, report).await.unwrap()
}

fn outcomes(import: &ImportView) -> [i64; 4] {
    [import.matched, import.amount_differs, import.unknown, import.repeated]
}

#[tokio::test]
async fn a_payment_paid_twice_is_settled_line_by_line() {
    on_each_database(|shop| async move {
        let p = paid(&shop).await;
        let (id, amount) = (p.placed.payment.id, p.placed.payment.amount.0);
        let again = GatewayEvent { reference: "pay-twice".into(), ..FakeGateway::paid(id, Money(amount)) };
        assert_eq!(payment::apply_event(&shop.ctx, "sandbox", &again).await.unwrap(), "double_payment");
        let open = || settlement::unsettled(&shop.ctx, &p.finance, Some("sandbox"), PageRequest::default());
        assert_eq!(open().await.unwrap().total, 2);
        let done = import(&p, &format!("{id},{amount},0\n{id},{},0\n", amount - 1)).await;
        assert_eq!(outcomes(&done), [1, 1, 0, 0]);
        assert_eq!(open().await.unwrap().total, 1);
        p.b.verify().await;
        // The second payment by its own name, and once more.
        let done = import(&p, &format!("pay-twice,{amount},500\n{id},{amount},0\n")).await;
        assert_eq!(outcomes(&done), [1, 0, 0, 1]);
        assert_eq!((p.balance(AccountKind::GatewayClearing).await, p.balance(AccountKind::Bank).await), (0, 2 * amount - 500));
        p.b.refund_all().await;
        p.b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn refunds_in_a_report_are_matched_and_taken_off_the_bank() {
    on_each_database(|shop| async move {
        let p = paid(&shop).await;
        let (id, amount) = (p.placed.payment.id, p.placed.payment.amount.0);
        let (first, second) = (p.approved(0, 30_000).await, p.approved(1, 20_000).await);
        p.b.refund_all().await;
        let open = async |gateway| {
            let open = settlement::unsettled(&shop.ctx, &p.finance, gateway, PageRequest::default()).await.unwrap();
            assert_eq!(open.total as usize, open.items.len());
            open.items.into_iter().map(|row| row.amount.0).collect::<Vec<_>>()
        };
        let mut unsettled = open(Some("sandbox")).await;
        assert_eq!(unsettled.iter().sum::<i64>(), p.balance(AccountKind::GatewayClearing).await);
        unsettled.sort();
        assert_eq!(unsettled, [-30_000, -20_000, amount]);
        assert_eq!((open(None).await.len(), open(Some("midtrans")).await.len()), (3, 0));
        // With the payment's name, with the gateway's name of the refund, and one we know nothing of.
        let text = format!("{id},{amount},1000\n{id},-30000,0\nrefund-{},-20000,250\n{id},-7000,0\n", second.row.id);
        let done = import(&p, &text).await;
        assert_eq!(outcomes(&done), [3, 1, 0, 0]);
        assert_eq!((done.gross.0, done.fee.0), (amount - 50_000, 1_250));
        assert_eq!(p.balance(AccountKind::GatewayClearing).await, 0);
        assert_eq!(p.balance(AccountKind::Bank).await, amount - 51_250);
        assert!(open(None).await.is_empty());
        let (_, lines) =
            settlement::lines(&shop.ctx, &p.finance, done.id, Some(LineOutcome::AmountDiffers), PageRequest::default())
                .await
                .unwrap();
        assert_eq!((lines.items[0].gross, lines.items[0].expected), (Money(-7_000), Some(Money::ZERO)));
        p.b.verify().await;
        let again = import(&p, &format!("{id},-30000,0\n{},-20000,0\n", second.row.id)).await;
        assert_eq!(outcomes(&again), [0, 0, 0, 2]);
        assert_eq!(first.row.amount, Money(30_000));
        p.b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn a_report_without_signs_says_by_kind_what_went_back() {
    on_each_database(|shop| async move {
        let p = paid(&shop).await;
        let (id, amount) = (p.placed.payment.id, p.placed.payment.amount.0);
        // All of it, on the gateway's own pages: we book it order by order.
        assert_eq!(p.say(PaymentEventKind::Refunded, amount, "r-1").await, "checked");
        let text = format!("Order ID,Type,Amount,Net\n{id},payment,{amount},{}\n{id},Refund,{amount},{amount}\n", amount - 700);
        let columns = ColumnNames::default();
        let report = Report { gateway: "sandbox".into(), file_name: "a.csv".into(), bytes: text.into(), columns };
        let done = settlement::import(&shop.ctx, &p.finance, report).await.unwrap();
        assert_eq!(outcomes(&done), [2, 0, 0, 0]);
        assert_eq!((p.balance(AccountKind::GatewayClearing).await, p.balance(AccountKind::Bank).await), (0, -700));
        p.b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn what_a_person_sends_leaves_our_bank_and_not_the_gateway() {
    on_each_database(|shop| async move {
        let p = paid(&shop).await;
        let amount = p.placed.payment.amount.0;
        shop.gateway.is_down.store(true, Ordering::Relaxed);
        let taken = p.approved(0, 30_000).await;
        // Until it is given up.
        while payment::execute_refund(&shop.ctx, taken.row.id).await.is_err() {}
        refund::by_hand(&shop.ctx, &p.finance, taken.row.id).await.unwrap();
        p.complete(&taken).await;
        assert_eq!(p.balance(AccountKind::GatewayClearing).await, amount, "all of it is still at the gateway");
        assert_eq!(p.balance(AccountKind::Bank).await, -30_000);
        p.b.verify().await;
        // The gateway knows nothing of it.
        let done = import(&p, &format!("{},-30000,0\n", p.placed.payment.id)).await;
        assert_eq!(outcomes(&done), [0, 1, 0, 0]);
        p.b.verify().await;
    })
    .await;
    for method in ["sandbox:bca_va", "cod"] {
        on_each_database(|shop| async move {
            let b = Buying::two_stores(&shop).await;
            let placed = b.place_by("k", method).await;
            if method != "cod" {
                let fact = FakeGateway::paid(placed.payment.id, placed.payment.amount);
                assert_eq!(payment::apply_event(&shop.ctx, "sandbox", &fact).await.unwrap(), "settled");
            }
            let numbers = b.numbers_by_seller(&placed);
            let p = Paid { numbers, placed, finance: shop.staff("Fitri", "finance").await.unwrap(), b };
            p.b.deliver(0, &p.numbers[0]).await;
            p.b.deliver(1, &p.numbers[1]).await;
            let before = (p.balance(AccountKind::GatewayClearing).await, p.balance(AccountKind::Bank).await);
            p.complete(&p.approved(0, 30_000).await).await;
            let after = (p.balance(AccountKind::GatewayClearing).await, p.balance(AccountKind::Bank).await);
            assert_eq!(after, (before.0, before.1 - 30_000), "{method}");
            p.b.verify().await;
        })
        .await;
    }
}

#[tokio::test]
async fn a_chargeback_in_a_report_is_the_one_that_was_lost() {
    on_each_database(|shop| async move {
        let p = paid(&shop).await;
        let (id, amount) = (p.placed.payment.id, p.placed.payment.amount.0);
        assert_eq!(p.say(PaymentEventKind::Disputed, amount, "cb-1").await, "disputed");
        let input =
            DisputeResolution { resolution: "kalah".into(), outcome: DisputeOutcome::ChargebackLost, amount: None, order: None };
        refund::resolve(&shop.ctx, &p.finance, p.disputed().await.id, input).await.unwrap();
        let open = async || settlement::unsettled(&shop.ctx, &p.finance, None, PageRequest::default()).await.unwrap();
        assert_eq!(open().await.items.iter().map(|row| row.amount.0).collect::<Vec<_>>(), [amount, -amount]);
        let done = import(&p, &format!("{id},{amount},0\ncb-1,-{amount},15000\n{id},-{amount},0\n")).await;
        assert_eq!(open().await.total, 0);
        assert_eq!(outcomes(&done), [2, 0, 0, 1]);
        assert_eq!((p.balance(AccountKind::GatewayClearing).await, p.balance(AccountKind::Bank).await), (0, -15_000));
        p.b.verify().await;
    })
    .await;
}
