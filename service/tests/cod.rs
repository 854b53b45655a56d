//! Cash on delivery: promised, collected, refused at the door, on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod buying;

use buying::{Buying, checkout_input, refusal};
use chrono::TimeDelta;
use domain::checkout::CheckoutView;
use domain::finance::FinanceFilter;
use domain::ledger::AccountKind;
use domain::order::{CancelInput, OrderAction, OrderStatus};
use domain::payment::PaymentStatus;
use domain::rate::{RateInput, RateKind};
use domain::statement::StatementKind;
use domain::store::StockPolicy;
use domain::{Conflict, Error, Money};
use entity::{refund, store};
use sea_orm::sea_query::Expr;
use sea_orm::{EntityTrait, PaginatorTrait};
use service::fixture::{Shop, on_each_database};
use service::{Settings, checkout, finance, notification, order, payment, rate, statement};

async fn balance(shop: &Shop, account: AccountKind) -> i64 {
    let finance = shop.staff("Fitri", "finance").await.unwrap();
    let balances = finance::balances(&shop.ctx, &finance).await.unwrap();
    balances.into_iter().find(|b| b.account == account).unwrap().balance.0
}

async fn paid(b: &Buying, placed: &CheckoutView) -> PaymentStatus {
    payment::find(&b.ctx, &b.buyer, placed.payment.id).await.unwrap().status
}

fn reason() -> CancelInput {
    CancelInput { reason: Some("rumah kosong".into()) }
}

#[tokio::test]
async fn cash_is_promised_collected_and_kept_by_the_stores() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let admin = shop.staff("Ani", "admin").await.unwrap();
        let tenth = RateInput { kind: RateKind::Commission, category_id: None, store_id: None, basis_points: Some(1_000) };
        rate::set(&shop.ctx, &admin, tenth).await.unwrap();
        let placed = b.place_by("k", "cod").await;
        assert_eq!((placed.payment.status, placed.payment.can_change_method), (PaymentStatus::Pending, false));
        assert!(placed.orders.iter().all(|o| o.status == OrderStatus::Pending));
        assert_eq!(b.available().await, [9, 4]);
        b.verify().await;
        // Nobody is reminded, nothing expires: the sellers are at work.
        shop.advance(TimeDelta::days(2));
        assert_eq!(payment::auto_cancel(&shop.ctx).await.unwrap(), 0);
        let numbers = b.numbers_by_seller(&placed);
        b.ship(0, &numbers[0]).await;
        let shown = order::own_order(&shop.ctx, &b.sellers[0], &numbers[0]).await.unwrap();
        assert_eq!(shown.actions, [OrderAction::ConfirmReceipt, OrderAction::Undelivered]);
        for _ in 0..2 {
            order::mark_delivered(&shop.ctx, &b.sellers[0], &numbers[0]).await.unwrap();
        }
        assert_eq!(paid(&b, &placed).await, PaymentStatus::Pending, "the other order is on its way");
        b.verify().await;
        b.deliver(1, &numbers[1]).await;
        assert_eq!(paid(&b, &placed).await, PaymentStatus::Paid);
        assert_eq!(balance(&shop, AccountKind::CodReceivable).await, 0, "the stores keep the cash");
        assert_eq!(balance(&shop, AccountKind::GatewayClearing).await, 0, "we hold none of it");
        assert_eq!(balance(&shop, AccountKind::Escrow).await, 0);
        let (owed, earned) = (balance(&shop, AccountKind::SellerPayable).await, balance(&shop, AccountKind::Commission).await);
        assert_eq!((owed, earned), (14_500, -14_500), "what remains is the commission the stores owe");
        let fitri = shop.staff("Fitri", "finance").await.unwrap();
        let report = finance::report(&shop.ctx, &fitri, &FinanceFilter::default()).await.unwrap();
        assert_eq!((report.total.cash, report.total.received), (placed.payment.amount, Money::ZERO));
        let told = statement::find(&shop.ctx, &b.sellers[0], None).await.unwrap();
        let kept = told.sums.iter().find(|s| s.kind == StatementKind::CashKept).unwrap().amount;
        let order = order::own_order(&shop.ctx, &b.sellers[0], &numbers[0]).await.unwrap();
        assert_eq!(kept, Money(-order.totals.total.0), "the store has it already");
        assert_eq!(refund::Entity::find().count(&shop.ctx.db).await.unwrap(), 0);
        b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn refused_at_the_door_the_goods_come_back_and_nothing_is_owed() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let placed = b.place_by("k", "cod").await;
        let numbers = b.numbers_by_seller(&placed);
        b.ship(0, &numbers[0]).await;
        assert_eq!(b.stock(b.sold[0].variants[0]).await, (9, 0));
        for _ in 0..2 {
            let back = order::mark_undelivered(&shop.ctx, &b.sellers[0], &numbers[0], reason()).await.unwrap();
            assert_eq!(back.status, OrderStatus::Cancelled);
        }
        assert_eq!(b.stock(b.sold[0].variants[0]).await, (10, 0));
        b.verify().await;
        // The other one is cancelled by the buyer before it is packed: nothing was paid, nothing goes back.
        order::cancel(&shop.ctx, &b.buyer, &numbers[1], reason()).await.unwrap();
        assert_eq!(b.available().await, [10, 5]);
        assert_eq!(paid(&b, &placed).await, PaymentStatus::Expired);
        assert_eq!(refund::Entity::find().count(&shop.ctx.db).await.unwrap(), 0);
        b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn one_delivered_and_one_cancelled_is_paid() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let agent = shop.staff("Satria", "cs2").await.unwrap();
        let placed = b.place_by("k", "cod").await;
        let numbers = b.numbers_by_seller(&placed);
        order::cancel_own(&shop.ctx, &b.sellers[1], &numbers[1], reason()).await.unwrap();
        b.ship(0, &numbers[0]).await;
        // Nobody confirms: it completes by itself, with its cash.
        shop.advance(TimeDelta::days(8));
        assert_eq!(order::auto_complete(&shop.ctx).await.unwrap(), 1);
        assert_eq!(paid(&b, &placed).await, PaymentStatus::Paid);
        let refused = refusal(order::desk::mark_undelivered(&shop.ctx, &agent, &numbers[0], reason()).await);
        assert_eq!(refused, Error::Conflict(Conflict::InvalidTransition { status: OrderStatus::Delivered }));
        b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn only_cash_is_marked_by_the_seller() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let placed = b.pay("k").await;
        let numbers = b.numbers_by_seller(&placed);
        b.ship(0, &numbers[0]).await;
        let shipped = Error::Conflict(Conflict::InvalidTransition { status: OrderStatus::Shipped });
        assert_eq!(refusal(order::mark_delivered(&shop.ctx, &b.sellers[0], &numbers[0]).await), shipped);
        assert_eq!(refusal(order::mark_undelivered(&shop.ctx, &b.sellers[0], &numbers[0], reason()).await), shipped);
        let other = refusal(order::mark_delivered(&shop.ctx, &b.sellers[1], &numbers[0]).await);
        assert_eq!(other, Error::NotFound(domain::Noun::Order));
        b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn cash_is_offered_up_to_its_limit_and_only_when_switched_on() {
    on_each_database(|shop| async move {
        let mut b = Buying::two_stores(&shop).await;
        let with = |limit| Settings { cod_up_to: limit, ..Settings::clone(&shop.ctx.settings) }.into();
        let goods = Money(145_000);
        b.ctx.settings = with(Some(goods));
        let offered = |b: &Buying, amount| {
            let methods = payment::methods_for(&b.ctx, domain::Locale::Id, amount);
            methods.iter().any(|m| m.code == "cod")
        };
        assert!(offered(&b, goods) && !offered(&b, Money(goods.0 + 1)));
        // Goods and shipping together are above it.
        let mut input = checkout_input(&b.ctx, &b.buyer).await;
        input.payment_method = "cod".into();
        let refused = refusal(checkout::place(&b.ctx, &b.buyer, "k", input.clone()).await);
        assert_eq!((refused.fields()[0].field.as_str(), &*refused.fields()[0].code), ("payment_method", "amount_above"));
        assert_eq!(b.available().await, [10, 5], "nothing is written");
        b.ctx.settings = with(None);
        assert!(!offered(&b, Money(1)));
        let refused = refusal(checkout::place(&b.ctx, &b.buyer, "k2", input).await);
        assert_eq!(refused, Error::Conflict(Conflict::PaymentMethodUnavailable));
    })
    .await;
}

#[tokio::test]
async fn a_promise_holds_the_stock_whatever_the_stores_policy() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let late = Expr::value(StockPolicy::DeductAtPayment);
        store::Entity::update_many().col_expr(store::Column::StockPolicy, late).exec(&shop.ctx.db).await.unwrap();
        let placed = b.place_by("k", "cod").await;
        assert_eq!(b.available().await, [9, 4]);
        b.verify().await;
        let numbers = b.numbers_by_seller(&placed);
        order::cancel(&shop.ctx, &b.buyer, &numbers[0], reason()).await.unwrap();
        assert_eq!(b.available().await, [10, 4]);
        b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn everybody_is_written_what_concerns_them() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        b.place_by("k", "cod").await;
        for (id, _) in notification::claim_due(&shop.ctx, 50).await.unwrap() {
            let event = notification::open_event(&shop.ctx, id).await.unwrap().unwrap();
            notification::handle(&shop.ctx, id, &event).await.unwrap();
        }
        let subjects: Vec<String> = shop.mailer.sent().into_iter().map(|m| m.subject).collect();
        assert_eq!(subjects.iter().filter(|s| s.contains("barang tiba")).count(), 1, "{subjects:?}");
        assert_eq!(subjects.iter().filter(|s| s.contains("COD")).count(), 2, "{subjects:?}");
    })
    .await;
}
