//! Every figure and every balance leads to the entries it is the sum of, on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod buying;

use buying::{Buying, refusal};
use bytes::Bytes;
use chrono::{NaiveDate, TimeDelta};
use domain::desk::{Approval, ProofInput};
use domain::finance::{Figure, FinanceFilter, ReportFigures};
use domain::ledger::LedgerKind;
use domain::payment::{Attempt, PaymentEventKind, RefundStatus};
use domain::payout::{BatchInput, PayoutAccountInput, PayoutInput, PayoutReference};
use domain::rate::{RateInput, RateKind, TaxMode, TaxRule};
use domain::refund::{DisputeOutcome, DisputeResolution, RefundInput, RefundLineInput};
use domain::settlement::ColumnNames;
use domain::{Error, Money, PageRequest};
use service::export::Format;
use service::fixture::{Shop, on_each_database};
use service::port::GatewayEvent;
use service::settlement::Report;
use service::{Actor, desk, finance, order, payment, payout, rate, refund, settlement, statement, store};

/// Pages small enough that there are several.
fn page(number: i64) -> PageRequest {
    PageRequest::new(Some(number), Some(5)).unwrap()
}

/// Days of trade like the demo's: commission and taxes, a refund after delivery, a payment that came
/// twice, a transfer's suffix that stays, cash at the door, a gateway's report with its fee, a payout.
async fn trade(shop: &Shop) -> (Buying, Actor) {
    let b = Buying::two_stores(shop).await;
    let ctx = &shop.ctx;
    let (admin, fitri) = (shop.staff("Ani", "admin").await.unwrap(), shop.staff("Fitri", "finance").await.unwrap());
    for (kind, basis_points) in [(RateKind::Commission, 1_000), (RateKind::CommissionTax, 1_100)] {
        let input = RateInput { kind, category_id: None, store_id: None, basis_points: Some(basis_points) };
        rate::set(ctx, &admin, input).await.unwrap();
    }
    store::set_tax(ctx, &b.sellers[0], TaxRule { mode: TaxMode::Included, basis_points: 1_100 }).await.unwrap();
    for seller in &b.sellers {
        let account = PayoutAccountInput { bank: "BCA".into(), account_number: "1234567890".into(), holder: "Budi".into() };
        payout::set_account(ctx, seller, account).await.unwrap();
    }

    // By the gateway, twice.
    let first = b.pay("a").await;
    let twice = GatewayEvent {
        attempt: Some(Attempt::first(first.payment.id)),
        reference: "once-more".into(),
        kind: PaymentEventKind::Paid,
        amount: first.payment.amount,
        refunds: vec![],
    };
    payment::apply_event(ctx, "sandbox", &twice).await.unwrap();
    b.refund_all().await;
    let numbers = b.numbers_by_seller(&first);
    b.deliver(0, &numbers[0]).await;
    b.deliver(1, &numbers[1]).await;

    shop.advance(TimeDelta::days(1));
    // By transfer; by cash at the door.
    b.fill_cart(&[1]).await;
    let second = b.place_by("b", "manual_transfer").await.payment;
    let amount = second.transfer.as_ref().unwrap().amount;
    let proof = ProofInput { amount, sender_name: "Budi".into(), sender_bank: "BCA".into() };
    desk::submit(ctx, &b.buyer, second.id, proof, Bytes::from_static(b"%PDF-1.7\n%%EOF\n")).await.unwrap();
    let agent = shop.staff("Citra", "cs1").await.unwrap();
    desk::claim(ctx, &agent, second.id).await.unwrap();
    desk::approve(ctx, &agent, second.id, Approval { amount: None, proof_id: None }).await.unwrap();
    b.deliver(0, &second.orders[0]).await;
    b.fill_cart(&[1]).await;
    let third = b.place_by("c", "cod").await;
    b.ship(0, &third.orders[0].number).await;
    order::mark_delivered(ctx, &b.sellers[0], &third.orders[0].number).await.unwrap();

    // The first store draws all it has, and then gives a sale back.
    let amount = payout::balance(ctx, &b.sellers[0]).await.unwrap().available;
    let drawn = payout::request(ctx, &b.sellers[0], PayoutInput { amount }).await.unwrap();
    let line = order::find(ctx, &b.buyer, &numbers[0]).await.unwrap().items[0].id;
    let lines = vec![RefundLineInput { line_id: line, quantity: 1, amount: None }];
    let input = RefundInput { lines, shipping: Money::ZERO, note: "cacat".into(), restock: false };
    let asked = refund::request_as_seller(ctx, &b.sellers[0], &numbers[0], input).await.unwrap();
    refund::approve(ctx, &fitri, asked.row.id).await.unwrap();
    b.refund_all().await;
    // A bank takes a part back, and keeps it.
    let taken = GatewayEvent { reference: "cb-1".into(), kind: PaymentEventKind::Disputed, amount: Money(5_000), ..twice };
    assert_eq!(payment::apply_event(ctx, "sandbox", &taken).await.unwrap(), "disputed");
    let dispute = refund::disputes(ctx, &fitri, true, PageRequest::default()).await.unwrap().items.remove(0);
    let outcome = DisputeOutcome::ChargebackLost;
    let lost = DisputeResolution { resolution: "kalah".into(), outcome, amount: None, order: None };
    refund::resolve(ctx, &fitri, dispute.id, lost).await.unwrap();

    shop.advance(TimeDelta::days(1));
    let line = format!("{},{},2000\n", first.payment.id, first.payment.amount.0);
    let text = format!("payment_id,gross_amount,fee\n{line}{line}");
    let columns = ColumnNames::default();
    let report = Report { gateway: "sandbox".into(), file_name: "laporan.csv".into(), bytes: text.into(), columns };
    assert_eq!(settlement::import(ctx, &fitri, report).await.unwrap().matched, 2);
    payout::approve(ctx, &fitri, drawn.id).await.unwrap();
    payout::create_batch(ctx, &fitri, BatchInput { payouts: vec![drawn.id] }).await.unwrap();
    payout::settle(ctx, &fitri, drawn.id, PayoutReference { reference: "BCA-1".into() }).await.unwrap();
    b.verify().await;
    (b, fitri)
}

/// What the transactions behind a figure add up to: the total, which the pages of rows agree with.
async fn linked(shop: &Shop, fitri: &Actor, filter: &FinanceFilter) -> Money {
    let query = filter.transactions().unwrap();
    let (mut sum, mut number) = (0, 1);
    loop {
        let found = finance::transactions(&shop.ctx, fitri, &query, page(number)).await.unwrap();
        sum += found.page.items.iter().map(|row| row.amount.0).sum::<i64>();
        if found.page.page >= found.page.last() {
            assert_eq!(Money(sum), found.totals.amount, "{filter:?}");
            let sides = found.totals.sides.unwrap();
            assert_eq!(sides.debit.0 - sides.credit.0, sum);
            return Money(sum);
        }
        number += 1;
    }
}

async fn check(shop: &Shop, fitri: &Actor, days: (NaiveDate, NaiveDate), gateway: Option<&str>, figures: &ReportFigures) {
    let columns = if gateway.is_some() { &Figure::OF_GATEWAYS[..] } else { &Figure::ALL[..] };
    for figure in Figure::ALL {
        if !columns.contains(&figure) {
            assert_eq!(figures.of(figure), Money::ZERO, "{figure:?} of {gateway:?} has no cell");
            continue;
        }
        let sum = linked(shop, fitri, &figure.filter(days, gateway)).await;
        let sum = if figure.is_debit() { sum.0 } else { -sum.0 };
        assert_eq!(figures.of(figure), Money(sum), "{figure:?} {days:?} {gateway:?}");
    }
}

#[tokio::test]
async fn every_figure_is_the_sum_of_what_it_leads_to() {
    on_each_database(|shop| async move {
        let (_b, fitri) = trade(&shop).await;
        for (period, from) in [("day", "2026-11-20"), ("month", "2026-10-15")] {
            let filter = FinanceFilter { period: Some(period.into()), from: Some(from.into()), ..Default::default() };
            let report = finance::report(&shop.ctx, &fitri, &filter).await.unwrap();
            for figure in Figure::ALL {
                assert_ne!(report.total.of(figure), Money::ZERO, "{figure:?} is put to the test");
            }
            assert_eq!(report.total.fees, Money(4_000));
            check(&shop, &fitri, (report.from, report.to), None, &report.total).await;
            for row in &report.rows {
                check(&shop, &fitri, report.days(row.date), None, &row.figures).await;
            }
            assert_eq!(report.gateways.len(), 2);
            for row in &report.gateways {
                check(&shop, &fitri, (report.from, report.to), Some(&row.gateway), &row.figures).await;
            }
        }
        // The file of a figure's transactions has the same amounts.
        let fees = FinanceFilter { account: Some("gateway_fee".into()), ..Default::default() };
        let file = finance::export_transactions(&shop.ctx, &fitri, &fees.transactions().unwrap(), Format::Csv).await.unwrap();
        let text = String::from_utf8(file.bytes).unwrap();
        assert!(text.lines().count() == 3 && text.matches(",sandbox,2000,").count() == 2, "{text}");
    })
    .await;
}

#[tokio::test]
async fn every_balance_is_the_sum_of_its_entries_and_negative_ones_are_found() {
    on_each_database(|shop| async move {
        let (b, fitri) = trade(&shop).await;
        let ctx = &shop.ctx;
        let lines = |filter: FinanceFilter, is_negative: bool| {
            let fitri = fitri.clone();
            async move {
                let query = filter.balances(is_negative).unwrap();
                let (mut lines, mut number) = (vec![], 1);
                loop {
                    let found = finance::lines(ctx, &fitri, &query, page(number)).await.unwrap();
                    lines.extend(found.items.clone());
                    if number as u64 >= found.last() {
                        assert_eq!(lines.len() as u64, found.total);
                        return lines;
                    }
                    number += 1;
                }
            }
        };
        let all = lines(FinanceFilter::default(), false).await;
        assert!(all.windows(2).all(|two| two[0].balance.0.abs() >= two[1].balance.0.abs()), "the largest first");
        for line in &all {
            let filter = FinanceFilter {
                account: Some(line.account.to_string()),
                store: line.store.as_ref().map(|s| s.slug.clone()),
                gateway: line.gateway.clone(),
                ..Default::default()
            };
            let sides = finance::entry_sums(ctx, &fitri, &filter.ledger().unwrap()).await.unwrap();
            assert_eq!(sides.debit.0 - sides.credit.0, line.balance.0, "{line:?}");
        }
        for total in finance::balances(ctx, &fitri).await.unwrap() {
            let sum: i64 = all.iter().filter(|l| l.account == total.account).map(|l| l.balance.0).sum();
            assert_eq!(total.balance, Money(sum), "{}", total.account);
        }

        // The store that drew its money before it gave a sale back; and the gateway that paid out what it
        // had sent back to a buyer.
        let negative = lines(FinanceFilter::default(), true).await;
        assert!(negative.iter().all(|l| l.is_negative));
        assert_eq!(negative.len(), all.iter().filter(|l| l.is_negative).count());
        let payable = FinanceFilter { account: Some("seller_payable".into()), ..Default::default() };
        let owing = lines(payable, true).await;
        assert_eq!(owing.iter().filter_map(|l| l.store.as_ref()).map(|s| s.slug.as_str()).collect::<Vec<_>>(), ["toko-satu"]);
        let told = statement::of_store(ctx, &fitri, "toko-satu", None).await.unwrap();
        assert_eq!(told.closing, Money(-owing[0].balance.0), "its statement ends with it");
        let file = statement::download_of_store(ctx, &fitri, "toko-satu", None, statement::Kind::Table(Format::Csv)).await;
        assert!(String::from_utf8(file.unwrap().bytes).unwrap().contains(&told.closing.0.to_string()));

        // Days, and the file.
        let day = |from: &str, to: &str| FinanceFilter { from: Some(from.into()), to: Some(to.into()), ..Default::default() };
        let of_days = |filter: FinanceFilter| {
            let fitri = fitri.clone();
            async move { finance::entries(ctx, &fitri, &filter.ledger().unwrap(), page(1)).await.unwrap().total }
        };
        let (first, later, whole) = (day("2026-11-21", "2026-11-21"), day("2026-11-22", "2026-11-30"), FinanceFilter::default());
        let counts = [of_days(first.clone()).await, of_days(later).await];
        assert!(counts.iter().all(|n| *n > 0));
        assert_eq!(counts.iter().sum::<u64>(), of_days(whole).await);
        let none = FinanceFilter { store: Some("tidak-ada".into()), ..Default::default() };
        assert_eq!(of_days(none).await, 0);
        let file = finance::export_ledger(ctx, &fitri, &first.ledger().unwrap(), Format::Csv).await.unwrap();
        assert_eq!(String::from_utf8(file.bytes).unwrap().lines().count() as u64, counts[0] + 1);

        for stranger in [&b.buyer, &b.sellers[0]] {
            let query = FinanceFilter::default();
            assert_eq!(refusal(finance::lines(ctx, stranger, &query.balances(false).unwrap(), page(1)).await).status(), 403);
            assert_eq!(refusal(finance::entry_sums(ctx, stranger, &query.ledger().unwrap()).await).status(), 403);
            assert_eq!(refusal(finance::export_ledger(ctx, stranger, &query.ledger().unwrap(), Format::Csv).await).status(), 403);
            assert_eq!(refusal(statement::of_store(ctx, stranger, "toko-satu", None).await).status(), 403);
        }
    })
    .await;
}

#[tokio::test]
async fn an_order_is_found_with_all_its_payment_moved() {
    on_each_database(|shop| async move {
        let (b, fitri) = trade(&shop).await;
        let find = |q: &str| {
            let (fitri, filter) = (fitri.clone(), FinanceFilter { q: Some(q.into()), ..Default::default() });
            let ctx = &shop.ctx;
            async move {
                let size = PageRequest::new(None, Some(100)).unwrap();
                let found = finance::transactions(ctx, &fitri, &filter.transactions().unwrap(), size).await.unwrap();
                found.page.items
            }
        };
        let orders = order::mine(&shop.ctx, &b.buyer, &Default::default()).await.unwrap().items;
        let first = orders.iter().min_by_key(|o| (o.placed_at, o.total)).unwrap();
        let of_order = find(&first.number).await;
        let kinds: Vec<LedgerKind> = of_order.iter().map(|row| row.kind).collect();
        for kind in
            [LedgerKind::Charge, LedgerKind::Release, LedgerKind::UnexpectedMoney, LedgerKind::RefundPaid, LedgerKind::Settlement]
        {
            assert!(kinds.contains(&kind), "{kind} of {kinds:?}");
        }
        assert!(of_order.iter().all(|row| row.order_number.as_ref().is_none_or(|n| *n == first.number)), "no other order's");
        let of_payment = find(&first.payment_id.to_string()).await;
        assert!(of_payment.len() > of_order.len(), "the payment's other order is there too");
        assert!(of_order.iter().all(|row| of_payment.contains(row)));
    })
    .await;
}

#[tokio::test]
async fn refunds_that_wait_are_counted_for_finance_only() {
    on_each_database(|shop| async move {
        let (b, fitri) = (Buying::two_stores(&shop).await, shop.staff("Fitri", "finance").await.unwrap());
        b.fill_cart(&[1]).await;
        let number = b.numbers_by_seller(&b.pay("a").await)[0].clone();
        let line_id = order::find(&b.ctx, &b.buyer, &number).await.unwrap().items[0].id;
        assert!(refund::waiting(&b.ctx, &fitri).await.unwrap().is_empty());
        let lines = vec![RefundLineInput { line_id, quantity: 1, amount: None }];
        let input = RefundInput { lines, shipping: Money::ZERO, note: "cacat".into(), restock: false };
        let asked = refund::request_as_seller(&b.ctx, &b.sellers[0], &number, input).await.unwrap();
        assert_eq!(refund::waiting(&b.ctx, &fitri).await.unwrap(), [(RefundStatus::Waiting, 1)]);
        refund::approve(&b.ctx, &fitri, asked.row.id).await.unwrap();
        assert_eq!(refund::waiting(&b.ctx, &fitri).await.unwrap(), [(RefundStatus::Requested, 1)]);
        b.refund_all().await;
        assert!(refund::waiting(&b.ctx, &fitri).await.unwrap().is_empty(), "what was sent waits for nobody");
        assert_eq!(refusal(refund::waiting(&b.ctx, &b.buyer).await), Error::Forbidden);
    })
    .await;
}
