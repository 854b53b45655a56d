//! Accounts, sessions and the address book, on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use chrono::TimeDelta;
use domain::identity::{AddressInput, Credentials, PasswordChange, ProfileInput, RegistrationInput, TokenPair};
use domain::{Conflict, Error, Locale};
use service::fixture::{Shop, on_each_database};
use service::identity::Registered;
use service::{Actor, identity};

const PASSWORD: &str = "kopi-tubruk-9431";

fn registration(email: &str) -> RegistrationInput {
    serde_json::from_value(serde_json::json!({ "name": "Budi", "email": email, "password": PASSWORD, "role": "customer" }))
        .unwrap()
}

fn credentials(email: &str, password: &str) -> Credentials {
    Credentials { email: email.into(), password: password.into(), totp: None }
}

async fn registered(shop: &Shop, email: &str) -> TokenPair {
    match identity::register(&shop.ctx, &Actor::default(), registration(email)).await.unwrap() {
        Registered::SignedIn(pair) => *pair,
        Registered::ConfirmEmail => panic!("a demo signs in at once"),
    }
}

/// Registers and answers the signed-in person.
async fn person(shop: &Shop, email: &str) -> Actor {
    let pair = registered(shop, email).await;
    identity::authenticate(&shop.ctx, Actor::default(), &pair.access_token).await.unwrap()
}

fn refusal<T>(result: service::Result<T>) -> Error {
    match result {
        Ok(_) => panic!("accepted"),
        Err(error) => error.into_domain(),
    }
}

#[tokio::test]
async fn an_email_registers_once_however_it_is_written() {
    on_each_database(|shop| async move {
        person(&shop, "Budi@Contoh.id").await;
        let again = identity::register(&shop.ctx, &Actor::default(), registration("budi@contoh.ID")).await;
        assert_eq!(refusal(again), Error::Conflict(Conflict::EmailTaken));
        let pair = identity::login(&shop.ctx, &Actor::default(), credentials(" BUDI@contoh.id ", PASSWORD)).await.unwrap();
        assert_eq!(pair.user.email, "Budi@Contoh.id");
    })
    .await;
}

#[tokio::test]
async fn a_new_password_ends_the_other_sessions() {
    on_each_database(|shop| async move {
        let here = person(&shop, "budi@contoh.id").await;
        let there = identity::login(&shop.ctx, &Actor::default(), credentials("budi@contoh.id", PASSWORD)).await.unwrap();
        let change = |current: &str, new: &str| PasswordChange { current_password: current.into(), new_password: new.into() };
        let wrong = identity::change_password(&shop.ctx, &here, change("bukan-ini-123", "teh-poci-8812")).await;
        assert_eq!(refusal(wrong), Error::invalid("current_password", "wrong_password"));
        let weak = identity::change_password(&shop.ctx, &here, change(PASSWORD, "12345678")).await;
        assert_eq!(refusal(weak).fields()[0].field, "new_password");
        identity::change_password(&shop.ctx, &here, change(PASSWORD, "teh-poci-8812")).await.unwrap();
        assert_eq!(identity::sessions(&shop.ctx, &here).await.unwrap().len(), 1);
        let ended = identity::authenticate(&shop.ctx, Actor::default(), &there.access_token).await;
        assert_eq!(refusal(ended), Error::SessionEnded);
        let old = identity::login(&shop.ctx, &Actor::default(), credentials("budi@contoh.id", PASSWORD)).await;
        assert_eq!(refusal(old), Error::InvalidCredentials);
        identity::login(&shop.ctx, &Actor::default(), credentials("budi@contoh.id", "teh-poci-8812")).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn one_session_is_ended_and_only_by_its_owner() {
    on_each_database(|shop| async move {
        let here = person(&shop, "budi@contoh.id").await;
        let stranger = person(&shop, "sari@contoh.id").await;
        let there = identity::login(&shop.ctx, &Actor::default(), credentials("budi@contoh.id", PASSWORD)).await.unwrap();
        let all = identity::sessions(&shop.ctx, &here).await.unwrap();
        let other = all.iter().find(|s| !s.current).unwrap().id;
        assert!(matches!(refusal(identity::end_session(&shop.ctx, &stranger, other).await), Error::NotFound(_)));
        identity::end_session(&shop.ctx, &here, other).await.unwrap();
        let ended = identity::authenticate(&shop.ctx, Actor::default(), &there.access_token).await;
        assert_eq!(refusal(ended), Error::SessionEnded);
        assert_eq!(identity::sessions(&shop.ctx, &here).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_refresh_token_lives_thirty_days() {
    on_each_database(|shop| async move {
        let pair = registered(&shop, "budi@contoh.id").await;
        shop.advance(TimeDelta::days(29));
        let pair = identity::refresh(&shop.ctx, &Actor::default(), &pair.refresh_token).await.unwrap();
        shop.advance(TimeDelta::days(31));
        assert_eq!(refusal(identity::refresh(&shop.ctx, &Actor::default(), &pair.refresh_token).await), Error::SessionEnded);
    })
    .await;
}

#[tokio::test]
async fn a_profile_changes_field_by_field() {
    on_each_database(|shop| async move {
        let budi = person(&shop, "budi@contoh.id").await;
        let change = |value| -> ProfileInput { serde_json::from_value(value).unwrap() };
        let view =
            identity::update_profile(&shop.ctx, &budi, change(serde_json::json!({ "phone": "0812-3456-7890" }))).await.unwrap();
        assert_eq!((view.name.as_str(), view.locale), ("Budi", Locale::Id));
        assert_eq!(view.phone.as_deref(), Some("0812-3456-7890"));
        let view = identity::update_profile(
            &shop.ctx,
            &budi,
            change(serde_json::json!({ "name": "Budi S.", "phone": "", "locale": "en" })),
        );
        let view = view.await.unwrap();
        assert_eq!((view.name.as_str(), view.phone, view.locale), ("Budi S.", None, Locale::En));
        let bad = identity::update_profile(&shop.ctx, &budi, change(serde_json::json!({ "phone": "abc" }))).await;
        assert_eq!(refusal(bad).fields()[0].code, "invalid_phone");
    })
    .await;
}

#[tokio::test]
async fn an_address_book_has_one_default_and_stays_private() {
    on_each_database(|shop| async move {
        let budi = person(&shop, "budi@contoh.id").await;
        let stranger = person(&shop, "sari@contoh.id").await;
        let input = |label: &str, is_default: bool| AddressInput {
            label: label.into(),
            recipient: "Budi".into(),
            phone: "081234567890".into(),
            street: "Jl. Melati 5".into(),
            district: "Tebet".into(),
            regency: "Jakarta Selatan".into(),
            province: "DKI Jakarta".into(),
            postal_code: "12810".into(),
            is_default,
        };
        let home = identity::add_address(&shop.ctx, &budi, input("Rumah", false)).await.unwrap();
        assert!(home.is_default, "the first one");
        let work = identity::add_address(&shop.ctx, &budi, input("Kantor", true)).await.unwrap();
        let defaults =
            |all: Vec<domain::identity::AddressView>| all.into_iter().filter(|a| a.is_default).map(|a| a.id).collect::<Vec<_>>();
        assert_eq!(defaults(identity::addresses(&shop.ctx, &budi).await.unwrap()), [work.id]);
        for refused in [
            refusal(identity::update_address(&shop.ctx, &stranger, work.id, input("Curi", false)).await),
            refusal(identity::remove_address(&shop.ctx, &stranger, work.id).await),
        ] {
            assert!(matches!(refused, Error::NotFound(_)));
        }
        let mut bad = input("X", false);
        bad.postal_code = "12".into();
        assert_eq!(refusal(identity::add_address(&shop.ctx, &budi, bad).await).fields()[0].code, "invalid_postal_code");
        identity::remove_address(&shop.ctx, &budi, work.id).await.unwrap();
        assert_eq!(defaults(identity::addresses(&shop.ctx, &budi).await.unwrap()), [home.id], "the one left");
    })
    .await;
}
