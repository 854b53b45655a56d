//! Letters: who gets which, in which language, once; unsubscribing; what a mail server refuses.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../buying/mod.rs"]
mod buying;
mod trouble;
mod withdrawn;

use buying::{Buying, refusal};
use chrono::TimeDelta;
use domain::checkout::CheckoutView;
use domain::letter::LetterKind;
use domain::order::CancelInput;
use domain::payout::{BatchInput, PayoutAccountInput, PayoutInput, PayoutReason, PayoutReference};
use domain::review::ReviewInput;
use domain::{Error, Locale, Money};
use entity::user;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, Set};
use service::fixture::{FakeGateway, Shop, on_each_database};
use service::{Actor, notification, order, payment, payout, review};

/// Handles everything in the outbox, noting failures as the workers do; answers how many failed.
pub async fn work(shop: &Shop) -> usize {
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

pub fn address(actor: &Actor) -> String {
    actor.user().unwrap().email.clone()
}

pub fn subjects(shop: &Shop, actor: &Actor) -> Vec<String> {
    shop.mailer.sent_to(&address(actor)).into_iter().map(|m| m.subject).collect()
}

/// Places, and pays when the letter about it has gone.
pub async fn buy(shop: &Shop, b: &Buying) -> CheckoutView {
    let placed = b.place("k").await.unwrap().view;
    work(shop).await;
    let paid = FakeGateway::paid(placed.payment.id, placed.payment.amount);
    payment::apply_event(&shop.ctx, "sandbox", &paid).await.unwrap();
    placed
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
        let mails = shop.mailer.sent_to(&address(&b.buyer));
        let refund = mails.iter().find(|m| m.subject.starts_with("Refund of Rp ")).unwrap();
        assert!(refund.text.contains(&numbers[1]), "{}", refund.text);
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
