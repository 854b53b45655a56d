//! What server functions need of the request.

use crate::failure::{Answer, Failure};
use domain::Error;
use domain::identity::TokenPair;
use http::{HeaderValue, header};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use service::identity::SECOND_STEP_LIFE;
use service::identity::cookie::{self, ACCESS, REFRESH};
use service::{Actor, Ctx};

pub fn ctx() -> Answer<Ctx> {
    use_context().ok_or_else(|| Failure(Error::Internal { reference: "context".into() }))
}

/// Who asks; the session middleware left it in the request.
pub fn actor() -> Actor {
    use_context::<http::request::Parts>().and_then(|parts| parts.extensions.get::<Actor>().cloned()).unwrap_or_default()
}

pub fn set_cookie(value: &str) {
    if let (Some(response), Ok(value)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(value)) {
        response.append_header(header::SET_COOKIE, value);
    }
}

/// Cookies of a new session; the guest's cart has been taken over.
pub fn sign_in(ctx: &Ctx, pair: &TokenPair) {
    let is_secure = is_secure(ctx);
    set_cookie(&cookie::build(ACCESS, &pair.access_token, cookie::ACCESS_DAYS, is_secure));
    set_cookie(&cookie::build(REFRESH, &pair.refresh_token, cookie::REFRESH_DAYS, is_secure));
    set_cookie(&cookie::expire(cookie::CART, is_secure));
}

/// Signs in and goes on; staff who must set up their second factor first go there.
pub fn enter(ctx: &Ctx, pair: &TokenPair, next: &str) {
    sign_in(ctx, pair);
    leptos_axum::redirect(if pair.user.two_factor_missing { "/account/two-factor" } else { safe_path(next) });
}

/// The password was right: the proof of it waits in a cookie for the code.
pub fn ask_for_code(ctx: &Ctx, challenge: &str, next: &str) {
    set_cookie(&cookie::build_for(cookie::SECOND_STEP, challenge, SECOND_STEP_LIFE, is_secure(ctx)));
    let next: String = url_encoded(safe_path(next));
    leptos_axum::redirect(&format!("/login/code?next={next}"));
}

pub fn url_encoded(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.~/".contains(&b);
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

/// Shows new recovery codes on the page made for it, once.
pub fn show_codes(ctx: &Ctx, sealed: &str) {
    set_cookie(&cookie::build_for(cookie::RECOVERY_CODES, sealed, SECOND_STEP_LIFE, is_secure(ctx)));
    leptos_axum::redirect("/account/two-factor/codes");
}

pub fn drop_cookie(ctx: &Ctx, name: &str) {
    set_cookie(&cookie::expire(name, is_secure(ctx)));
}

pub fn sign_out(ctx: &Ctx) {
    let is_secure = is_secure(ctx);
    set_cookie(&cookie::expire(ACCESS, is_secure));
    set_cookie(&cookie::expire(REFRESH, is_secure));
}

pub fn is_secure(ctx: &Ctx) -> bool {
    ctx.settings.public_url.starts_with("https://")
}

/// A path of our own to go on to: anything else (another site, `//host`) becomes the home page.
pub fn safe_path(next: &str) -> &str {
    let is_ours = next.starts_with('/') && !next.starts_with("//") && !next.contains('\\') && !next.contains(char::is_control);
    if is_ours { next } else { "/" }
}

/// The path to come back to: where the form was.
pub fn came_from() -> String {
    let referer = use_context::<http::request::Parts>()
        .and_then(|parts| parts.headers.get(header::REFERER).and_then(|v| v.to_str().ok()).map(str::to_owned))
        .unwrap_or_default();
    let path = referer.split_once("://").and_then(|(_, rest)| rest.split_once('/')).map(|(_, path)| format!("/{path}"));
    safe_path(path.as_deref().unwrap_or("/")).to_owned()
}

/// A value of a cookie.
pub fn cookie_value(name: &str) -> Option<String> {
    let parts = use_context::<http::request::Parts>()?;
    let all = parts.headers.get(header::COOKIE)?.to_str().ok()?.to_owned();
    all.split(';').find_map(|pair| pair.trim().split_once('=').filter(|(k, _)| *k == name).map(|(_, v)| v.to_owned()))
}

/// The page of a list, as its URL names it.
pub fn page(text: Option<String>) -> Result<domain::PageRequest, domain::Error> {
    let page = match text.filter(|t| !t.is_empty()) {
        None => None,
        Some(text) => Some(text.parse().map_err(|_| domain::Error::invalid("page", "not_a_number"))?),
    };
    domain::PageRequest::new(page, None)
}

#[cfg(test)]
mod tests {
    use super::safe_path;

    #[test]
    fn never_leads_to_another_site() {
        for bad in ["https://jahat.example", "//jahat.example", "/\\jahat.example", "javascript:alert(1)", ""] {
            assert_eq!(safe_path(bad), "/", "{bad}");
        }
        assert_eq!(safe_path("/checkout?address_id=1"), "/checkout?address_id=1");
    }
}
