//! What the buyer reads of the desk's decisions.

use crate::buying::Buying;
use crate::{approval, input, place, proof, prove};
use domain::desk::Rejection;
use domain::payment::PaymentView;
use domain::{Locale, Money};
use entity::user;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, Set};
use service::fixture::{Shop, on_each_database};
use service::{Actor, desk, notification, order, payment};
use std::sync::atomic::Ordering;

async fn work(shop: &Shop) {
    for (id, _) in notification::claim_due(&shop.ctx, 100).await.unwrap() {
        notification::mark_dispatched(&shop.ctx, &[id]).await.unwrap();
        let event = notification::open_event(&shop.ctx, id).await.unwrap().unwrap();
        match notification::handle(&shop.ctx, id, &event).await {
            Ok(()) => notification::finish(&shop.ctx, id).await.unwrap(),
            Err(error) => drop(notification::record_failure(&shop.ctx, id, &error).await.unwrap()),
        }
    }
}

fn rejections(shop: &Shop, buyer: &Actor) -> Vec<String> {
    let sent = shop.mailer.sent_to(&buyer.user().unwrap().email).into_iter();
    sent.filter(|m| m.subject.contains("transfer")).map(|m| m.text).collect()
}

/// Refuses a proof while the mail server is away, and changes something before it is back.
async fn refused(shop: &Shop, b: &Buying, agent: &Actor, sent: &PaymentView, change: impl AsyncFnOnce()) {
    work(shop).await;
    desk::reject(&shop.ctx, agent, sent.id, Rejection { reason: "Bukti tidak terbaca".into(), proof_id: None }).await.unwrap();
    shop.mailer.is_down.store(true, Ordering::Relaxed);
    work(shop).await;
    change().await;
    shop.mailer.is_down.store(false, Ordering::Relaxed);
    shop.advance(chrono::TimeDelta::minutes(3));
    work(shop).await;
    assert_eq!(rejections(shop, &b.buyer).iter().filter(|t| t.contains("Bukti tidak terbaca")).count(), 0);
}

#[tokio::test]
async fn nobody_is_asked_for_another_proof_when_none_is_needed_any_more() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let agent = shop.staff("Citra", "cs1").await.unwrap();
        let sent = prove(&b, "k").await;
        refused(&shop, &b, &agent, &sent, async || {
            let amount = sent.transfer.as_ref().unwrap().amount;
            desk::submit(&shop.ctx, &b.buyer, sent.id, input(amount), proof(3)).await.unwrap();
            desk::approve(&shop.ctx, &agent, sent.id, approval(None)).await.unwrap();
        })
        .await;
        b.fill_cart(&[1, 1]).await;
        let placed = place(&b, &b.buyer, "l").await;
        let amount = placed.transfer.as_ref().unwrap().amount;
        let sent = desk::submit(&shop.ctx, &b.buyer, placed.id, input(amount), proof(4)).await.unwrap();
        refused(&shop, &b, &agent, &sent, async || {
            shop.advance(chrono::TimeDelta::hours(30));
            assert_eq!(payment::auto_cancel(&shop.ctx).await.unwrap(), 1);
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn what_the_system_remarks_is_said_in_the_readers_language() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let agent = shop.staff("Citra", "cs1").await.unwrap();
        let row = user::Entity::find_by_id(b.buyer.user().unwrap().id).one(&shop.ctx.db).await.unwrap().unwrap();
        let mut row = row.into_active_model();
        row.locale = Set(Locale::En);
        row.update(&shop.ctx.db).await.unwrap();
        let sent = prove(&b, "k").await;
        desk::approve(&shop.ctx, &agent, sent.id, approval(Some(Money(1_000)))).await.unwrap();
        work(&shop).await;
        let letters = rejections(&shop, &b.buyer);
        assert!(letters.iter().any(|text| text.contains("The transfer was too small")), "{letters:?}");
        assert!(letters.iter().all(|text| !text.contains('#')), "{letters:?}");
        let timeline = order::find(&shop.ctx, &b.buyer, &sent.orders[0]).await.unwrap().timeline;
        assert!(timeline.iter().any(|entry| entry.note.as_deref() == Some("#short_transfer")), "{timeline:?}");
    })
    .await;
}
