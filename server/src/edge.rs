//! What happens to every request before and after its handler.

pub mod cookie;
mod csrf;
mod headers;
mod isolation;
mod proxy;
mod session;

use crate::AppState;
use crate::api::problem;
use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use isolation::Isolated;
pub use proxy::Proxies;
use service::identity::token;
use std::sync::Arc;

/// The request's id, for answers, logs and spans.
#[derive(Clone)]
pub struct RequestId(pub String);

/// Allows the scripts of one page, and no others, to run.
#[derive(Clone)]
pub struct PageNonce(pub Arc<str>);

/// Request id, cross-site check, session, handler, problem body, cookies, security headers.
pub async fn edge(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let id = token::reference();
    request.extensions_mut().insert(RequestId(id.clone()));
    let nonce: Arc<str> = token::secret().into();
    request.extensions_mut().insert(PageNonce(nonce.clone()));
    let is_secure = state.ctx.settings.public_url.starts_with("https://");
    let path = request.uri().path().to_owned();
    let locale = session::locale(request.headers());
    let response = match csrf::check(&request, &state.ctx.settings.public_url) {
        Err(refused) => refused.into_response(),
        Ok(()) => Isolated::new(session::with_actor(&state, request, next, is_secure)).await,
    };
    if response.status().is_server_error() {
        tracing::error!(request_id = %id, %path, status = response.status().as_u16(), "request failed");
    }
    let mut response = problem::render(response, locale, &id);
    headers::secure(&mut response, &path, &nonce, is_secure);
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert("x-request-id", value);
    }
    response
}
