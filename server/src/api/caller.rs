//! The actor of a request, put there by the session middleware.

use crate::api::Problem;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use service::Actor;

/// Who calls; a guest when nobody signed in.
pub struct Caller(pub Actor);

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Ok(Self(parts.extensions.get::<Actor>().cloned().unwrap_or_default()))
    }
}
