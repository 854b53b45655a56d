//! Links by email: to a new password, and from an address that is to be proven.

use crate::{EMAIL, GUEST, NEW, PASSWORD, deliver, forget, link, login, person, refusal, registration, reset, with};
use chrono::TimeDelta;
use domain::Error;
use domain::identity::{EmailInput, LinkToken, PasswordChange, RegistrationInput};
use entity::{account_link, user};
use futures::future::join_all;
use sea_orm::{EntityTrait, PaginatorTrait};
use service::fixture::{Shop, on_each_database};
use service::identity::Registered;
use service::{Actor, identity, notification};
use std::sync::atomic::Ordering;

#[tokio::test]
async fn a_link_sets_a_new_password_once_and_ends_every_session() {
    on_each_database(|shop| async move {
        let here = person(&shop.ctx, EMAIL).await;
        forget(&shop, " BUDI@contoh.id ").await;
        let token = link(&shop, "reset-password");
        let stored = account_link::Entity::find().all(&shop.ctx.db).await.unwrap();
        assert!(stored.iter().all(|row| row.token_hash != token && row.token_hash.len() == 43));
        assert_eq!(refusal(reset(&shop.ctx, &token, "12345678").await).fields()[0].code, "password_guessable");
        reset(&shop.ctx, &token, NEW).await.unwrap();
        assert_eq!(refusal(reset(&shop.ctx, &token, "lain-lagi-5521").await), Error::invalid("token", "link_expired"));
        let session = here.user.as_ref().unwrap().session;
        let ended = entity::session::Entity::find_by_id(session).one(&shop.ctx.db).await.unwrap().unwrap();
        assert!(ended.revoked_at.is_some());
        assert_eq!(refusal(login(&shop.ctx, EMAIL, PASSWORD, None).await), Error::InvalidCredentials);
        let pair = login(&shop.ctx, EMAIL, NEW, None).await.unwrap();
        assert!(pair.user.email_verified, "who reads the mail owns the address");
        deliver(&shop.ctx).await;
        let last = shop.mailer.sent().pop().unwrap();
        assert_eq!((last.to.as_str(), last.subject.as_str()), (EMAIL, "Kata sandi kamu diganti"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_who_spend_a_link_at_once_one_succeeds() {
    on_each_database(|shop| async move {
        person(&shop.ctx, EMAIL).await;
        let token = link_of_verification(&shop).await;
        let tries = (0..20).map(|_| {
            let (ctx, token) = (shop.ctx.clone(), token.clone());
            tokio::spawn(async move { identity::verify_email(&ctx, &Actor::default(), LinkToken { token }).await })
        });
        let done = join_all(tries).await.into_iter().map(|t| t.unwrap());
        let (won, lost): (Vec<_>, Vec<_>) = done.partition(Result::is_ok);
        assert_eq!((won.len(), lost.len()), (1, 19));
        for error in lost {
            assert_eq!(refusal(error), Error::invalid("token", "link_expired"));
        }
    })
    .await;
}

async fn link_of_verification(shop: &Shop) -> String {
    identity::resend_verification(&shop.ctx, &Actor::default(), EmailInput { email: EMAIL.into() }).await.unwrap();
    deliver(&shop.ctx).await;
    link(shop, "verify-email")
}

#[tokio::test]
async fn links_expire_and_the_newest_replaces_the_others() {
    on_each_database(|shop| async move {
        person(&shop.ctx, EMAIL).await;
        let verification = link_of_verification(&shop).await;
        forget(&shop, EMAIL).await;
        let first = link(&shop, "reset-password");
        forget(&shop, EMAIL).await;
        let second = link(&shop, "reset-password");
        assert_ne!(first, second);
        assert_eq!(refusal(reset(&shop.ctx, &first, NEW).await), Error::invalid("token", "link_expired"));
        // A link is good for its own purpose only.
        assert_eq!(refusal(reset(&shop.ctx, &verification, NEW).await), Error::invalid("token", "link_expired"));
        shop.advance(TimeDelta::minutes(61));
        assert_eq!(refusal(reset(&shop.ctx, &second, NEW).await), Error::invalid("token", "link_expired"));
        shop.advance(TimeDelta::hours(22));
        let verify = |token: &str| {
            let token = LinkToken { token: token.to_owned() };
            let ctx = shop.ctx.clone();
            async move { identity::verify_email(&ctx, &Actor::default(), token).await }
        };
        verify(&verification).await.unwrap();
        // Proven: there is nothing to send any more.
        let sent = shop.mailer.sent().len();
        identity::resend_verification(&shop.ctx, &Actor::default(), EmailInput { email: EMAIL.into() }).await.unwrap();
        deliver(&shop.ctx).await;
        assert_eq!(shop.mailer.sent().len(), sent);
        shop.advance(TimeDelta::days(9));
        assert_eq!(identity::forget_old_links(&shop.ctx).await.unwrap(), 2);
    })
    .await;
}

/// A worker that dies after writing the letter, and events that come in another order.
#[tokio::test]
async fn an_event_handled_again_sends_no_other_link() {
    on_each_database(|shop| async move {
        person(&shop.ctx, EMAIL).await;
        deliver(&shop.ctx).await;
        let before = shop.mailer.sent().len();
        let ask = || identity::forgot_password(&shop.ctx, GUEST, EmailInput { email: EMAIL.into() });
        ask().await.unwrap();
        ask().await.unwrap();
        let due = notification::claim_due(&shop.ctx, 10).await.unwrap();
        // The newer one first, then the older, then both again.
        for (id, _) in due.iter().rev().chain(&due) {
            let event = notification::open_event(&shop.ctx, *id).await.unwrap().unwrap();
            notification::handle(&shop.ctx, *id, &event).await.unwrap();
        }
        assert_eq!(shop.mailer.sent().len(), before + 1);
        reset(&shop.ctx, &link(&shop, "reset-password"), NEW).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_link_that_ended_while_the_mail_server_was_away_is_not_sent() {
    on_each_database(|shop| async move {
        person(&shop.ctx, EMAIL).await;
        deliver(&shop.ctx).await;
        let before = shop.mailer.sent().len();
        identity::forgot_password(&shop.ctx, GUEST, EmailInput { email: EMAIL.into() }).await.unwrap();
        shop.mailer.is_down.store(true, Ordering::Relaxed);
        let (id, _) = notification::claim_due(&shop.ctx, 1).await.unwrap()[0].clone();
        let event = notification::open_event(&shop.ctx, id).await.unwrap().unwrap();
        assert!(notification::handle(&shop.ctx, id, &event).await.is_err());
        shop.mailer.is_down.store(false, Ordering::Relaxed);
        shop.advance(TimeDelta::hours(2));
        deliver(&shop.ctx).await;
        assert_eq!(shop.mailer.sent().len(), before);
    })
    .await;
}

#[tokio::test]
async fn nobody_is_written_to_who_has_no_account() {
    on_each_database(|shop| async move {
        forget(&shop, "tidak-ada@contoh.id").await;
        assert_eq!(shop.mailer.sent().len(), 0);
        assert_eq!(account_link::Entity::find().count(&shop.ctx.db).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn a_changed_password_ends_the_link_to_another() {
    on_each_database(|shop| async move {
        let here = person(&shop.ctx, EMAIL).await;
        forget(&shop, EMAIL).await;
        let change = PasswordChange { current_password: PASSWORD.into(), new_password: NEW.into() };
        identity::change_password(&shop.ctx, &here, change).await.unwrap();
        let late = reset(&shop.ctx, &link(&shop, "reset-password"), "lain-lagi-5521").await;
        assert_eq!(refusal(late), Error::invalid("token", "link_expired"));
    })
    .await;
}

#[tokio::test]
async fn outside_of_a_demo_an_account_opens_when_its_email_is_proven() {
    on_each_database(|shop| async move {
        let ctx = with(&shop, |settings| settings.demo = false);
        let register = || identity::register(&ctx, GUEST, registration(EMAIL));
        assert!(matches!(register().await.unwrap(), Registered::ConfirmEmail));
        assert_eq!(refusal(login(&ctx, EMAIL, PASSWORD, None).await), Error::InvalidCredentials);
        deliver(&ctx).await;
        let subjects = || shop.mailer.sent().into_iter().map(|m| m.subject).collect::<Vec<_>>();
        assert_eq!(subjects(), ["Konfirmasi alamat email kamu"], "nothing says that the account is open");
        let token = link(&shop, "verify-email");
        let stored = entity::email::Entity::find().all(&ctx.db).await.unwrap();
        assert!(stored.iter().all(|m| !m.body.contains(&token) && !m.html.contains(&token)), "blanked once it is sent");
        // Asked for once more, the newer link replaces it.
        identity::resend_verification(&ctx, GUEST, EmailInput { email: EMAIL.into() }).await.unwrap();
        deliver(&ctx).await;
        assert_eq!(subjects()[1..], ["Konfirmasi alamat email kamu"]);
        let newer = link(&shop, "verify-email");
        let spent = identity::verify_email(&ctx, GUEST, LinkToken { token }).await;
        assert_eq!(refusal(spent), Error::invalid("token", "link_expired"));
        identity::verify_email(&ctx, GUEST, LinkToken { token: newer }).await.unwrap();
        assert!(login(&ctx, EMAIL, PASSWORD, None).await.unwrap().user.email_verified);
        deliver(&ctx).await;
        assert_eq!(subjects()[2..], ["Selamat datang di Belanjain"]);
        // With an email that is taken: the same answer, and a letter to its owner.
        assert!(matches!(register().await.unwrap(), Registered::ConfirmEmail));
        deliver(&ctx).await;
        assert_eq!(subjects()[3..], ["Kamu sudah punya akun"]);
    })
    .await;
}

/// A stranger registers with somebody's address and a password the stranger knows, and waits until the owner
/// wants an account too.
#[tokio::test]
async fn who_registers_with_an_address_that_was_never_proven_chooses_the_password_by_mail() {
    on_each_database(|shop| async move {
        let ctx = with(&shop, |settings| settings.demo = false);
        identity::register(&ctx, GUEST, registration(EMAIL)).await.unwrap();
        deliver(&ctx).await;
        let of_stranger = link(&shop, "verify-email");
        let mine = RegistrationInput { password: NEW.into(), ..registration(EMAIL) };
        assert!(matches!(identity::register(&ctx, GUEST, mine).await.unwrap(), Registered::ConfirmEmail));
        assert_eq!(user::Entity::find().count(&ctx.db).await.unwrap(), 1, "what was taken back left nothing");
        deliver(&ctx).await;
        let sent = shop.mailer.sent();
        let subjects: Vec<_> = sent.iter().map(|m| m.subject.as_str()).collect();
        assert_eq!(subjects, ["Konfirmasi alamat email kamu", "Buka akun kamu dengan kata sandi baru"]);
        // The owner follows the older letter first.
        identity::verify_email(&ctx, GUEST, LinkToken { token: of_stranger }).await.unwrap();
        assert_eq!(refusal(login(&ctx, EMAIL, PASSWORD, None).await), Error::InvalidCredentials);
        reset(&ctx, &link(&shop, "reset-password"), NEW).await.unwrap();
        assert!(login(&ctx, EMAIL, NEW, None).await.unwrap().user.email_verified);
        assert_eq!(refusal(login(&ctx, EMAIL, PASSWORD, None).await), Error::InvalidCredentials);
    })
    .await;
}

#[tokio::test]
async fn a_new_password_by_mail_opens_an_account_too_and_a_demo_welcomes_at_once() {
    on_each_database(|shop| async move {
        let ctx = with(&shop, |settings| settings.demo = false);
        let subjects = || shop.mailer.sent().into_iter().map(|m| m.subject).collect::<Vec<_>>();
        identity::register(&ctx, GUEST, registration(EMAIL)).await.unwrap();
        deliver(&ctx).await;
        for password in [NEW, "lain-lagi-5521"] {
            forget(&shop, EMAIL).await;
            reset(&ctx, &link(&shop, "reset-password"), password).await.unwrap();
            deliver(&ctx).await;
        }
        let opened = subjects().iter().filter(|s| *s == "Selamat datang di Belanjain").count();
        assert_eq!(opened, 1, "{:?}", subjects());
        let before = subjects().len();
        person(&shop.ctx, "sari@contoh.id").await;
        deliver(&shop.ctx).await;
        assert_eq!(subjects()[before..], ["Selamat datang di Belanjain"]);
    })
    .await;
}

#[tokio::test]
async fn no_sign_in_with_the_old_password_outlives_its_change() {
    on_each_database(|shop| async move {
        let here = person(&shop.ctx, EMAIL).await;
        let change = PasswordChange { current_password: PASSWORD.into(), new_password: NEW.into() };
        let changed = std::cell::Cell::new(false);
        let changing = async {
            identity::change_password(&shop.ctx, &here, change).await.unwrap();
            changed.set(true);
        };
        // Several at once, again and again: some have their password checked before the change and enter after it.
        let entering = futures::future::join_all((0..4).map(|_| async {
            let mut entered = vec![];
            while !changed.get() {
                entered.extend(login(&shop.ctx, EMAIL, PASSWORD, None).await);
            }
            entered
        }));
        let ((), entered) = tokio::join!(changing, entering);
        let entered: Vec<_> = entered.into_iter().flatten().collect();
        assert!(!entered.is_empty(), "some came before the change");
        for pair in entered {
            let late = identity::authenticate(&shop.ctx, Actor::default(), &pair.access_token).await;
            assert!(late.is_err(), "a session of the old password is alive");
        }
    })
    .await;
}
