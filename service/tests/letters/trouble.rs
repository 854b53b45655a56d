//! Mail servers that refuse or are away, workers that die, events that failed.

use crate::buying::{Buying, refusal};
use crate::{address, subjects, work};
use chrono::TimeDelta;
use domain::admin::MailRow;
use domain::letter::MailState;
use domain::{Error, PageRequest};
use entity::email;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use service::event::{Event, emit};
use service::fixture::{FakeGateway, on_each_database};
use service::{notification, payment};
use std::sync::atomic::Ordering;

#[tokio::test]
async fn a_refused_letter_stops_no_other_and_waits_for_a_person() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let admin = shop.staff("Admin", "sysadmin").await.unwrap();
        work(&shop).await;
        let placed = b.place("k").await.unwrap().view.payment;
        shop.mailer.refuse(&[&address(&b.buyer)]);
        assert_eq!(work(&shop).await, 1, "placed");
        payment::apply_event(&shop.ctx, "sandbox", &FakeGateway::paid(placed.id, placed.amount)).await.unwrap();
        assert_eq!(work(&shop).await, 2, "two orders paid");
        for seller in &b.sellers {
            assert!(subjects(&shop, seller).iter().any(|s| s.starts_with("Pesanan baru")), "sellers hear of it all the same");
        }
        let dead = notification::failed_events(&shop.ctx, &admin, None).await.unwrap();
        assert_eq!(dead.len(), 3, "given up at once: {dead:?}");
        assert!(dead.iter().all(|d| d.dead_at.is_some() && d.attempts == 1 && d.last_error.contains("550 no such mailbox")));
        let log = async |recipient: Option<&str>, state| -> Vec<MailRow> {
            notification::sent_mail(&shop.ctx, &admin, recipient, state, PageRequest::default()).await.unwrap().items
        };
        let failed = log(None, Some(MailState::Failed)).await;
        assert!(failed.len() == 3 && failed.iter().all(|m| m.recipient == address(&b.buyer) && m.last_error.is_some()));
        assert_eq!(log(Some(&address(&b.buyer)), None).await.len(), 3);
        assert!(log(Some("siapa@contoh.id"), None).await.is_empty());
        let refused = notification::sent_mail(&shop.ctx, &b.buyer, None, None, PageRequest::default()).await;
        assert_eq!(refusal(refused), Error::Forbidden);

        // The buyer's mailbox is mended, staff tries again: the letters of then, but none that asks for what was
        // paid since, and no second one to sellers.
        let before = shop.mailer.sent().len();
        shop.mailer.refuse(&[]);
        assert_eq!(refusal(notification::retry_all_events(&shop.ctx, &b.buyer).await), Error::Forbidden);
        assert_eq!(notification::retry_all_events(&shop.ctx, &admin).await.unwrap(), 3);
        assert_eq!(work(&shop).await, 0);
        assert_eq!(shop.mailer.sent().len(), before + 2);
        assert!(log(None, Some(MailState::Failed)).await.is_empty());
        assert!(log(None, Some(MailState::Waiting)).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn an_outage_delays_a_letter_and_doubles_none() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        work(&shop).await;
        b.place("k").await.unwrap();
        shop.mailer.is_down.store(true, Ordering::Relaxed);
        assert!(work(&shop).await > 0);
        let row = email::Entity::find().filter(email::Column::SentAt.is_null()).one(&shop.ctx.db).await.unwrap().unwrap();
        assert!(row.failed_at.is_none() && row.attempts == 1 && row.last_error.is_some());
        shop.mailer.is_down.store(false, Ordering::Relaxed);
        shop.advance(TimeDelta::minutes(3));
        assert_eq!(work(&shop).await, 0);
        let sent = shop.mailer.sent();
        assert_eq!(sent.iter().filter(|m| m.id == row.id).count(), 1, "the same letter, under the same Message-ID");
        let stored = email::Entity::find_by_id(row.id).one(&shop.ctx.db).await.unwrap().unwrap();
        assert!(stored.sent_at.is_some() && stored.last_error.is_none() && stored.attempts == 2);
    })
    .await;
}

#[tokio::test]
async fn a_letter_in_the_hands_of_a_dead_worker_is_sent_by_another() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let admin = shop.staff("Admin", "sysadmin").await.unwrap();
        b.place("k").await.unwrap();
        shop.mailer.is_down.store(true, Ordering::Relaxed);
        assert!(work(&shop).await > 0);
        // Killed while it sends: the claim stays behind.
        let claimed = Expr::value(shop.ctx.now());
        let killed = email::Entity::update_many().col_expr(email::Column::ClaimedAt, claimed);
        killed.filter(email::Column::SentAt.is_null()).exec(&shop.ctx.db).await.unwrap();
        shop.mailer.is_down.store(false, Ordering::Relaxed);
        let mut failures = 0;
        for _ in 0..200 {
            shop.advance(TimeDelta::seconds(1));
            failures += work(&shop).await;
        }
        assert!(failures > 0, "left alone as long as it may still be sending");
        assert_eq!(email::Entity::find().filter(email::Column::SentAt.is_null()).all(&shop.ctx.db).await.unwrap(), []);
        assert_eq!(notification::failed_events(&shop.ctx, &admin, None).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn who_cannot_wait_tries_a_failed_event_now() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let admin = shop.staff("Admin", "sysadmin").await.unwrap();
        work(&shop).await;
        b.place("k").await.unwrap();
        shop.mailer.is_down.store(true, Ordering::Relaxed);
        for _ in 0..8 {
            work(&shop).await;
            shop.advance(TimeDelta::hours(1));
        }
        work(&shop).await;
        shop.mailer.is_down.store(false, Ordering::Relaxed);
        shop.advance(TimeDelta::minutes(1));
        assert_eq!(work(&shop).await, 0, "nothing is due yet");
        let failed = notification::failed_events(&shop.ctx, &admin, None).await.unwrap();
        let next = failed[0].next_try_at.unwrap();
        assert_eq!((failed.len(), failed[0].attempts, next), (1, 9, shop.ctx.now() + TimeDelta::minutes(59)));
        notification::retry_event(&shop.ctx, &admin, failed[0].id).await.unwrap();
        assert_eq!(work(&shop).await, 0);
        assert_eq!(notification::failed_events(&shop.ctx, &admin, None).await.unwrap(), []);
        let done = notification::retry_event(&shop.ctx, &admin, failed[0].id).await;
        assert_eq!(refusal(done), Error::NotFound(domain::Noun::Event));
    })
    .await;
}

#[tokio::test]
async fn failed_events_are_seen_page_by_page_and_retried_all() {
    on_each_database(|shop| async move {
        let (buyer, admin) = (shop.customer("Budi").await.unwrap(), shop.staff("Admin", "sysadmin").await.unwrap());
        for n in 0..125 {
            let welcome = Event::UserRegistered { user: buyer.user().unwrap().id };
            let id = emit(&shop.ctx.db, shop.ctx.now(), welcome).await.unwrap();
            let error = if n % 2 == 0 { service::Error::fault("nanti") } else { service::Error::refused("mail", "tidak") };
            notification::record_failure(&shop.ctx, id, &error).await.unwrap();
        }
        let (mut seen, mut after) = (vec![], None);
        loop {
            let page = notification::failed_events(&shop.ctx, &admin, after).await.unwrap();
            let Some(last) = page.last() else { break };
            assert!(page.len() == 50 || page.len() == 25);
            after = Some(last.cursor());
            seen.extend(page.into_iter().map(|event| (event.dead_at.is_none(), std::cmp::Reverse(event.id))));
        }
        assert!(seen.len() == 125 && seen.is_sorted(), "given up first, newest first");
        seen.dedup();
        assert_eq!((seen.len(), seen.iter().filter(|(waits, _)| !waits).count()), (125, 62));
        assert_eq!(notification::retry_all_events(&shop.ctx, &admin).await.unwrap(), 125);
        assert_eq!(notification::claim_due(&shop.ctx, 200).await.unwrap().len(), 125);
    })
    .await;
}

#[tokio::test]
async fn a_letter_that_may_have_gone_is_not_forgotten() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let placed = b.place("k").await.unwrap().view.payment;
        shop.mailer.is_down.store(true, Ordering::Relaxed);
        assert_eq!(work(&shop).await, 1);
        // Killed in the middle of the next try, and paid since.
        let claimed = Expr::value(shop.ctx.now());
        email::Entity::update_many().col_expr(email::Column::ClaimedAt, claimed).exec(&shop.ctx.db).await.unwrap();
        shop.mailer.is_down.store(false, Ordering::Relaxed);
        payment::apply_event(&shop.ctx, "sandbox", &FakeGateway::paid(placed.id, placed.amount)).await.unwrap();
        shop.advance(TimeDelta::seconds(30));
        assert_eq!(work(&shop).await, 1, "it may be on its way");
        shop.advance(TimeDelta::minutes(3));
        assert_eq!(work(&shop).await, 0);
        let unsent = email::Entity::find().filter(email::Column::SentAt.is_null()).all(&shop.ctx.db).await.unwrap();
        assert!(unsent.len() == 1 && unsent[0].failed_at.is_some(), "{unsent:?}");
    })
    .await;
}
