//! Signing in in two steps.

use crate::{EMAIL, GUEST, NEW, PASSWORD, code, deliver, enrol, forget, link, login, person, refusal, reset, signed_in, with};
use chrono::TimeDelta;
use domain::identity::{Credentials, EmailInput, PasswordProof, TwoFactorProof};
use domain::{Conflict, Error};
use entity::{audit_entry, recovery_code, two_factor};
use futures::future::join_all;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use service::fixture::on_each_database;
use service::identity::SignIn;
use service::{Actor, Ctx, Settings, cart, identity};

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
