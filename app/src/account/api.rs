//! Server functions of the account.

use crate::failure::Answer;
use domain::identity::{AccountView, AddressView, SessionView};
use domain::letter::LetterPreference;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use server_fn::codec::GetUrl;

#[server(endpoint = "login")]
pub async fn log_in(email: String, password: String, next: String) -> Answer<()> {
    use domain::identity::Credentials;
    use service::identity::SignIn;
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    match service::identity::sign_in(&ctx, &actor, Credentials { email, password, totp: None }).await? {
        SignIn::Done(pair) => crate::server::enter(&ctx, &pair, &next),
        SignIn::CodeNeeded(challenge) => crate::server::ask_for_code(&ctx, &challenge, &next),
    }
    Ok(())
}

/// The second step of a sign-in; the first one left its proof in a cookie.
#[server(endpoint = "login/code")]
pub async fn log_in_with_code(code: String, next: String) -> Answer<()> {
    use service::identity::cookie::SECOND_STEP;
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let challenge = crate::server::cookie_value(SECOND_STEP).unwrap_or_default();
    let pair = service::identity::sign_in_with_code(&ctx, &actor, &challenge, &code).await?;
    crate::server::drop_cookie(&ctx, SECOND_STEP);
    crate::server::enter(&ctx, &pair, &next);
    Ok(())
}

#[server(endpoint = "register")]
pub async fn sign_up(
    name: String,
    email: String,
    password: String,
    role: String,
    #[server(default)] store_name: String,
    #[server(default)] store_location: String,
    next: String,
) -> Answer<()> {
    use domain::identity::{NewAccount, RegistrationInput};
    use service::identity::Registered;
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let role: NewAccount = role.parse().map_err(|()| domain::Error::invalid("role", "unknown_value"))?;
    let given = |text: String| Some(text).filter(|t| !t.trim().is_empty());
    let input =
        RegistrationInput { name, email, password, role, store_name: given(store_name), store_location: given(store_location) };
    let Registered::SignedIn(pair) = service::identity::register(&ctx, &actor, input).await? else {
        leptos_axum::redirect("/verify-email?sent=1");
        return Ok(());
    };
    crate::server::sign_in(&ctx, &pair);
    let home = if role == NewAccount::Seller { "/seller" } else { "/" };
    leptos_axum::redirect(if next.is_empty() { home } else { crate::server::safe_path(&next) });
    Ok(())
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    pub account: AccountView,
    pub addresses: Vec<AddressView>,
    pub sessions: Vec<SessionView>,
    pub letters: Vec<LetterPreference>,
}

#[server(endpoint = "account", input = GetUrl)]
pub async fn get_account() -> Answer<Account> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    Ok(Account {
        account: service::identity::me(&ctx, &actor).await?,
        addresses: service::identity::addresses(&ctx, &actor).await?,
        sessions: service::identity::sessions(&ctx, &actor).await?,
        letters: service::notification::preferences(&ctx, &actor).await?,
    })
}

#[server(endpoint = "account/profile")]
pub async fn save_profile(name: String, phone: String) -> Answer<()> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let input = domain::identity::ProfileInput { name: Some(name), phone: Some(phone), locale: None };
    service::identity::update_profile(&ctx, &actor, input).await?;
    leptos_axum::redirect("/account?saved=1");
    Ok(())
}

#[server(endpoint = "account/password")]
pub async fn save_password(current_password: String, new_password: String) -> Answer<()> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    service::identity::change_password(&ctx, &actor, domain::identity::PasswordChange { current_password, new_password }).await?;
    leptos_axum::redirect("/account?saved=1");
    Ok(())
}

/// Adds an address; at checkout the page goes on with it.
#[server(endpoint = "account/address/add")]
pub async fn add_address(
    #[server(default)] label: String,
    recipient: String,
    phone: String,
    street: String,
    district: String,
    regency: String,
    province: String,
    postal_code: String,
    #[server(default)] is_default: bool,
    next: String,
) -> Answer<()> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let input =
        domain::identity::AddressInput { label, recipient, phone, street, district, regency, province, postal_code, is_default };
    let added = service::identity::add_address(&ctx, &actor, input).await?;
    let next = crate::server::safe_path(&next);
    leptos_axum::redirect(&if next == "/checkout" { format!("/checkout?address_id={}", added.id) } else { next.to_owned() });
    Ok(())
}

#[server(endpoint = "account/address/remove")]
pub async fn remove_address(id: String) -> Answer<()> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let id = id.parse().map_err(|_| domain::Error::NotFound(domain::Noun::Address))?;
    service::identity::remove_address(&ctx, &actor, id).await?;
    leptos_axum::redirect("/account?saved=1");
    Ok(())
}

#[server(endpoint = "account/session/end")]
pub async fn end_session(id: String) -> Answer<()> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let id = id.parse().map_err(|_| domain::Error::NotFound(domain::Noun::Session))?;
    service::identity::end_session(&ctx, &actor, id).await?;
    leptos_axum::redirect("/account?saved=1");
    Ok(())
}

/// Takes or leaves an optional kind of letter.
#[server(endpoint = "account/letter")]
pub async fn set_letter(kind: String, is_wanted: bool) -> Answer<()> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let kind = kind.parse().map_err(|()| domain::Error::invalid("kind", "unknown_value"))?;
    service::notification::set_preference(&ctx, &actor, kind, is_wanted).await?;
    leptos_axum::redirect("/account?saved=1");
    Ok(())
}

/// What a link in a letter unsubscribes from.
#[server(endpoint = "unsubscribe", input = GetUrl)]
pub async fn get_subscription(token: String) -> Answer<LetterPreference> {
    let found = service::notification::subscription(&crate::server::ctx()?, &token).await?;
    Ok(LetterPreference { kind: found.kind, is_wanted: found.is_wanted })
}
