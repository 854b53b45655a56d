//! Stock by hand, figures, letters and the outbox, on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod buying;

use buying::{Buying, refusal};
use chrono::TimeDelta;
use domain::inventory::{MovementKind, StockCount};
use domain::order::OrderStatus;
use domain::{Error, Money, PageRequest};
use service::fixture::{Shop, on_each_database};
use service::inventory::StockFilter;
use service::{analytics, inventory, notification};

fn counted(on_hand: i64) -> StockCount {
    StockCount { on_hand, reason: Some("hitung rak".into()), warehouse: None, low_stock_threshold: None }
}

/// Handles everything in the outbox.
async fn deliver_letters(shop: &Shop) {
    for (id, _) in notification::claim_due(&shop.ctx, 100).await.unwrap() {
        notification::mark_dispatched(&shop.ctx, &[id]).await.unwrap();
        let event = notification::open_event(&shop.ctx, id).await.unwrap().unwrap();
        notification::handle(&shop.ctx, id, &event).await.unwrap();
        notification::finish(&shop.ctx, id).await.unwrap();
    }
}

#[tokio::test]
async fn a_count_is_booked_as_its_difference_and_never_below_what_is_held() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        b.place("k").await.unwrap();
        let variant = b.sold[0].variants[0];
        let row = inventory::count(&shop.ctx, &b.sellers[0], variant, counted(7)).await.unwrap();
        assert_eq!((row.on_hand, row.reserved, row.available, row.low_stock), (7, 1, 6, true));
        let refused = refusal(inventory::count(&shop.ctx, &b.sellers[0], variant, counted(0)).await);
        assert_eq!((refused.fields()[0].code.as_ref(), refused.fields()[0].limit), ("below_reserved", Some(1)));
        assert!(matches!(refusal(inventory::count(&shop.ctx, &b.sellers[1], variant, counted(5)).await), Error::NotFound(_)));
        // The same count again changes nothing and leaves no movement.
        inventory::count(&shop.ctx, &b.sellers[0], variant, counted(7)).await.unwrap();
        let ledger = inventory::ledger(&shop.ctx, &b.sellers[0], variant, PageRequest::default()).await.unwrap();
        let kinds: Vec<_> = ledger.items.iter().map(|m| (m.kind, m.quantity, m.balance_after)).collect();
        assert_eq!(kinds[0], (MovementKind::Adjust, -3, 7));
        assert_eq!(kinds.len(), 3, "{kinds:?}");
        b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn the_stock_table_finds_by_name_and_shows_what_is_low() {
    on_each_database(|shop| async move {
        let seller = shop.seller("Toko Satu").await.unwrap();
        for (name, stock) in [("Sepatu lari", 50), ("Sandal 100%", 3), ("Kaus kaki", 0)] {
            shop.product(&seller, name, 50_000, stock).await.unwrap();
        }
        let rows = async |keywords: &str, low_stock: bool| {
            let filter = StockFilter { keywords: keywords.into(), low_stock, warehouse: None };
            let page = inventory::rows(&shop.ctx, &seller, &filter, PageRequest::default()).await.unwrap();
            page.items.into_iter().map(|r| r.product_name).collect::<Vec<_>>()
        };
        assert_eq!(rows("SEPATU", false).await, ["Sepatu lari"]);
        assert_eq!(rows("0%", false).await, ["Sandal 100%"], "a sign, not a pattern");
        assert_eq!(rows("", true).await.len(), 2);
        assert_eq!(rows("_", false).await.len(), 0);
    })
    .await;
}

#[tokio::test]
async fn low_stock_is_told_once_when_it_falls_below_the_threshold() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        inventory::count(&shop.ctx, &b.sellers[0], b.sold[0].variants[0], counted(11)).await.unwrap();
        b.place("k").await.unwrap();
        deliver_letters(&shop).await;
        let alerts = || shop.mailer.sent().into_iter().filter(|m| m.subject.to_lowercase().contains("stok")).count();
        let first = alerts();
        assert!(first == 1, "{:?}", shop.mailer.sent().into_iter().map(|m| m.subject).collect::<Vec<_>>());
        b.fill_cart(&[1, 1]).await;
        b.place("k2").await.unwrap();
        deliver_letters(&shop).await;
        assert_eq!(alerts(), first, "still low: no second letter");
    })
    .await;
}

#[tokio::test]
async fn revenue_is_what_was_delivered_by_the_stores_day() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let placed = b.pay("k").await;
        let numbers = b.numbers_by_seller(&placed);
        let seller = &b.sellers[0];
        assert_eq!(analytics::summary(&shop.ctx, seller).await.unwrap().today.revenue, Money(0), "paid is not delivered");
        b.deliver(0, &numbers[0]).await;
        let total = placed.orders.iter().find(|o| o.number == numbers[0]).unwrap().total;
        let summary = analytics::summary(&shop.ctx, seller).await.unwrap();
        assert_eq!((summary.today.revenue, summary.today.orders, summary.last_30_days.revenue), (total, 1, total));
        let trend = analytics::trend(&shop.ctx, seller, 7).await.unwrap();
        assert_eq!((trend.len(), trend.last().unwrap().revenue), (7, total));
        let top = analytics::top_products(&shop.ctx, seller, 10).await.unwrap();
        assert_eq!((top.len(), top[0].quantity, top[0].revenue), (1, 1, Money(100_000)));
        let counts = analytics::status_counts(&shop.ctx, seller).await.unwrap();
        let of = |status| counts.iter().find(|c| c.status == status).map_or(0, |c| c.count);
        assert_eq!((of(OrderStatus::Delivered), of(OrderStatus::Pending)), (1, 0));
        // The other store's figures are its own.
        assert_eq!(analytics::summary(&shop.ctx, &b.sellers[1]).await.unwrap().last_30_days.revenue, Money(0));
        // Tomorrow it is yesterday's.
        shop.advance(TimeDelta::days(1));
        let summary = analytics::summary(&shop.ctx, seller).await.unwrap();
        assert_eq!((summary.today.revenue, summary.last_7_days.revenue), (Money(0), total));
        b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn the_weekly_report_tells_each_seller_the_week_once() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let placed = b.pay("k").await;
        let numbers = b.numbers_by_seller(&placed);
        b.deliver(0, &numbers[0]).await;
        // Saturday to Monday.
        shop.advance(TimeDelta::days(2));
        assert_eq!(notification::request_weekly_reports(&shop.ctx).await.unwrap(), 2);
        // Asked for twice before a worker comes: sent once.
        notification::request_weekly_reports(&shop.ctx).await.unwrap();
        deliver_letters(&shop).await;
        assert_eq!(notification::request_weekly_reports(&shop.ctx).await.unwrap(), 0);
        let reports: Vec<_> = shop.mailer.sent().into_iter().filter(|m| m.subject.starts_with("Laporan mingguan")).collect();
        assert_eq!(reports.len(), 2);
        let total = placed.orders.iter().find(|o| o.number == numbers[0]).unwrap().total.to_string();
        let satu = reports.iter().find(|m| m.subject.contains("Toko Satu")).unwrap();
        assert!(satu.text.contains(&total) && satu.html.contains("Sepatu lari"), "{}", satu.text);
        assert!(!reports.iter().find(|m| m.subject.contains("Toko Dua")).unwrap().text.contains(&total));
        shop.advance(TimeDelta::days(7));
        assert_eq!(notification::request_weekly_reports(&shop.ctx).await.unwrap(), 2, "the next week");
    })
    .await;
}

#[tokio::test]
async fn an_event_that_keeps_failing_becomes_a_dead_letter_and_gets_another_chance() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        b.place("k").await.unwrap();
        let due = notification::claim_due(&shop.ctx, 100).await.unwrap();
        let (id, key) = due[0].clone();
        notification::mark_dispatched(&shop.ctx, &[id]).await.unwrap();
        let again = notification::claim_due(&shop.ctx, 100).await.unwrap();
        assert!(again.iter().all(|(other, _)| *other != id), "a worker has it");
        // A worker that died: after a while it is handed out again, under another key.
        shop.advance(TimeDelta::minutes(3));
        let again = notification::claim_due(&shop.ctx, 100).await.unwrap();
        assert!(again.iter().any(|(other, new)| *other == id && *new != key));
        let error = service::Error::fault("surat tidak terkirim");
        for n in 1..=notification::MAX_ATTEMPTS {
            assert_eq!(notification::record_failure(&shop.ctx, id, &error).await.unwrap(), n == notification::MAX_ATTEMPTS);
        }
        assert!(notification::open_event(&shop.ctx, id).await.unwrap().is_none());
        let admin = shop.staff("Admin", "admin").await.unwrap();
        assert_eq!(refusal(notification::failed_events(&shop.ctx, &b.buyer, None).await), Error::Forbidden);
        let dead = notification::failed_events(&shop.ctx, &admin, None).await.unwrap();
        assert_eq!((dead.len(), dead[0].id, dead[0].dead_at, dead[0].next_try_at), (1, id, Some(shop.ctx.now()), None));
        notification::retry_event(&shop.ctx, &admin, id).await.unwrap();
        assert!(notification::claim_due(&shop.ctx, 100).await.unwrap().iter().any(|(other, _)| *other == id));
    })
    .await;
}
