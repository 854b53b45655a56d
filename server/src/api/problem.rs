//! Errors as `application/problem+json` (RFC 9457).
//!
//! A handler's error travels in the response's extensions; the middleware that knows the reader's
//! language and the request id writes the body.

use app::i18n::{error_message, error_title, field_message};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::{Conflict, Error, Locale};
use serde_json::{Value, json};
use std::sync::Arc;

/// A refused request.
#[derive(Debug)]
pub struct Problem(pub Error);

/// Left in a response's extensions for [`render`].
#[derive(Clone)]
pub struct Unrendered(Arc<Error>);

impl From<service::Error> for Problem {
    fn from(error: service::Error) -> Self {
        Self(error.into_domain())
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        response.extensions_mut().insert(Unrendered(Arc::new(self.0)));
        response
    }
}

/// Writes the body of a problem; other responses pass.
pub fn render(mut response: Response, locale: Locale, request_id: &str) -> Response {
    let Some(Unrendered(error)) = response.extensions_mut().remove::<Unrendered>() else { return response };
    let body = body(&error, locale, request_id);
    let mut rendered = (response.status(), body.to_string()).into_response();
    let headers = rendered.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    match &*error {
        Error::RateLimited { retry_after } => {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(*retry_after));
        }
        Error::Unauthenticated | Error::InvalidCredentials | Error::TotpRequired | Error::TotpInvalid | Error::SessionEnded => {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        _ => {}
    }
    rendered
}

fn body(error: &Error, locale: Locale, request_id: &str) -> Value {
    let code = error.code();
    let mut body = json!({
        "type": format!("urn:belanjain:problem:{code}"),
        "title": error_title(error, locale),
        "status": error.status(),
        "detail": error_message(error, locale),
        "code": code,
        "errors": error.fields().iter().map(|field| json!({
            "field": field.field,
            "code": field.code,
            "message": field_message(field, locale),
        })).collect::<Vec<_>>(),
        "request_id": request_id,
    });
    extend(&mut body, error, locale);
    body
}

/// Members beyond the standard ones, by kind of conflict.
fn extend(body: &mut Value, error: &Error, locale: Locale) {
    let line = |id: String, code: &str, message: String| json!({ "field": id, "code": code, "message": message });
    match error {
        Error::Conflict(Conflict::StockInsufficient(lines)) => {
            if let [only] = lines.as_slice() {
                body["available"] = json!(only.available);
            }
            body["errors"] = lines
                .iter()
                .map(|l| {
                    let field = l.item_id.map_or_else(|| l.variant_id.to_string(), |id| id.to_string());
                    line(format!("items.{field}"), "insufficient", app::i18n::short_line(l, locale))
                })
                .collect();
            body["lines"] = json!(lines);
        }
        Error::Conflict(Conflict::PriceChanged(lines)) => {
            body["errors"] = lines
                .iter()
                .map(|l| line(format!("items.{}", l.item_id), "price_changed", app::i18n::changed_price(l, locale)))
                .collect();
            body["lines"] = json!(lines);
        }
        Error::Conflict(Conflict::InvalidTransition { status }) => body["current_status"] = json!(status),
        Error::Conflict(Conflict::ProductUnavailable(variants)) => body["variants"] = json!(variants),
        Error::Conflict(Conflict::VoucherUnavailable(codes)) => body["vouchers"] = json!(codes),
        Error::Conflict(Conflict::SkuTaken(skus)) => body["skus"] = json!(skus),
        _ => {}
    }
}
