//! Links by email and the second factor, on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod links;
mod second_factor;

use domain::Error;
use domain::identity::{CodeInput, Credentials, EmailInput, PasswordProof, PasswordReset, RegistrationInput, TokenPair};
use service::fixture::Shop;
use service::identity::Registered;
use service::port::Mail;
use service::{Actor, Ctx, Settings, identity, notification};
use totp_rs::{Builder, Secret};

pub const PASSWORD: &str = "kopi-tubruk-9431";
pub const NEW: &str = "teh-poci-8812";
pub const GUEST: &Actor =
    &Actor { locale: domain::Locale::Id, user: None, cart_token: None, chosen_store: None, address: None, device: String::new() };
pub const EMAIL: &str = "budi@contoh.id";

pub fn registration(email: &str) -> RegistrationInput {
    serde_json::from_value(serde_json::json!({ "name": "Budi", "email": email, "password": PASSWORD, "role": "customer" }))
        .unwrap()
}

pub fn with(shop: &Shop, change: impl FnOnce(&mut Settings)) -> Ctx {
    let mut settings = Settings::clone(&shop.ctx.settings);
    change(&mut settings);
    let mut ctx = shop.ctx.clone();
    ctx.settings = settings.into();
    ctx
}

pub async fn person(ctx: &Ctx, email: &str) -> Actor {
    let Registered::SignedIn(pair) = identity::register(ctx, &Actor::default(), registration(email)).await.unwrap() else {
        panic!("a demo signs in at once")
    };
    signed_in(ctx, &pair).await
}

pub async fn signed_in(ctx: &Ctx, pair: &TokenPair) -> Actor {
    identity::authenticate(ctx, Actor::default(), &pair.access_token).await.unwrap()
}

pub async fn login(ctx: &Ctx, email: &str, password: &str, totp: Option<&str>) -> service::Result<TokenPair> {
    let input = Credentials { email: email.into(), password: password.into(), totp: totp.map(str::to_owned) };
    identity::login(ctx, &Actor::default(), input).await
}

pub fn refusal<T>(result: service::Result<T>) -> Error {
    match result {
        Ok(_) => panic!("accepted"),
        Err(error) => error.into_domain(),
    }
}

/// What the workers do: every event, the letters it makes, and those events it makes in turn.
pub async fn deliver(ctx: &Ctx) {
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
pub fn link(shop: &Shop, page: &str) -> String {
    let wanted = format!("/{page}?token=");
    let mail: Mail = shop.mailer.sent().into_iter().rev().find(|m| m.text.contains(&wanted)).expect("a letter with a link");
    let rest = mail.text.split(&wanted).nth(1).unwrap();
    rest.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect()
}

pub async fn forget(shop: &Shop, email: &str) {
    let input = EmailInput { email: email.into() };
    identity::forgot_password(&shop.ctx, &Actor::default(), input).await.unwrap();
    deliver(&shop.ctx).await;
}

pub async fn reset(ctx: &Ctx, token: &str, new: &str) -> service::Result<()> {
    let input = PasswordReset { token: token.into(), new_password: new.into() };
    identity::reset_password(ctx, &Actor::default(), input).await
}

/// The code an app shows now.
pub async fn code(shop: &Shop, secret: &str) -> String {
    let secret = Secret::try_from_base32(secret).unwrap();
    let now = u64::try_from(shop.ctx.now().timestamp()).unwrap();
    Builder::new().with_secret(secret).with_account_name("x").build().unwrap().generate(now).to_string()
}

/// Switches the second factor on; answers the app's secret and the recovery codes.
pub async fn enrol(shop: &Shop, ctx: &Ctx, who: &Actor) -> (String, Vec<String>) {
    let proof = PasswordProof { password: PASSWORD.into() };
    let setup = identity::begin_two_factor(ctx, who, proof).await.unwrap();
    let input = CodeInput { code: code(shop, &setup.secret).await };
    (setup.secret, identity::confirm_two_factor(ctx, who, input).await.unwrap().codes)
}
