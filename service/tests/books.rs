//! Commission, tax and the ledger's own guards, on every database.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod buying;

use buying::{Buying, refusal};
use domain::identity::Permission;
use domain::ledger::{AccountKind, LedgerKind};
use domain::rate::{RateInput, RateKind, TaxMode, TaxRule};
use domain::store::{StockPolicy, StoreInput};
use domain::{Money, PageRequest};
use entity::{audit_entry, ledger_entry, ledger_transaction, order, order_line, product};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, TransactionTrait};
use serde_json::json;
use service::db::transact;
use service::fixture::{on_each_database, on_each_database_unverified};
use service::{Actor, Ctx, cart, finance, ledger, order as orders, rate, store};

async fn balance(ctx: &Ctx, account: AccountKind) -> i64 {
    let rows = ledger_entry::Entity::find().filter(ledger_entry::Column::Account.eq(account)).all(&ctx.db).await.unwrap();
    rows.iter().map(|r| r.amount.0).sum()
}

async fn sold(ctx: &Ctx, number: &str) -> (order::Model, Vec<order_line::Model>) {
    let order = order::Entity::find().filter(order::Column::Number.eq(number)).one(&ctx.db).await.unwrap().unwrap();
    let lines = order_line::Entity::find().filter(order_line::Column::OrderId.eq(order.id));
    let lines = lines.order_by_asc(order_line::Column::Position).all(&ctx.db).await.unwrap();
    (order, lines)
}

async fn set(ctx: &Ctx, admin: &Actor, input: RateInput) {
    rate::set(ctx, admin, input).await.unwrap();
}

fn platform(kind: RateKind, basis_points: i64) -> RateInput {
    RateInput { kind, category_id: None, store_id: None, basis_points: Some(basis_points) }
}

async fn set_tax(ctx: &Ctx, seller: &Actor, mode: TaxMode) {
    let input = StoreInput {
        name: "Toko".into(),
        description: String::new(),
        location: "Bandung".into(),
        is_open: true,
        stock_policy: StockPolicy::ReserveAtCheckout,
        tax: Some(TaxRule { mode, basis_points: 1_100 }),
    };
    let view = store::update(ctx, seller, input).await.unwrap();
    assert_eq!(view.tax.mode, mode);
}

#[tokio::test]
async fn commission_is_that_of_the_store_the_category_or_the_platform_and_stays_as_sold() {
    on_each_database(|shop| async move {
        let buying = Buying::two_stores(&shop).await;
        let ctx = &shop.ctx;
        let admin = shop.staff("Ani", "admin").await.unwrap();
        set(ctx, &admin, platform(RateKind::Commission, 100)).await;
        set(ctx, &admin, platform(RateKind::CommissionTax, 1_100)).await;
        let sold_by_two = product::Entity::find_by_id(buying.sold[1].product).one(&ctx.db).await.unwrap().unwrap();
        let category = RateInput { category_id: Some(sold_by_two.category_id), ..platform(RateKind::Commission, 300) };
        set(ctx, &admin, category.clone()).await;
        let one = buying.sellers[0].store(Permission::OrderView).unwrap();
        set(ctx, &admin, RateInput { store_id: Some(one), ..platform(RateKind::Commission, 255) }).await;
        let placed = buying.pay("k").await;
        let numbers = buying.numbers_by_seller(&placed);

        // Later rates do not touch what was sold.
        set(ctx, &admin, platform(RateKind::Commission, 9_000)).await;
        set(ctx, &admin, RateInput { basis_points: None, ..category }).await;
        let (first, lines) = sold(ctx, &numbers[0]).await;
        assert_eq!((first.commission, first.commission_tax), (Money(2_550), Money(281)), "the store's own rate");
        assert_eq!((lines[0].commission, lines[0].commission_bps), (Money(2_550), 255));
        let (second, _) = sold(ctx, &numbers[1]).await;
        assert_eq!(second.commission, Money(1_350), "the category's rate");
        buying.deliver(0, &numbers[0]).await;
        buying.deliver(1, &numbers[1]).await;
        assert_eq!(balance(ctx, AccountKind::Commission).await, -3_900);
        assert_eq!(balance(ctx, AccountKind::CommissionTax).await, -281 - second.commission_tax.0);
        assert_eq!(balance(ctx, AccountKind::Escrow).await, 0);
        assert_eq!(balance(ctx, AccountKind::Shipping).await, 0);
        buying.verify().await;

        // Only who sets prices may, everything is on record, nonsense is refused.
        let finance = shop.staff("Fitri", "finance").await.unwrap();
        assert!(rate::list(ctx, &finance).await.unwrap().iter().any(|r| r.basis_points == 9_000));
        assert_eq!(refusal(rate::set(ctx, &finance, platform(RateKind::Commission, 1)).await).status(), 403);
        assert_eq!(refusal(rate::list(ctx, &buying.buyer).await).status(), 403);
        assert_eq!(refusal(rate::set(ctx, &admin, platform(RateKind::Commission, 10_001)).await).status(), 422);
        let trail = audit_entry::Entity::find().filter(audit_entry::Column::Action.eq("rate.set"));
        assert_eq!(trail.count(&ctx.db).await.unwrap(), 6);
    })
    .await;
}

#[tokio::test]
async fn tax_is_in_the_prices_or_on_top_of_them() {
    on_each_database(|shop| async move {
        let buying = Buying::two_stores(&shop).await;
        let ctx = &shop.ctx;
        set_tax(ctx, &buying.sellers[0], TaxMode::Included).await;
        set_tax(ctx, &buying.sellers[1], TaxMode::Added).await;
        let cart = cart::view(ctx, &buying.buyer).await.unwrap();
        let taxes: Vec<i64> = cart.groups.iter().map(|g| g.tax.amount.0).collect();
        assert_eq!(taxes.iter().sum::<i64>(), 9_910 + 4_950, "{taxes:?}");
        assert_eq!(cart.total, Money(100_000 + 45_000 + 4_950));
        let placed = buying.pay("k").await;
        let numbers = buying.numbers_by_seller(&placed);
        let (included, lines) = sold(ctx, &numbers[0]).await;
        assert_eq!((included.tax, lines[0].tax), (Money(9_910), Money(9_910)));
        assert_eq!(included.total.0, included.items_total.0 + included.shipping_cost.0);
        let (added, _) = sold(ctx, &numbers[1]).await;
        assert_eq!((added.tax, added.tax_bps), (Money(4_950), 1_100));
        assert_eq!(added.total.0, added.items_total.0 + added.shipping_cost.0 + 4_950);
        assert_eq!(placed.payment.amount.0, included.total.0 + added.total.0);

        // The rate of the sale stays. What is the same is no change.
        for _ in 0..2 {
            set_tax(ctx, &buying.sellers[1], TaxMode::None).await;
        }
        let trail = audit_entry::Entity::find().filter(audit_entry::Column::Action.eq("store.tax"));
        let trail = trail.order_by_asc(audit_entry::Column::Id).all(&ctx.db).await.unwrap();
        assert_eq!(trail.len(), 3, "two changes at first, one now");
        assert_eq!((&trail[2].state_before["mode"], &trail[2].state_after["mode"]), (&json!("added"), &json!("none")));
        let view = orders::find(ctx, &buying.buyer, &numbers[1]).await.unwrap();
        assert_eq!((view.totals.tax.mode, view.totals.tax.amount), (TaxMode::Added, Money(4_950)));
        buying.verify().await;
        buying.deliver(0, &numbers[0]).await;
        buying.deliver(1, &numbers[1]).await;
        assert_eq!(balance(ctx, AccountKind::Tax).await, -9_910 - 4_950);
        buying.verify().await;
    })
    .await;
}

#[tokio::test]
async fn a_refund_after_the_release_is_shared_and_may_leave_the_seller_in_debt() {
    let because = "the debt is booked without the refund it belongs to";
    on_each_database_unverified(because, |shop| async move {
        let buying = Buying::two_stores(&shop).await;
        let ctx = &shop.ctx;
        let admin = shop.staff("Ani", "admin").await.unwrap();
        set(ctx, &admin, platform(RateKind::Commission, 1_000)).await;
        let placed = buying.pay("k").await;
        let number = buying.numbers_by_seller(&placed).remove(0);
        buying.deliver(0, &number).await;
        let (order, _) = sold(ctx, &number).await;
        let (order, payment) = (&order, placed.payment.id);
        let owe = |amount: i64, reference: &'static str| async move {
            transact(ctx, |tx| async move { ledger::owe(ctx, &tx, order, payment, Money(amount), reference).await }).await
        };
        owe(30_001, "satu").await.unwrap();
        owe(30_001, "satu").await.unwrap();
        let rest = order.total.0 - 30_001;
        assert_eq!(balance(ctx, AccountKind::RefundPayable).await, -30_001, "the same is booked once");
        let commission = -balance(ctx, AccountKind::Commission).await;
        assert_eq!(commission, Money(10_000).proportion(rest, order.total.0).unwrap().0);
        assert!(owe(rest + 1, "dua").await.is_err(), "never more than is left");
        owe(rest, "dua").await.unwrap();
        for account in [AccountKind::Commission, AccountKind::SellerPayable, AccountKind::Tax] {
            assert_eq!(balance(ctx, account).await, 0, "{account}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_ledger_takes_nothing_back_and_nothing_one_sided() {
    let because = "entries are written past the one function that balances them";
    on_each_database_unverified(because, |shop| async move {
        let buying = Buying::two_stores(&shop).await;
        buying.pay("k").await;
        let db = &shop.ctx.db;
        for sql in [
            "UPDATE ledger_entry SET amount = amount + 1",
            "DELETE FROM ledger_entry",
            "UPDATE ledger_transaction SET kind = 'release'",
            "DELETE FROM ledger_transaction",
        ] {
            assert!(db.execute_unprepared(sql).await.is_err(), "{sql}");
        }
        let transaction = ledger_transaction::Entity::find().one(db).await.unwrap().unwrap();
        let entry = ledger_entry::Entity::find().filter(ledger_entry::Column::TransactionId.eq(transaction.id));
        let entry = entry.one(db).await.unwrap().unwrap();
        let more = |gateway: Option<String>| ledger_entry::ActiveModel {
            id: sea_orm::Set(service::db::new_id()),
            gateway: sea_orm::Set(gateway),
            account: sea_orm::Set(AccountKind::GatewayClearing),
            ..entry.clone().into()
        };
        assert!(ledger_entry::Entity::insert(more(None)).exec_without_returning(db).await.is_err(), "money is somewhere");
        let tx = db.begin().await.unwrap();
        ledger_entry::Entity::insert(more(Some("sandbox".into()))).exec_without_returning(&tx).await.unwrap();
        // PostgreSQL refuses at the commit; on SQLite the one writing function and `verify` stand guard.
        let committed = tx.commit().await;
        assert_eq!(committed.is_err(), db.get_database_backend() == sea_orm::DbBackend::Postgres);
        let found = service::verify::books(&shop.ctx).await.unwrap();
        assert_eq!(found.is_empty(), committed.is_err(), "{found:?}");
    })
    .await;
}

#[tokio::test]
async fn finance_finds_sums_and_opens_every_transaction() {
    on_each_database(|shop| async move {
        let buying = Buying::two_stores(&shop).await;
        let ctx = &shop.ctx;
        let finance_person = shop.staff("Fitri", "finance").await.unwrap();
        let placed = buying.pay("k").await;
        let numbers = buying.numbers_by_seller(&placed);
        buying.deliver(0, &numbers[0]).await;
        let find = |filter: domain::finance::FinanceFilter| {
            let actor = finance_person.clone();
            async move { finance::transactions(ctx, &actor, &filter.transactions().unwrap(), PageRequest::default()).await.unwrap() }
        };
        let filter = domain::finance::FinanceFilter::default;
        let all = find(filter()).await;
        assert_eq!(all.totals.count, 3);
        let charges = find(domain::finance::FinanceFilter { kind: Some("charge".into()), ..filter() }).await;
        assert_eq!((charges.totals.count, charges.totals.amount), (2, placed.payment.amount));
        let of_order = find(domain::finance::FinanceFilter { q: Some(numbers[0].to_lowercase()), ..filter() }).await;
        let kinds: Vec<LedgerKind> = of_order.page.items.iter().map(|t| t.kind).collect();
        assert_eq!(kinds, [LedgerKind::Release, LedgerKind::Charge]);
        let of_payment = find(domain::finance::FinanceFilter { q: Some(placed.payment.id.to_string()), ..filter() }).await;
        assert_eq!(of_payment.totals.count, 3);
        let of_gateway = find(domain::finance::FinanceFilter { gateway: Some("sandbox".into()), ..filter() }).await;
        assert_eq!(of_gateway.totals.count, 2);
        let of_store = find(domain::finance::FinanceFilter { store: Some("toko-dua".into()), ..filter() }).await;
        assert_eq!(of_store.totals.count, 1);
        let yesterday = find(domain::finance::FinanceFilter { to: Some("2026-11-20".into()), ..filter() }).await;
        assert_eq!((yesterday.totals.count, yesterday.totals.amount), (0, Money::ZERO));
        let today = find(domain::finance::FinanceFilter { from: Some("2026-11-21".into()), to: Some("2026-11-21".into()), ..filter() });
        assert_eq!(today.await.totals.count, 3);

        let opened = finance::transaction(ctx, &finance_person, all.page.items[0].id).await.unwrap();
        assert_eq!(opened.entries.iter().map(|e| e.amount.0).sum::<i64>(), 0);
        assert_eq!(opened.transaction.order_number.as_ref(), Some(&numbers[0]));
        let report = finance::report(ctx, &finance_person, &filter()).await.unwrap();
        assert_eq!((report.rows.len(), report.total.received), (30, placed.payment.amount));
        assert_eq!(report.rows.last().unwrap().figures, report.total);
        assert_eq!((report.gateways[0].gateway.as_str(), report.gateways[0].clearing), ("sandbox", placed.payment.amount));
        let by_month = domain::finance::FinanceFilter { period: Some("month".into()), ..filter() };
        let months = finance::report(ctx, &finance_person, &by_month).await.unwrap();
        assert_eq!(months.rows.len(), 12);
        let file = finance::export_report(ctx, &finance_person, &filter(), service::export::Format::Csv).await.unwrap();
        assert!(String::from_utf8(file.bytes).unwrap().contains(&format!("\r\nTotal,{}", placed.payment.amount.0)));
        for stranger in [&buying.buyer, &buying.sellers[0]] {
            assert_eq!(refusal(finance::report(ctx, stranger, &filter()).await).status(), 403);
            assert_eq!(refusal(finance::transaction(ctx, stranger, all.page.items[0].id).await).status(), 403);
        }
    })
    .await;
}
