//! Links by email and the second factor, on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use chrono::TimeDelta;
use domain::identity::{
    CodeInput, Credentials, EmailInput, LinkToken, PasswordChange, PasswordProof, PasswordReset, RegistrationInput, TokenPair,
    TwoFactorProof,
};
use domain::{Conflict, Error};
use entity::{account_link, audit_entry, recovery_code, two_factor, user};
use futures::future::join_all;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use service::fixture::{Shop, on_each_database};
use service::identity::{Registered, SignIn};
use service::port::Mail;
use service::{Actor, Ctx, Settings, cart, identity, notification};
use totp_rs::{Builder, Secret};

const PASSWORD: &str = "kopi-tubruk-9431";
const NEW: &str = "teh-poci-8812";
const EMAIL: &str = "budi@contoh.id";

fn registration(email: &str) -> RegistrationInput {
    serde_json::from_value(serde_json::json!({ "name": "Budi", "email": email, "password": PASSWORD, "role": "customer" }))
        .unwrap()
}

fn with(shop: &Shop, change: impl FnOnce(&mut Settings)) -> Ctx {
    let mut settings = Settings::clone(&shop.ctx.settings);
    change(&mut settings);
    let mut ctx = shop.ctx.clone();
    ctx.settings = settings.into();
    ctx
}

async fn person(ctx: &Ctx, email: &str) -> Actor {
    let Registered::SignedIn(pair) = identity::register(ctx, &Actor::default(), registration(email)).await.unwrap() else {
        panic!("a demo signs in at once")
    };
    signed_in(ctx, &pair).await
}

async fn signed_in(ctx: &Ctx, pair: &TokenPair) -> Actor {
    identity::authenticate(ctx, Actor::default(), &pair.access_token).await.unwrap()
}

async fn login(ctx: &Ctx, email: &str, password: &str, totp: Option<&str>) -> service::Result<TokenPair> {
    let input = Credentials { email: email.into(), password: password.into(), totp: totp.map(str::to_owned) };
    identity::login(ctx, &Actor::default(), input).await
}

fn refusal<T>(result: service::Result<T>) -> Error {
    match result {
        Ok(_) => panic!("accepted"),
        Err(error) => error.into_domain(),
    }
}

/// What the workers do: every event, the letters it makes, and those events it makes in turn.
async fn deliver(ctx: &Ctx) {
    loop {
        let due = notification::claim_due(ctx, 100).await.unwrap();
        if due.is_empty() {
            return;
        }
        for (id, _) in due {
            let event = notification::open_event(ctx, id).await.unwrap().unwrap();
            notification::handle(ctx, id, &event).await.unwrap();
            notification::finish(ctx, id).await.unwrap();
        }
    }
}

/// The secret of the last link sent to a page.
fn link(shop: &Shop, page: &str) -> String {
    let wanted = format!("/{page}?token=");
    let mail: Mail = shop.mailer.sent().into_iter().rev().find(|m| m.text.contains(&wanted)).expect("a letter with a link");
    let rest = mail.text.split(&wanted).nth(1).unwrap();
    rest.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect()
}

async fn forget(shop: &Shop, email: &str) {
    let input = EmailInput { email: email.into() };
    identity::forgot_password(&shop.ctx, &Actor::default(), input).await.unwrap();
    deliver(&shop.ctx).await;
}

async fn reset(ctx: &Ctx, token: &str, new: &str) -> service::Result<()> {
    let input = PasswordReset { token: token.into(), new_password: new.into() };
    identity::reset_password(ctx, &Actor::default(), input).await
}

/// The code an app shows now.
async fn code(shop: &Shop, secret: &str) -> String {
    let secret = Secret::try_from_base32(secret).unwrap();
    let now = u64::try_from(shop.ctx.now().timestamp()).unwrap();
    Builder::new().with_secret(secret).with_account_name("x").build().unwrap().generate(now).to_string()
}

/// Switches the second factor on; answers the app's secret and the recovery codes.
async fn enrol(shop: &Shop, ctx: &Ctx, who: &Actor) -> (String, Vec<String>) {
    let proof = PasswordProof { password: PASSWORD.into() };
    let setup = identity::begin_two_factor(ctx, who, proof).await.unwrap();
    let input = CodeInput { code: code(shop, &setup.secret).await };
    (setup.secret, identity::confirm_two_factor(ctx, who, input).await.unwrap().codes)
}

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

const GUEST: &Actor =
    &Actor { locale: domain::Locale::Id, user: None, cart_token: None, chosen_store: None, address: None, device: String::new() };

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
        let token = link(&shop, "verify-email");
        let stored = entity::email::Entity::find().all(&ctx.db).await.unwrap();
        assert!(stored.iter().all(|m| !m.body.contains(&token) && !m.html.contains(&token)), "blanked once it is sent");
        // Again, with an email that is taken: the same answer, and a letter to its owner.
        let sent = shop.mailer.sent().len();
        assert!(matches!(register().await.unwrap(), Registered::ConfirmEmail));
        deliver(&ctx).await;
        let letters = shop.mailer.sent();
        assert_eq!((letters.len(), letters[sent].subject.as_str()), (sent + 1, "Kamu sudah punya akun"));
        assert_eq!(user::Entity::find().count(&ctx.db).await.unwrap(), 1, "what was taken back left nothing");
        identity::verify_email(&ctx, GUEST, LinkToken { token }).await.unwrap();
        assert!(login(&ctx, EMAIL, PASSWORD, None).await.unwrap().user.email_verified);
    })
    .await;
}

#[tokio::test]
async fn a_second_factor_is_asked_for_and_each_code_works_once() {
    on_each_database(|shop| async move {
        let ctx = &shop.ctx;
        let here = person(ctx, EMAIL).await;
        let there = login(ctx, EMAIL, PASSWORD, None).await.unwrap();
        let wrong = identity::begin_two_factor(ctx, &here, PasswordProof { password: "bukan-ini-123".into() }).await;
        assert_eq!(refusal(wrong), Error::invalid("password", "wrong_password"));
        let (secret, codes) = enrol(&shop, ctx, &here).await;
        assert_eq!(codes.len(), 10);
        let sealed = two_factor::Entity::find().one(&ctx.db).await.unwrap().unwrap().secret;
        assert!(!sealed.contains(&secret) && sealed.len() > 60, "sealed");
        let other = identity::authenticate(ctx, Actor::default(), &there.access_token).await;
        assert_eq!(refusal(other), Error::SessionEnded, "begun without the second factor");
        let again = identity::begin_two_factor(ctx, &here, PasswordProof { password: PASSWORD.into() }).await;
        assert_eq!(refusal(again), Error::Conflict(Conflict::TwoFactorOn));

        assert_eq!(refusal(login(ctx, EMAIL, PASSWORD, None).await), Error::TotpRequired);
        assert_eq!(refusal(login(ctx, EMAIL, "bukan-ini-123", None).await), Error::InvalidCredentials);
        let used = code(&shop, &secret).await;
        assert_eq!(refusal(login(ctx, EMAIL, PASSWORD, Some(&used)).await), Error::TotpInvalid, "confirmed the set-up");
        shop.advance(TimeDelta::seconds(30));
        let next = code(&shop, &secret).await;
        login(ctx, EMAIL, PASSWORD, Some(&next)).await.unwrap();
        assert_eq!(refusal(login(ctx, EMAIL, PASSWORD, Some(&next)).await), Error::TotpInvalid, "replayed");
        // One step late is fine, two are not.
        shop.advance(TimeDelta::seconds(30));
        let late = code(&shop, &secret).await;
        shop.advance(TimeDelta::seconds(60));
        assert_eq!(refusal(login(ctx, EMAIL, PASSWORD, Some(&late)).await), Error::TotpInvalid);
        let late = code(&shop, &secret).await;
        shop.advance(TimeDelta::seconds(30));
        login(ctx, EMAIL, PASSWORD, Some(&late)).await.unwrap();
        assert_eq!(refusal(login(ctx, EMAIL, PASSWORD, Some("bukan")).await), Error::TotpInvalid);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_code_presented_twenty_times_at_once_opens_one_session() {
    on_each_database(|shop| async move {
        let here = person(&shop.ctx, EMAIL).await;
        let (secret, codes) = enrol(&shop, &shop.ctx, &here).await;
        shop.advance(TimeDelta::seconds(30));
        for code in [code(&shop, &secret).await, codes[0].to_lowercase().replace('-', " ")] {
            let tries = (0..20).map(|_| {
                let (ctx, code) = (shop.ctx.clone(), code.clone());
                tokio::spawn(async move { login(&ctx, EMAIL, PASSWORD, Some(&code)).await })
            });
            let done: Vec<_> = join_all(tries).await.into_iter().map(|t| t.unwrap()).collect();
            assert_eq!(done.iter().filter(|r| r.is_ok()).count(), 1);
            for refused in done.into_iter().filter(Result::is_err) {
                assert_eq!(refusal(refused), Error::TotpInvalid);
            }
        }
        assert_eq!(identity::two_factor(&shop.ctx, &here).await.unwrap().recovery_codes_left, 9);
        let stored = recovery_code::Entity::find().all(&shop.ctx.db).await.unwrap();
        assert!(stored.iter().all(|row| !codes.iter().any(|c| row.code_hash.contains(c.as_str()))));
    })
    .await;
}

#[tokio::test]
async fn the_second_step_continues_a_right_password_only() {
    on_each_database(|shop| async move {
        let ctx = &shop.ctx;
        let here = person(ctx, EMAIL).await;
        let (secret, codes) = enrol(&shop, ctx, &here).await;
        shop.advance(TimeDelta::seconds(30));
        let begin = || identity::sign_in(ctx, GUEST, Credentials { email: EMAIL.into(), password: PASSWORD.into(), totp: None });
        let SignIn::CodeNeeded(challenge) = begin().await.unwrap() else { panic!("no code asked for") };
        assert!(identity::authenticate(ctx, Actor::default(), &challenge).await.is_err(), "no access token");
        assert_eq!(refusal(identity::sign_in_with_code(ctx, GUEST, "palsu", &codes[0]).await), Error::SessionEnded);
        assert_eq!(refusal(identity::sign_in_with_code(ctx, GUEST, &challenge, "000000").await), Error::TotpInvalid);
        let now = code(&shop, &secret).await;
        let pair = identity::sign_in_with_code(ctx, GUEST, &challenge, &now).await.unwrap();
        // Reset by mail does not go around the second factor.
        forget(&shop, EMAIL).await;
        reset(ctx, &link(&shop, "reset-password"), NEW).await.unwrap();
        assert_eq!(refusal(identity::sign_in_with_code(ctx, GUEST, &challenge, &codes[0]).await), Error::SessionEnded);
        assert_eq!(refusal(login(ctx, EMAIL, NEW, None).await), Error::TotpRequired);
        assert!(identity::authenticate(ctx, Actor::default(), &pair.access_token).await.is_err());
        let SignIn::CodeNeeded(old) =
            identity::sign_in(ctx, GUEST, Credentials { email: EMAIL.into(), password: NEW.into(), totp: None }).await.unwrap()
        else {
            panic!("no code asked for")
        };
        shop.advance(TimeDelta::minutes(11));
        assert_eq!(refusal(identity::sign_in_with_code(ctx, GUEST, &old, &codes[0]).await), Error::SessionEnded, "too late");
    })
    .await;
}

#[tokio::test]
async fn the_second_factor_is_switched_off_by_password_and_code_and_all_is_audited() {
    on_each_database(|shop| async move {
        let ctx = &shop.ctx;
        let here = person(ctx, EMAIL).await;
        let (secret, codes) = enrol(&shop, ctx, &here).await;
        let proof = |password: &str, code: &str| TwoFactorProof { password: password.into(), code: code.into() };
        let wrong = identity::disable_two_factor(ctx, &here, proof("bukan-ini-123", &codes[0])).await;
        assert_eq!(refusal(wrong), Error::invalid("password", "wrong_password"));
        let wrong = identity::disable_two_factor(ctx, &here, proof(PASSWORD, "123")).await;
        assert_eq!(refusal(wrong), Error::invalid("code", "wrong_code"));
        let fresh = identity::renew_recovery_codes(ctx, &here, proof(PASSWORD, &codes[0])).await.unwrap().codes;
        assert_eq!(refusal(login(ctx, EMAIL, PASSWORD, Some(&codes[1])).await), Error::TotpInvalid, "the old ones ended");
        shop.advance(TimeDelta::seconds(30));
        identity::disable_two_factor(ctx, &here, proof(PASSWORD, &code(&shop, &secret).await)).await.unwrap();
        login(ctx, EMAIL, PASSWORD, None).await.unwrap();
        let (_, _) = enrol(&shop, ctx, &here).await;
        assert_eq!(refusal(login(ctx, EMAIL, PASSWORD, Some(&fresh[0])).await), Error::TotpInvalid);
        identity::reset_two_factor(ctx, "BUDI@contoh.id").await.unwrap();
        login(ctx, EMAIL, PASSWORD, None).await.unwrap();
        assert!(matches!(refusal(identity::reset_two_factor(ctx, "tidak-ada@contoh.id").await), Error::NotFound(_)));
        let trail = audit_entry::Entity::find()
            .filter(audit_entry::Column::Subject.eq("user"))
            .order_by_asc(audit_entry::Column::Id)
            .all(&ctx.db)
            .await
            .unwrap();
        let deeds: Vec<&str> = trail.iter().map(|entry| entry.action.trim_start_matches("two_factor.")).collect();
        assert_eq!(deeds, ["enable", "use_recovery_code", "renew_codes", "disable", "enable", "reset"]);
        // The owner hears of every change, whoever made it.
        deliver(ctx).await;
        let mails = shop.mailer.sent_to(EMAIL);
        let told: Vec<_> = mails.iter().filter_map(|m| m.subject.strip_prefix("Verifikasi dua langkah ")).collect();
        assert_eq!(told, ["aktif", "dimatikan", "aktif", "dimatikan"]);
    })
    .await;
}

#[tokio::test]
async fn staff_without_the_second_factor_reach_their_account_only() {
    on_each_database(|shop| async move {
        let ctx = &with(&shop, |settings| settings.staff_two_factor = true);
        let email = "cs1@contoh.id";
        identity::create_staff(ctx, "cs1", "Citra", email, PASSWORD).await.unwrap();
        let pair = login(ctx, email, PASSWORD, None).await.unwrap();
        assert!(pair.user.two_factor_missing);
        let agent = signed_in(ctx, &pair).await;
        let queue = || service::desk::list(ctx, &agent, domain::desk::QueueState::Open, domain::PageRequest::default());
        assert_eq!(refusal(queue().await), Error::TwoFactorMissing);
        let orders = service::order::my_counts(ctx, &agent).await;
        assert_eq!(refusal(orders), Error::TwoFactorMissing);
        let add = cart::add(ctx, &agent, domain::cart::AddItem { variant_id: service::db::new_id(), quantity: 1 }).await;
        assert!(add.is_err());
        identity::me(ctx, &agent).await.unwrap();
        assert!(identity::two_factor(ctx, &agent).await.unwrap().required);
        enrol(&shop, ctx, &agent).await;
        let agent = signed_in(ctx, &pair).await;
        service::desk::list(ctx, &agent, domain::desk::QueueState::Open, domain::PageRequest::default()).await.unwrap();
        // Customers and sellers choose for themselves.
        let buyer = person(ctx, EMAIL).await;
        assert!(!identity::two_factor(ctx, &buyer).await.unwrap().required);
        assert!(buyer.user().is_ok());
    })
    .await;
}

#[tokio::test]
async fn guesses_and_mails_have_to_wait() {
    on_each_database(|shop| async move {
        let settings = Settings { rate_limit: true, ..Settings::clone(&shop.ctx.settings) };
        let ctx = &Ctx::new(shop.ctx.db.clone(), shop.ctx.clock.clone(), settings, shop.ctx.ports.clone());
        let here = person(ctx, EMAIL).await;
        enrol(&shop, ctx, &here).await;
        for email in [EMAIL, "tidak-ada@contoh.id"] {
            let ask = || identity::forgot_password(ctx, GUEST, EmailInput { email: email.into() });
            for _ in 0..5 {
                ask().await.unwrap();
            }
            assert!(matches!(refusal(ask().await), Error::RateLimited { .. }), "{email}");
        }
        // One code was spent on the set-up.
        for _ in 0..4 {
            assert_eq!(refusal(login(ctx, EMAIL, PASSWORD, Some("000000")).await), Error::TotpInvalid);
        }
        assert!(matches!(refusal(login(ctx, EMAIL, PASSWORD, Some("000000")).await), Error::RateLimited { .. }));
    })
    .await;
}
