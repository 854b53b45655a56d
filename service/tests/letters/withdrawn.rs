//! Letters that are not true any more when the mail server is back.

use crate::buying::Buying;
use crate::{address, buy, subjects, work};
use chrono::TimeDelta;
use domain::inventory::StockCount;
use domain::order::CancelInput;
use entity::email;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use service::fixture::{FakeGateway, Shop, on_each_database};
use service::{Actor, inventory, notification, order, payment};
use std::sync::atomic::Ordering;

/// The mail server is away while something happens that makes letters untrue; afterwards none waits.
async fn meanwhile(shop: &Shop, change: impl AsyncFnOnce()) {
    shop.mailer.is_down.store(true, Ordering::Relaxed);
    assert!(work(shop).await > 0);
    change().await;
    shop.mailer.is_down.store(false, Ordering::Relaxed);
    shop.advance(TimeDelta::minutes(3));
    assert_eq!(work(shop).await, 0);
    assert_eq!(email::Entity::find().filter(email::Column::SentAt.is_null()).all(&shop.ctx.db).await.unwrap(), []);
}

#[tokio::test]
async fn a_letter_that_waits_for_the_mail_server_is_withdrawn_when_it_is_not_true_any_more() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let placed = b.place("k").await.unwrap().view.payment;
        work(&shop).await;
        shop.advance(TimeDelta::hours(22));
        assert_eq!(payment::remind_unpaid(&shop.ctx).await.unwrap(), 1);
        shop.mailer.is_down.store(true, Ordering::Relaxed);
        assert_eq!(work(&shop).await, 1);
        payment::apply_event(&shop.ctx, "sandbox", &FakeGateway::paid(placed.id, placed.amount)).await.unwrap();
        shop.mailer.is_down.store(false, Ordering::Relaxed);
        shop.advance(TimeDelta::minutes(3));
        assert_eq!(work(&shop).await, 0);
        let found = subjects(&shop, &b.buyer);
        assert!(!found.iter().any(|s| s.starts_with("Segera bayar")), "{found:?}");
        assert_eq!(email::Entity::find().filter(email::Column::SentAt.is_null()).all(&shop.ctx.db).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn nobody_is_asked_to_pay_what_was_paid_while_the_mail_server_was_away() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let placed = b.place("k").await.unwrap().view.payment;
        meanwhile(&shop, async || {
            payment::apply_event(&shop.ctx, "sandbox", &FakeGateway::paid(placed.id, placed.amount)).await.unwrap();
        })
        .await;
        let found = subjects(&shop, &b.buyer);
        assert!(found.len() == 2 && found.iter().all(|s| s.starts_with("Pembayaran diterima")), "{found:?}");
    })
    .await;
}

#[tokio::test]
async fn no_seller_is_asked_to_send_what_was_cancelled_while_the_mail_server_was_away() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let numbers = b.numbers_by_seller(&buy(&shop, &b).await);
        let cancel = async |actor: &Actor, number: &str| {
            order::cancel(&shop.ctx, actor, number, CancelInput { reason: None }).await.unwrap();
        };
        meanwhile(&shop, async || cancel(&b.buyer, &numbers[0]).await).await;
        let first = subjects(&shop, &b.sellers[0]);
        assert_eq!(first, [format!("Pesanan dibatalkan – {}", numbers[0])]);
        assert!(subjects(&shop, &b.sellers[1]).contains(&format!("Pesanan baru – {}", numbers[1])));

        b.fill_cart(&[1, 1]).await;
        let placed = b.place_by("cod", "cod").await;
        let numbers = b.numbers_by_seller(&placed);
        meanwhile(&shop, async || cancel(&b.buyer, &numbers[0]).await).await;
        let told =
            |seller: usize, number: &str| subjects(&shop, &b.sellers[seller]).iter().filter(|s| s.contains(number)).count();
        assert_eq!(told(0, &numbers[0]), 1, "cancelled: {:?}", subjects(&shop, &b.sellers[0]));
        assert_eq!(told(1, &numbers[1]), 1, "new: {:?}", subjects(&shop, &b.sellers[1]));
    })
    .await;
}

#[tokio::test]
async fn a_shelf_that_was_filled_again_is_not_called_low_and_who_does_not_care_is_not_told() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let (seller, variant) = (&b.sellers[0], b.sold[0].variants[0]);
        let fill = async |on_hand| {
            let input = StockCount { on_hand, reason: None, warehouse: None, low_stock_threshold: None };
            inventory::count(&shop.ctx, seller, variant, input).await.unwrap();
        };
        let warned =
            || shop.mailer.sent_to(&address(seller)).into_iter().filter(|m| m.unsubscribe_url.is_some()).collect::<Vec<_>>();
        fill(11).await;
        b.place("k").await.unwrap();
        meanwhile(&shop, async || fill(50).await).await;
        assert_eq!(warned(), []);
        // Ten of eleven left, one of them reserved before.
        fill(12).await;
        b.fill_cart(&[1, 1]).await;
        b.place("l").await.unwrap();
        work(&shop).await;
        let letters = warned();
        assert!(letters.len() == 1 && letters[0].text.contains("10"), "{letters:?}");
        let token = letters[0].unsubscribe_url.as_ref().unwrap().rsplit('/').next().unwrap();
        notification::unsubscribe(&shop.ctx, token).await.unwrap();
        fill(13).await;
        b.fill_cart(&[1, 1]).await;
        b.place("m").await.unwrap();
        work(&shop).await;
        assert_eq!(warned().len(), 1);
    })
    .await;
}
