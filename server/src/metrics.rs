//! `/metrics` in the text format of Prometheus.

use crate::AppState;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use service::Ctx;
use service::metric::{Figure, figures};
use sha2::{Digest, Sha256};

/// Who may read them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Access {
    #[default]
    Nobody,
    /// Demo mode.
    Everybody,
    /// Whoever sends it as a bearer token.
    Token(String),
}

pub fn routes(access: Access) -> Router<AppState> {
    if access == Access::Nobody {
        return Router::new();
    }
    Router::new().route("/metrics", get(move |State(ctx): State<Ctx>, headers: HeaderMap| show(ctx, headers, access.clone())))
}

async fn show(ctx: Ctx, headers: HeaderMap, access: Access) -> Response {
    if !may(&access, &headers) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    match figures(&ctx).await {
        Ok(found) => ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text(&found)).into_response(),
        Err(error) => {
            tracing::error!(cause = %error, "no metrics");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

/// Hashes are compared: the time taken tells nothing of the token.
fn may(access: &Access, headers: &HeaderMap) -> bool {
    let Access::Token(token) = access else { return *access == Access::Everybody };
    let given = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).and_then(|v| v.strip_prefix("Bearer "));
    given.is_some_and(|given| Sha256::digest(given.as_bytes()) == Sha256::digest(token.as_bytes()))
}

fn text(figures: &[Figure]) -> String {
    let mut text = String::new();
    let mut last = "";
    for figure in figures {
        if figure.name != last {
            text += &format!("# HELP {} {}\n# TYPE {} gauge\n", figure.name, figure.help, figure.name);
            last = figure.name;
        }
        let label = figure.label.map(|(label, value)| format!("{{{label}=\"{value}\"}}")).unwrap_or_default();
        text += &format!("{}{label} {}\n", figure.name, figure.value);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_is_explained_once() {
        let figure = |job| Figure { name: "n", help: "h", label: Some(("job", job)), value: 1 };
        assert_eq!(text(&[figure("a"), figure("b")]), "# HELP n h\n# TYPE n gauge\nn{job=\"a\"} 1\nn{job=\"b\"} 1\n");
    }

    #[test]
    fn a_token_is_asked_for() {
        let access = Access::Token("geheim".into());
        let mut headers = HeaderMap::new();
        assert!(!may(&access, &headers) && may(&Access::Everybody, &headers));
        headers.insert(header::AUTHORIZATION, "Bearer geheim".parse().unwrap());
        assert!(may(&access, &headers));
    }
}
