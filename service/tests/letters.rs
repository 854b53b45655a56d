//! Letters: who gets which, in which language, once; unsubscribing; what a mail server refuses.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod buying;

use buying::{Buying, refusal};
use chrono::TimeDelta;
use domain::admin::MailRow;
use domain::checkout::CheckoutView;
use domain::inventory::StockCount;
use domain::letter::{LetterKind, MailState};
use domain::order::CancelInput;
use domain::payout::{BatchInput, PayoutAccountInput, PayoutInput, PayoutReason, PayoutReference};
use domain::review::ReviewInput;
use domain::{Error, Locale, Money, PageRequest};
use entity::{email, user};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, Set};
use service::event::{Event, emit};
use service::fixture::{FakeGateway, Shop, on_each_database};
use service::{Actor, inventory, notification, order, payment, payout, review};
use std::sync::atomic::Ordering;

/// Handles everything in the outbox, noting failures as the workers do; answers how many failed.
async fn work(shop: &Shop) -> usize {
    let mut failures = 0;
    loop {
        let due = notification::claim_due(&shop.ctx, 100).await.unwrap();
        if due.is_empty() {
            return failures;
        }
        for (id, _) in due {
            notification::mark_dispatched(&shop.ctx, &[id]).await.unwrap();
            let Some(event) = notification::open_event(&shop.ctx, id).await.unwrap() else { continue };
            match notification::handle(&shop.ctx, id, &event).await {
                Ok(()) => notification::finish(&shop.ctx, id).await.unwrap(),
                Err(error) => {
                    failures += 1;
                    notification::record_failure(&shop.ctx, id, &error).await.unwrap();
                }
            }
        }
    }
}

fn address(actor: &Actor) -> String {
    actor.user().unwrap().email.clone()
}

fn subjects(shop: &Shop, actor: &Actor) -> Vec<String> {
    shop.mailer.sent_to(&address(actor)).into_iter().map(|m| m.subject).collect()
}

/// Places, and pays when the letter about it has gone.
async fn buy(shop: &Shop, b: &Buying) -> CheckoutView {
    let placed = b.place("k").await.unwrap().view;
    work(shop).await;
    let paid = FakeGateway::paid(placed.payment.id, placed.payment.amount);
    payment::apply_event(&shop.ctx, "sandbox", &paid).await.unwrap();
    placed
}

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

async fn speak(shop: &Shop, actor: &Actor, locale: Locale) {
    let row = user::Entity::find_by_id(actor.user().unwrap().id).one(&shop.ctx.db).await.unwrap().unwrap();
    let mut row = row.into_active_model();
    row.locale = Set(locale);
    row.update(&shop.ctx.db).await.unwrap();
}

#[tokio::test]
async fn every_kind_can_be_looked_at_in_both_languages() {
    on_each_database(|shop| async move {
        let admin = shop.staff("Admin", "sysadmin").await.unwrap();
        let buyer = shop.customer("Budi").await.unwrap();
        for kind in LetterKind::ALL {
            let id = notification::preview(&shop.ctx, &admin, *kind, Locale::Id).await.unwrap();
            let en = notification::preview(&shop.ctx, &admin, *kind, Locale::En).await.unwrap();
            assert!(id.subject != en.subject && id.html.contains("lang=\"id\"") && en.html.contains("lang=\"en\""), "{kind}");
            for preview in [id, en] {
                assert!(!preview.subject.contains('{') && !preview.text.contains('{') && !preview.html.contains("{{"), "{kind}");
                assert!(preview.text.contains("Jl. Contoh No. 1") && preview.html.contains("Jl. Contoh No. 1"), "{kind}");
                assert_eq!(preview.text.contains("/unsubscribe/"), kind.is_optional(), "{kind}");
            }
        }
        let refused = notification::preview(&shop.ctx, &buyer, LetterKind::Welcome, Locale::Id).await;
        assert_eq!(refusal(refused), Error::Forbidden);
        let guest = notification::preview(&shop.ctx, &Actor::default(), LetterKind::Welcome, Locale::Id).await;
        assert_eq!(refusal(guest), Error::Unauthenticated);
    })
    .await;
}

#[tokio::test]
async fn everybody_hears_of_an_order_once_in_their_own_language() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        speak(&shop, &b.buyer, Locale::En).await;
        let placed = buy(&shop, &b).await;
        let numbers = b.numbers_by_seller(&placed);
        b.deliver(0, &numbers[0]).await;
        order::cancel_own(&shop.ctx, &b.sellers[1], &numbers[1], CancelInput { reason: Some("habis".into()) }).await.unwrap();
        work(&shop).await;
        let total = placed.payment.amount.written(Locale::En);
        let found = subjects(&shop, &b.buyer);
        for expected in [
            format!("Order placed, waiting for {total}"),
            format!("Payment received – {}", numbers[0]),
            format!("Payment received – {}", numbers[1]),
            format!("Order in preparation – {}", numbers[0]),
            format!("Order shipped – {}", numbers[0]),
            format!("Order complete – {}", numbers[0]),
            format!("Order cancelled – {}", numbers[1]),
        ] {
            assert_eq!(found.iter().filter(|s| **s == expected).count(), 1, "{expected}: {found:?}");
        }
        assert_eq!(found.iter().filter(|s| s.starts_with("Refund of Rp ")).count(), 1, "{found:?}");
        let first = subjects(&shop, &b.sellers[0]);
        assert!(first.contains(&format!("Pesanan baru – {}", numbers[0])), "{first:?}");
        let second = subjects(&shop, &b.sellers[1]);
        assert!(second.contains(&format!("Pesanan dibatalkan – {}", numbers[1])), "{second:?}");
        for mail in shop.mailer.sent() {
            assert!(!mail.text.is_empty() && mail.html.starts_with("<!doctype html>"));
            assert_eq!(mail.unsubscribe_url, None, "letters about orders are not optional: {}", mail.subject);
        }
    })
    .await;
}

#[tokio::test]
async fn a_letter_tells_how_to_stop_it_and_the_link_needs_nobody_to_sign_in() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let seller = &b.sellers[0];
        shop.advance(TimeDelta::days(2));
        notification::request_weekly_reports(&shop.ctx).await.unwrap();
        work(&shop).await;
        let report = |shop: &Shop| {
            shop.mailer.sent_to(&address(seller)).into_iter().filter(|m| m.unsubscribe_url.is_some()).collect::<Vec<_>>()
        };
        let sent = report(&shop);
        assert_eq!(sent.len(), 1);
        let url = sent[0].unsubscribe_url.clone().unwrap();
        assert!(sent[0].text.contains(&url), "{}", sent[0].text);
        let token = url.rsplit('/').next().unwrap();

        let looked = notification::subscription(&shop.ctx, token).await.unwrap();
        assert!(looked.is_wanted && looked.kind == LetterKind::WeeklyReport, "looking changes nothing");
        for bad in [
            format!("{token}x"),
            token.replace("weekly_report", "welcome"),
            token.replace('.', ""),
            "a.b.c".into(),
            String::new(),
        ] {
            assert!(matches!(refusal(notification::unsubscribe(&shop.ctx, &bad).await), Error::NotFound(_)), "{bad}");
        }
        notification::unsubscribe(&shop.ctx, token).await.unwrap();
        notification::unsubscribe(&shop.ctx, token).await.unwrap();
        let wanted =
            |all: Vec<domain::letter::LetterPreference>| all.into_iter().map(|p| (p.kind, p.is_wanted)).collect::<Vec<_>>();
        let mine = wanted(notification::preferences(&shop.ctx, seller).await.unwrap());
        assert_eq!(mine, [(LetterKind::ReviewInvitation, true), (LetterKind::LowStock, true), (LetterKind::WeeklyReport, false)]);
        assert_eq!(wanted(notification::preferences(&shop.ctx, &b.buyer).await.unwrap()), [(LetterKind::ReviewInvitation, true)]);
        shop.advance(TimeDelta::days(7));
        notification::request_weekly_reports(&shop.ctx).await.unwrap();
        work(&shop).await;
        assert_eq!(report(&shop).len(), 1, "nothing more");
        assert!(subjects(&shop, &b.sellers[1]).len() >= 2, "the other seller's go on");

        notification::set_preference(&shop.ctx, seller, LetterKind::WeeklyReport, true).await.unwrap();
        notification::request_weekly_reports(&shop.ctx).await.unwrap();
        work(&shop).await;
        assert_eq!(report(&shop).len(), 2);
        let refused = notification::set_preference(&shop.ctx, seller, LetterKind::PaymentReceived, false).await;
        assert_eq!(refusal(refused), Error::invalid("kind", "unknown_value"));
    })
    .await;
}

#[tokio::test]
async fn buyers_are_asked_once_for_what_they_have_not_reviewed() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let placed = b.pay("k").await;
        let numbers = b.numbers_by_seller(&placed);
        b.deliver(0, &numbers[0]).await;
        b.deliver(1, &numbers[1]).await;
        let input = ReviewInput { order_number: numbers[1].clone(), rating: 5, comment: "Bagus".into() };
        review::add(&shop.ctx, &b.buyer, &b.sold[1].slug, input).await.unwrap();
        assert_eq!(order::invite_reviews(&shop.ctx).await.unwrap(), 0, "too early");
        shop.advance(TimeDelta::days(3));
        assert_eq!(order::invite_reviews(&shop.ctx).await.unwrap(), 2);
        assert_eq!(order::invite_reviews(&shop.ctx).await.unwrap(), 0);
        work(&shop).await;
        let asked: Vec<_> = subjects(&shop, &b.buyer).into_iter().filter(|s| s.starts_with("Bagaimana ")).collect();
        assert_eq!(asked, ["Bagaimana Sepatu lari?"]);
    })
    .await;
}

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
async fn a_seller_hears_where_the_money_goes() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let (ctx, seller) = (&shop.ctx, &b.sellers[0]);
        let placed = b.pay("k").await;
        b.deliver(0, &b.numbers_by_seller(&placed)[0]).await;
        let account = PayoutAccountInput { bank: "BCA".into(), account_number: "1234567890".into(), holder: "Budi".into() };
        payout::set_account(ctx, seller, account.clone()).await.unwrap();
        payout::set_account(ctx, seller, account).await.unwrap();
        shop.advance(TimeDelta::hours(24));
        let finance = shop.staff("Fitri", "finance").await.unwrap();
        let refused = payout::request(ctx, seller, PayoutInput { amount: Money(60_000) }).await.unwrap();
        payout::refuse(ctx, &finance, refused.id, PayoutReason { reason: "Rekening tutup".into() }).await.unwrap();
        let sent = payout::request(ctx, seller, PayoutInput { amount: Money(50_000) }).await.unwrap();
        payout::approve(ctx, &finance, sent.id).await.unwrap();
        payout::create_batch(ctx, &finance, BatchInput { payouts: vec![sent.id] }).await.unwrap();
        for _ in 0..2 {
            payout::settle(ctx, &finance, sent.id, PayoutReference { reference: "BCA-7".into() }).await.unwrap();
        }
        assert_eq!(work(&shop).await, 0);
        let letters: Vec<_> =
            shop.mailer.sent_to(&address(seller)).into_iter().filter(|m| m.text.contains("/seller/payouts")).collect();
        let subjects: Vec<_> = letters.iter().map(|m| m.subject.as_str()).collect();
        assert_eq!(subjects, ["Rekening pencairan diubah", "Pencairan Rp 60.000 tidak terkirim", "Pencairan Rp 50.000 dikirim"]);
        assert!(
            letters
                .iter()
                .all(|m| m.text.contains("BCA ••••7890") && !m.text.contains("1234567890") && !m.html.contains("1234567890"))
        );
        assert!(letters[1].text.contains("Rekening tutup") && letters[2].text.contains("BCA-7"));
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

#[tokio::test]
async fn a_weekly_report_goes_to_owners_who_can_read_it() {
    on_each_database(|shop| async move {
        let sellers = [shop.seller("Toko Satu").await.unwrap(), shop.seller("Toko Dua").await.unwrap()];
        let change = async |actor: &Actor, change: fn(&mut user::ActiveModel)| {
            let row = user::Entity::find_by_id(actor.user().unwrap().id).one(&shop.ctx.db).await.unwrap().unwrap();
            let mut row = row.into_active_model();
            change(&mut row);
            row.update(&shop.ctx.db).await.unwrap();
        };
        change(&sellers[0], |owner| owner.is_active = Set(false)).await;
        change(&sellers[1], |owner| owner.email_verified_at = Set(None)).await;
        let mut ctx = shop.ctx.clone();
        ctx.settings = service::Settings { demo: false, ..service::Settings::clone(&shop.ctx.settings) }.into();
        assert_eq!(notification::request_weekly_reports(&ctx).await.unwrap(), 0);
        assert_eq!(notification::request_weekly_reports(&shop.ctx).await.unwrap(), 1, "a demo asks for no proof");
        // Gone between the request and the letter.
        change(&sellers[1], |owner| owner.is_active = Set(false)).await;
        assert_eq!(work(&shop).await, 0);
        assert_eq!(shop.mailer.sent(), []);
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
