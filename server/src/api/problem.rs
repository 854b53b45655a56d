//! Errors as `application/problem+json` (RFC 9457).
//!
//! A handler's error travels in the response's extensions; the middleware that knows the reader's
//! language and the request id writes the body.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

/// A refused request.
#[derive(Debug)]
pub struct Problem(pub domain::Error);

impl From<service::Error> for Problem {
    fn from(error: service::Error) -> Self {
        Self(error.into_domain())
    }
}

impl From<domain::Error> for Problem {
    fn from(error: domain::Error) -> Self {
        Self(error)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        response.extensions_mut().insert(std::sync::Arc::new(self.0));
        response
    }
}
