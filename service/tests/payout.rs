//! Payouts, settlements and statements, on every database.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod buying;

use buying::{Buying, refusal};
use chrono::TimeDelta;
use domain::payout::{BatchInput, PayoutAccountInput, PayoutInput, PayoutReason, PayoutReference, PayoutStatus};
use domain::settlement::{ColumnNames, LineOutcome};
use domain::statement::StatementKind;
use domain::{Conflict, Error, Money, PageRequest};
use entity::{audit_entry, payout as table};
use futures::future::join_all;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use service::fixture::{FakeGateway, Shop, on_each_database};
use service::settlement::Report;
use service::statement::Kind;
use service::{Actor, Ctx, payment, payout, settlement, statement};

const PAGE: fn() -> PageRequest = PageRequest::default;

fn account(number: &str) -> PayoutAccountInput {
    PayoutAccountInput { bank: "BCA".into(), account_number: number.into(), holder: "=Budi Santoso".into() }
}

fn ask(amount: i64) -> PayoutInput {
    PayoutInput { amount: Money(amount) }
}

fn reason() -> PayoutReason {
    PayoutReason { reason: "rekening tutup".into() }
}

fn reference() -> PayoutReference {
    PayoutReference { reference: "BCA-1".into() }
}

/// Both sellers have sold and delivered, and named their accounts a day ago.
async fn with_balances(shop: &Shop) -> Buying {
    let buying = Buying::two_stores(shop).await;
    let placed = buying.pay("k").await;
    for (seller, number) in buying.numbers_by_seller(&placed).iter().enumerate() {
        buying.deliver(seller, number).await;
        payout::set_account(&shop.ctx, &buying.sellers[seller], account("1234567890")).await.unwrap();
    }
    shop.advance(TimeDelta::hours(24));
    buying
}

async fn available(ctx: &Ctx, seller: &Actor) -> i64 {
    payout::balance(ctx, seller).await.unwrap().available.0
}

#[tokio::test]
async fn a_payout_goes_from_the_balance_to_the_bank_once() {
    on_each_database(|shop| async move {
        let buying = with_balances(&shop).await;
        let (ctx, seller) = (&shop.ctx, &buying.sellers[0]);
        let fitri = shop.staff("Fitri", "finance").await.unwrap();
        let had = available(ctx, seller).await;
        assert!(had > 100_000);

        // What is refused leaves nothing behind.
        assert_eq!(refusal(payout::request(ctx, seller, ask(49_999)).await).status(), 422);
        let exceeds = refusal(payout::request(ctx, seller, ask(had + 1)).await);
        assert_eq!(exceeds, Error::Conflict(Conflict::PayoutExceeds { available: Money(had) }));
        assert_eq!(refusal(payout::request(ctx, &buying.buyer, ask(50_000)).await).status(), 403);
        let row = payout::request(ctx, seller, ask(60_000)).await.unwrap();
        assert_eq!(refusal(payout::request(ctx, seller, ask(50_000)).await), Error::Conflict(Conflict::PayoutOpen));
        assert_eq!(available(ctx, seller).await, had - 60_000);
        buying.verify().await;

        // Steps in their order, by whoever may.
        assert_eq!(refusal(payout::approve(ctx, seller, row.id).await).status(), 403);
        assert_eq!(refusal(payout::settle(ctx, &fitri, row.id, reference()).await).code(), "payout.invalid_state");
        let batch = BatchInput { payouts: vec![row.id] };
        assert_eq!(refusal(payout::create_batch(ctx, &fitri, batch.clone()).await).code(), "payout.invalid_state");
        payout::approve(ctx, &fitri, row.id).await.unwrap();
        let approved = payout::approve(ctx, &fitri, row.id).await.unwrap();
        assert_eq!((approved.status, approved.decided_by.as_deref()), (PayoutStatus::Approved, Some("Fitri")));
        let file = payout::create_batch(ctx, &fitri, batch).await.unwrap();
        assert_eq!((file.count, file.total, file.open), (1, Money(60_000), 1));
        let csv = String::from_utf8(payout::batch_file(ctx, &fitri, file.id).await.unwrap().bytes).unwrap();
        let line = csv.lines().nth(1).unwrap();
        assert_eq!(line, format!("BCA,1234567890,'=Budi Santoso,014,BCA,60000,IDR,Pencairan Belanjain,{}", row.number));
        assert_eq!(payout::settle_batch(ctx, &fitri, file.id, reference()).await.unwrap(), 1);
        assert_eq!(payout::settle_batch(ctx, &fitri, file.id, reference()).await.unwrap(), 0);
        let row = payout::find(ctx, &fitri, row.id).await.unwrap();
        assert_eq!((row.status, row.reference.as_deref()), (PayoutStatus::Settled, Some("BCA-1")));
        // Another transfer for it must not pass for the one that is known.
        assert!(payout::settle(ctx, &fitri, row.id, reference()).await.is_ok());
        let other = PayoutReference { reference: "BCA-2".into() };
        assert_eq!(refusal(payout::settle(ctx, &fitri, row.id, other).await).code(), "payout.invalid_state");
        assert_eq!(refusal(payout::refuse(ctx, &fitri, row.id, reason()).await).code(), "payout.invalid_state");
        buying.verify().await;

        // Refused or failed money is there again, and can be asked for again.
        let rest = had - 60_000;
        let second = payout::request(ctx, seller, ask(rest)).await.unwrap();
        payout::refuse(ctx, &fitri, second.id, reason()).await.unwrap();
        assert_eq!(available(ctx, seller).await, rest);
        let third = payout::request(ctx, seller, ask(rest)).await.unwrap();
        payout::approve(ctx, &fitri, third.id).await.unwrap();
        payout::create_batch(ctx, &fitri, BatchInput { payouts: vec![third.id] }).await.unwrap();
        let failed = payout::fail(ctx, &fitri, third.id, reason()).await.unwrap();
        assert_eq!((failed.status, failed.reason.as_deref()), (PayoutStatus::Failed, Some("rekening tutup")));
        assert_eq!(available(ctx, seller).await, rest);
        buying.verify().await;
        let trail = audit_entry::Entity::find().filter(audit_entry::Column::Subject.eq("payout"));
        assert_eq!(trail.count(&ctx.db).await.unwrap(), 5);
        // The other bank sends the first one back, days later.
        for _ in 0..2 {
            let back = payout::fail(ctx, &fitri, row.id, reason()).await.unwrap();
            assert_eq!((back.status, back.reason.as_deref()), (PayoutStatus::Failed, Some("rekening tutup")));
            assert_eq!(available(ctx, seller).await, had);
            buying.verify().await;
        }
        let lines = statement::find(ctx, seller, None).await.unwrap().lines;
        assert!(lines.iter().all(|line| line.kind != StatementKind::Other), "{lines:?}");
        let today = service::finance::report(ctx, &fitri, &Default::default()).await.unwrap();
        assert_eq!(today.total.paid_out, Money::ZERO);
    })
    .await;
}

#[tokio::test]
async fn twenty_requests_at_once_pay_once() {
    on_each_database(|shop| async move {
        let buying = with_balances(&shop).await;
        let (ctx, seller) = (&shop.ctx, &buying.sellers[0]);
        let fitri = shop.staff("Fitri", "finance").await.unwrap();
        let had = available(ctx, seller).await;
        let asked = join_all((0..20).map(|_| {
            let (ctx, seller) = (ctx.clone(), seller.clone());
            tokio::spawn(async move { payout::request(&ctx, &seller, ask(60_000)).await })
        }))
        .await;
        let made: Vec<_> = asked.into_iter().filter_map(|r| r.unwrap().ok()).collect();
        assert_eq!(made.len(), 1);
        assert_eq!(available(ctx, seller).await, had - 60_000);

        let id = made[0].id;
        let approved = join_all((0..20).map(|n| {
            let (ctx, fitri) = (ctx.clone(), fitri.clone());
            tokio::spawn(async move {
                match n % 2 {
                    0 => payout::approve(&ctx, &fitri, id).await.map(drop),
                    _ => payout::refuse(&ctx, &fitri, id, reason()).await.map(drop),
                }
            })
        }))
        .await;
        assert!(approved.into_iter().any(|r| r.unwrap().is_ok()));
        let row = payout::find(ctx, &fitri, id).await.unwrap();
        assert_eq!(row.status, PayoutStatus::Refused, "a refusal is possible until the file is made");
        assert_eq!(available(ctx, seller).await, had);
        buying.verify().await;

        // One payout is in one file only.
        let row = payout::request(ctx, seller, ask(60_000)).await.unwrap();
        payout::approve(ctx, &fitri, row.id).await.unwrap();
        let made = join_all((0..20).map(|_| {
            let (ctx, fitri) = (ctx.clone(), fitri.clone());
            tokio::spawn(async move { payout::create_batch(&ctx, &fitri, BatchInput { payouts: vec![row.id] }).await })
        }))
        .await;
        assert_eq!(made.into_iter().filter(|r| r.as_ref().unwrap().is_ok()).count(), 1);
        let settled = join_all((0..20).map(|_| {
            let (ctx, fitri) = (ctx.clone(), fitri.clone());
            tokio::spawn(async move { payout::settle(&ctx, &fitri, row.id, reference()).await })
        }))
        .await;
        assert!(settled.into_iter().all(|r| r.unwrap().is_ok()), "repeating changes nothing");
        assert_eq!(available(ctx, seller).await, had - 60_000);
        buying.verify().await;
    })
    .await;
}

#[tokio::test]
async fn a_changed_account_delays_payouts_and_stores_see_only_their_own() {
    on_each_database(|shop| async move {
        let buying = with_balances(&shop).await;
        let (ctx, [one, two]) = (&shop.ctx, [&buying.sellers[0], &buying.sellers[1]]);
        let changed = payout::set_account(ctx, one, account("9876543210")).await.unwrap();
        let fresh = refusal(payout::request(ctx, one, ask(60_000)).await);
        assert_eq!(fresh, Error::Conflict(Conflict::PayoutAccountFresh { until: changed.usable_from }));
        shop.advance(TimeDelta::hours(23));
        // The same again is no change: it does not delay.
        payout::set_account(ctx, one, account("9876 543 210")).await.unwrap();
        assert!(payout::request(ctx, one, ask(60_000)).await.is_err());
        shop.advance(TimeDelta::hours(1));
        let row = payout::request(ctx, one, ask(60_000)).await.unwrap();
        assert_eq!(row.account_number, "9876543210");
        let trail = audit_entry::Entity::find().filter(audit_entry::Column::Action.eq("payout.account"));
        assert_eq!(trail.count(&ctx.db).await.unwrap(), 3);

        assert_eq!(payout::own(ctx, one, PAGE()).await.unwrap().total, 1);
        assert_eq!(payout::own(ctx, two, PAGE()).await.unwrap().total, 0);
        assert_eq!(refusal(payout::find(ctx, two, row.id).await).status(), 403);
        assert_eq!(refusal(statement::of_store(ctx, two, "toko-satu", None).await).status(), 403);
        let other = statement::find(ctx, two, None).await.unwrap();
        assert!(other.lines.iter().all(|l| l.payout_number.is_none()), "{other:?}");
        // Whoever works in the store does not approve its payout, whatever else they may.
        let fitri = shop.staff("Fitri", "finance").await.unwrap();
        let mut both = fitri.clone();
        both.user.as_mut().unwrap().grants.extend(one.user.as_ref().unwrap().grants.clone());
        assert_eq!(refusal(payout::approve(ctx, &both, row.id).await), Error::Conflict(Conflict::OwnRequest));
        assert_eq!(table::Entity::find().count(&ctx.db).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_statement_explains_the_balance() {
    on_each_database(|shop| async move {
        let buying = with_balances(&shop).await;
        let (ctx, seller) = (&shop.ctx, &buying.sellers[0]);
        let row = payout::request(ctx, seller, ask(60_000)).await.unwrap();
        let november = statement::find(ctx, seller, Some("2026-11")).await.unwrap();
        assert_eq!(november.opening, Money::ZERO);
        assert_eq!(november.closing.0, available(ctx, seller).await);
        let kinds: Vec<StatementKind> = november.lines.iter().map(|l| l.kind).collect();
        assert_eq!(kinds, [StatementKind::Sale, StatementKind::Shipping, StatementKind::Payout]);
        assert_eq!(november.lines[0].amount, Money(100_000));
        assert_eq!(november.lines[2].payout_number.as_ref(), Some(&row.number));
        let december = statement::find(ctx, seller, Some("2026-12")).await.unwrap();
        assert_eq!((december.opening, december.lines.len()), (november.closing, 0));
        assert_eq!(refusal(statement::find(ctx, seller, Some("2026-13")).await).status(), 422);
        for (kind, magic) in [("pdf", b"%PDF".as_slice()), ("xlsx", b"PK"), ("csv", b"Waktu")] {
            let kind: Kind = kind.parse().unwrap();
            let file = statement::download(ctx, seller, Some("2026-11"), kind).await.unwrap();
            assert!(file.bytes.starts_with(magic), "{}", file.name);
        }
    })
    .await;
}

fn report(text: String) -> Report {
    let columns = ColumnNames::default();
    Report { gateway: "sandbox".into(), file_name: "laporan.csv".into(), bytes: text.into(), columns }
}

#[tokio::test]
async fn reports_of_gateways_are_matched_and_booked_once() {
    on_each_database(|shop| async move {
        let buying = Buying::two_stores(&shop).await;
        let ctx = &shop.ctx;
        let fitri = shop.staff("Fitri", "finance").await.unwrap();
        let first = buying.pay("a").await.payment;
        buying.fill_cart(&[1]).await;
        let second = buying.pay("b").await.payment;
        buying.fill_cart(&[1]).await;
        let third = buying.pay("c").await.payment;
        let text = format!(
            "\u{feff}Order ID;Gross Amount;Fee;Net Amount\r\n{};{};\"4.000\";{}\r\n{};{};0;{}\r\nTIDAK-ADA;5000;0;5000\r\n",
            first.id,
            first.amount.0,
            first.amount.0 - 4_000,
            second.id,
            second.amount.0 - 1,
            second.amount.0 - 1,
        );
        // A report is taken whole or not at all.
        let broken = settlement::import(ctx, &fitri, report(format!("{text}x;abc;0;0\r\n"))).await;
        assert_eq!(refusal(broken).fields()[0].field, "lines[5].gross");
        assert_eq!(refusal(settlement::import(ctx, &fitri, report("a,b\n1,2\n".into())).await).status(), 422);
        let unknown = Report { gateway: "antah".into(), ..report(text.clone()) };
        assert_eq!(refusal(settlement::import(ctx, &fitri, unknown).await).status(), 422);
        assert_eq!(settlement::imports(ctx, &fitri, PAGE()).await.unwrap().total, 0);

        let done = settlement::import(ctx, &fitri, report(text.clone())).await.unwrap();
        assert_eq!((done.matched, done.amount_differs, done.unknown, done.repeated), (1, 1, 1, 0));
        assert_eq!((done.gross, done.fee, done.is_repeat), (first.amount, Money(4_000), false));
        let balances = settlement::gateways(ctx, &fitri).await.unwrap();
        assert_eq!((balances[0].clearing.0, balances[0].fees), (second.amount.0 + third.amount.0, Money(4_000)));
        buying.verify().await;

        // The same file, or the same payment in another one, changes nothing.
        let again = settlement::import(ctx, &fitri, report(text)).await.unwrap();
        assert_eq!((again.id, again.is_repeat), (done.id, true));
        let corrected = format!("order_id,amount\n{},{}\n{},{}\n", first.id, first.amount.0, second.id, second.amount.0);
        let next = settlement::import(ctx, &fitri, report(corrected)).await.unwrap();
        assert_eq!((next.matched, next.repeated), (1, 1));
        let (_, lines) = settlement::lines(ctx, &fitri, done.id, Some(LineOutcome::AmountDiffers), PAGE()).await.unwrap();
        assert_eq!((lines.items[0].expected, lines.items[0].gross.0), (Some(second.amount), second.amount.0 - 1));
        let open = settlement::unsettled(ctx, &fitri, Some("sandbox"), PAGE()).await.unwrap();
        assert_eq!(open.items.iter().map(|u| u.payment_id).collect::<Vec<_>>(), [third.id]);
        buying.verify().await;

        // What could not be judged when it came is judged again: the second payment is settled by now, the
        // stranger's is still unknown.
        buying.fill_cart(&[1]).await;
        let late = buying.place("d").await.unwrap().view.payment;
        let text = format!("order_id,amount,fee\n{},{},100\nTIDAK-ADA,5000,0\n", late.id, late.amount.0);
        let early = settlement::import(ctx, &fitri, report(text.clone())).await.unwrap();
        assert_eq!((early.matched, early.unknown), (0, 2));
        let paid = FakeGateway::paid(late.id, late.amount);
        assert_eq!(payment::apply_event(ctx, "sandbox", &paid).await.unwrap(), "settled");
        for _ in 0..2 {
            let again = settlement::import(ctx, &fitri, report(text.clone())).await.unwrap();
            assert_eq!((again.id, again.matched, again.unknown, again.fee), (early.id, 1, 1, Money(100)));
            let open = settlement::unsettled(ctx, &fitri, Some("sandbox"), PAGE()).await.unwrap();
            assert_eq!(open.items.iter().map(|u| u.payment_id).collect::<Vec<_>>(), [third.id]);
            buying.verify().await;
        }
        let judged = audit_entry::Entity::find().filter(audit_entry::Column::Action.eq("settlement.again"));
        assert_eq!(judged.count(&ctx.db).await.unwrap(), 1);

        // Ten times at once: booked once.
        let text = format!("order_id,amount,fee\n{},{},100\n", third.id, third.amount.0);
        let imports = join_all((0..10).map(|n| {
            let (ctx, fitri) = (ctx.clone(), fitri.clone());
            let text = format!("{text}{}", "\n".repeat(n % 2));
            tokio::spawn(async move { settlement::import(&ctx, &fitri, report(text)).await })
        }))
        .await;
        assert!(imports.into_iter().any(|r| r.unwrap().is_ok()));
        let balances = settlement::gateways(ctx, &fitri).await.unwrap();
        assert_eq!((balances[0].clearing, balances[0].fees), (Money::ZERO, Money(4_200)));
        buying.verify().await;
        assert_eq!(refusal(settlement::imports(ctx, &buying.buyer, PAGE()).await).status(), 403);
    })
    .await;
}
