//! Who asks: bearer token or cookies, with silent refresh; the guest's cart; the language.

use super::cookie;
use crate::AppState;
use crate::api::Problem;
use axum::extract::{ConnectInfo, Request};
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::Locale;
use service::identity::cookie::{self as set, ACCESS, CART, LOCALE, REFRESH};
use service::identity::{self, token};
use service::{Actor, Ctx};
use std::net::SocketAddr;

/// The language chosen by cookie, else by the browser.
pub fn locale(headers: &HeaderMap) -> Locale {
    let chosen = cookie::get(headers, LOCALE).and_then(|v| v.parse().ok());
    let preferred = || headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).map(Locale::from_accept_language);
    chosen.or_else(preferred).unwrap_or_default()
}

/// Finds the actor, runs the handler, adds the cookies that changed.
pub async fn with_actor(state: &AppState, mut request: Request, next: Next, is_secure: bool) -> Response {
    let headers = request.headers();
    let mut guest = edge_actor(state, &request, headers);
    let mut cookies: Vec<String> = vec![];
    if guest.cart_token.is_none() && *request.method() != Method::GET {
        // Whoever changes something may be about to fill a cart.
        let secret = token::secret();
        cookies.push(set::build(CART, &secret, set::CART_DAYS, is_secure));
        guest.cart_token = Some(secret);
    }
    let actor = match identify(&state.ctx, guest, headers, &mut cookies, is_secure).await {
        Ok(actor) => actor,
        Err(refused) => return refused.into_response(),
    };
    request.extensions_mut().insert(actor);
    let mut response = next.run(request).await;
    // What the handler set (log-in, log-out) comes last and wins.
    let own: Vec<HeaderValue> = response.headers().get_all(header::SET_COOKIE).iter().cloned().collect();
    response.headers_mut().remove(header::SET_COOKIE);
    let added = cookies.iter().filter_map(|c| HeaderValue::from_str(c).ok());
    for value in added.chain(own) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

fn edge_actor(state: &AppState, request: &Request, headers: &HeaderMap) -> Actor {
    let text = |name| headers.get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let address = peer.map(|peer| state.proxies.client(peer, headers).to_string());
    Actor {
        locale: locale(headers),
        user: None,
        cart_token: cookie::get(headers, CART).filter(|v| (20..=100).contains(&v.len())).map(str::to_owned),
        chosen_store: text("x-store"),
        address,
        // Kept, and told in emails.
        device: domain::pan::mask(&text("user-agent").unwrap_or_default()).into_owned(),
    }
}

async fn identify(
    ctx: &Ctx,
    guest: Actor,
    headers: &HeaderMap,
    cookies: &mut Vec<String>,
    is_secure: bool,
) -> Result<Actor, Problem> {
    if let Some(given) = headers.get(header::AUTHORIZATION) {
        let bearer = given.to_str().ok().and_then(|v| v.strip_prefix("Bearer ")).unwrap_or_default();
        return Ok(identity::authenticate(ctx, guest, bearer.trim()).await?);
    }
    if let Some(access) = cookie::get(headers, ACCESS) {
        match identity::authenticate(ctx, guest.clone(), access).await {
            Ok(actor) => return Ok(actor),
            Err(service::Error::Domain(_)) => {}
            Err(fault) => return Err(fault.into()),
        }
    }
    let Some(refresh) = cookie::get(headers, REFRESH) else { return Ok(guest) };
    match identity::refresh_browser(ctx, &guest, refresh).await {
        Ok(session) => {
            cookies.push(set::build(ACCESS, &session.access_token, set::ACCESS_DAYS, is_secure));
            if let Some(token) = &session.refresh_token {
                cookies.push(set::build(REFRESH, token, set::REFRESH_DAYS, is_secure));
            }
            Ok(session.actor)
        }
        Err(service::Error::Domain(_)) => {
            cookies.extend([set::expire(ACCESS, is_secure), set::expire(REFRESH, is_secure)]);
            Ok(guest)
        }
        Err(fault) => Err(fault.into()),
    }
}
