//! Who is signed in, known while the page is rendered.

use crate::failure::Answer;
use crate::load::Load;
use domain::identity::{Permission, StoreRef};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What the shell shows of the session.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    pub name: Option<String>,
    pub store: Option<StoreRef>,
    pub permissions: Vec<Permission>,
    /// Units in the cart.
    pub cart: i64,
    pub is_dark: bool,
}

impl Session {
    pub fn is_signed_in(&self) -> bool {
        self.name.is_some()
    }
}

/// The session as a resource that everything below the app may await; `reload` fetches it anew.
#[derive(Clone, Copy)]
pub struct SessionResource {
    pub resource: Load<Session>,
    pub version: RwSignal<u32>,
}

impl SessionResource {
    pub fn provide() -> Self {
        let version = RwSignal::new(0);
        let resource = Load::new_with_options(move || version.get(), |_| get_session(), true);
        let session = Self { resource, version };
        provide_context(session);
        session
    }

    pub fn reload(self) {
        self.version.update(|v| *v += 1);
    }
}

pub fn use_session() -> SessionResource {
    expect_context()
}

#[server(endpoint = "session", input = server_fn::codec::GetUrl)]
pub async fn get_session() -> Answer<Session> {
    use crate::server::{actor, cookie_value, ctx};
    let (ctx, actor) = (ctx()?, actor());
    let cart = service::cart::count(&ctx, &actor).await?;
    let is_dark = cookie_value(service::identity::cookie::THEME).as_deref() == Some("gelap");
    let user = actor.user.as_ref();
    Ok(Session {
        name: user.map(|u| u.name.clone()),
        store: user.and_then(|u| u.store().cloned()),
        permissions: user.map(|u| u.permissions().into_iter().collect()).unwrap_or_default(),
        cart,
        is_dark,
    })
}

/// Chooses the language, of letters too when somebody is signed in; the page is loaded anew.
#[server(endpoint = "locale")]
pub async fn choose_locale(locale: String) -> Answer<()> {
    use service::identity::cookie::{CHOICE_DAYS, LOCALE, build};
    let locale: domain::Locale = locale.parse().map_err(|()| domain::Error::invalid("locale", "unknown_value"))?;
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    if actor.user.is_some() {
        let input = domain::identity::ProfileInput { name: None, phone: None, locale: Some(locale) };
        service::identity::update_profile(&ctx, &actor, input).await?;
    }
    crate::server::set_cookie(&build(LOCALE, locale.as_str(), CHOICE_DAYS, crate::server::is_secure(&ctx)));
    leptos_axum::redirect(&crate::server::came_from());
    Ok(())
}

/// Chooses the light or dark theme.
#[server(endpoint = "theme")]
pub async fn choose_theme(theme: String) -> Answer<()> {
    use service::identity::cookie::{CHOICE_DAYS, THEME, build};
    let theme = if theme == "gelap" { "gelap" } else { "terang" };
    let ctx = crate::server::ctx()?;
    crate::server::set_cookie(&build(THEME, theme, CHOICE_DAYS, crate::server::is_secure(&ctx)));
    leptos_axum::redirect(&crate::server::came_from());
    Ok(())
}

/// Ends the session.
#[server(endpoint = "logout")]
pub async fn log_out() -> Answer<()> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    if actor.user.is_some() {
        service::identity::logout(&ctx, &actor).await?;
    }
    crate::server::sign_out(&ctx);
    leptos_axum::redirect("/");
    Ok(())
}
