//! Reminders before an order is cancelled or completes, once each, on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod buying;

use buying::Buying;
use chrono::TimeDelta;
use service::fixture::{FakeGateway, Shop, on_each_database};
use service::{Settings, notification, order, payment};
use std::collections::BTreeMap;

/// Subjects of the letters the outbox makes us write.
async fn letters(shop: &Shop) -> Vec<String> {
    for (id, _) in notification::claim_due(&shop.ctx, 100).await.unwrap() {
        if let Some(event) = notification::open_event(&shop.ctx, id).await.unwrap() {
            notification::handle(&shop.ctx, id, &event).await.unwrap();
            notification::finish(&shop.ctx, id).await.unwrap();
        }
    }
    shop.mailer.sent().into_iter().map(|m| m.subject).collect()
}

#[tokio::test]
async fn who_has_not_paid_is_reminded_once() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        b.place("k").await.unwrap();
        shop.advance(TimeDelta::hours(20));
        assert_eq!(payment::remind_unpaid(&shop.ctx).await.unwrap(), 0);
        shop.advance(TimeDelta::hours(2));
        assert_eq!(payment::remind_unpaid(&shop.ctx).await.unwrap(), 1);
        assert_eq!(payment::remind_unpaid(&shop.ctx).await.unwrap(), 0);
        let subjects = letters(&shop).await;
        assert_eq!(subjects.iter().filter(|s| s.starts_with("Segera bayar")).count(), 1, "{subjects:?}");
        // Paid, in cash, or at its end: nobody is reminded.
        b.fill_cart(&[1, 1]).await;
        b.place_by("k2", "cod").await;
        b.fill_cart(&[1, 1]).await;
        let paid = b.place("k3").await.unwrap().view.payment;
        payment::apply_event(&shop.ctx, "sandbox", &FakeGateway::paid(paid.id, paid.amount)).await.unwrap();
        shop.advance(TimeDelta::hours(22));
        assert_eq!(payment::remind_unpaid(&shop.ctx).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn a_method_with_little_time_of_its_own_reminds_in_the_second_half() {
    on_each_database(|shop| async move {
        let mut b = Buying::two_stores(&shop).await;
        let method_deadlines = BTreeMap::from([("sandbox".to_owned(), TimeDelta::hours(1))]);
        b.ctx.settings = Settings { method_deadlines, ..Settings::clone(&shop.ctx.settings) }.into();
        let placed = b.place("k").await.unwrap().view.payment;
        assert_eq!(placed.expires_in, 3_600);
        assert_eq!(payment::remind_unpaid(&b.ctx).await.unwrap(), 0);
        shop.advance(TimeDelta::minutes(31));
        assert_eq!(payment::remind_unpaid(&b.ctx).await.unwrap(), 1);
        shop.advance(TimeDelta::minutes(30));
        assert_eq!(payment::auto_cancel(&b.ctx).await.unwrap(), 1);
        b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn a_day_before_it_completes_the_buyer_is_told_once() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let numbers = b.numbers_by_seller(&b.pay("k").await);
        b.ship(0, &numbers[0]).await;
        shop.advance(TimeDelta::hours(24 * 6 - 1));
        assert_eq!(order::remind_completion(&shop.ctx).await.unwrap(), 0);
        shop.advance(TimeDelta::hours(2));
        assert_eq!(order::remind_completion(&shop.ctx).await.unwrap(), 1);
        assert_eq!(order::remind_completion(&shop.ctx).await.unwrap(), 0);
        let subjects = letters(&shop).await;
        assert_eq!(subjects.iter().filter(|s| s.contains("selesai otomatis")).count(), 1, "{subjects:?}");
    })
    .await;
}
