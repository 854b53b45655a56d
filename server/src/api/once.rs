//! `Idempotency-Key`: a request that moves stock or money happens once for each key of its caller.
//! What the first one was answered, the others are answered too (docs/api.md). The checkout has its
//! own way, which can finish what a crash has interrupted.

use crate::api::{Answer, Problem, problem};
use crate::edge::RequestId;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::{Error, Locale};
use serde_json::Value;
use service::idempotency::{self, Claim, Stored};
use service::{Actor, Ctx};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use tracing::Instrument;
use utoipa::openapi::path::{ParameterBuilder, ParameterIn};
use utoipa::openapi::{ObjectBuilder, OpenApi, Required, Type};

const HEADER: &str = "idempotency-key";
const PREFIX: &str = "/api/v1";

/// The POSTs that move stock or money.
const MOVES: &[&str] = &[
    "/payments/{id}/proof",
    "/payments/{id}/retry",
    "/payments/{id}/method",
    "/orders/{number}/cancel",
    "/orders/{number}/confirm-receipt",
    "/seller/products",
    "/seller/orders/{number}/accept",
    "/seller/orders/{number}/ship",
    "/seller/orders/{number}/cancel",
    "/seller/orders/{number}/deliver",
    "/seller/orders/{number}/undelivered",
    "/seller/orders/{number}/refunds",
    "/seller/payouts",
    "/desk/payments/{id}/approve",
    "/desk/payments/{id}/reject",
    "/desk/statements/lines/{id}/approve",
    "/desk/orders/{number}/accept",
    "/desk/orders/{number}/ship",
    "/desk/orders/{number}/cancel",
    "/desk/orders/{number}/deliver",
    "/desk/orders/{number}/undelivered",
    "/desk/orders/{number}/refunds",
    "/finance/refunds/{id}/approve",
    "/finance/refunds/{id}/reject",
    "/finance/refunds/{id}/complete",
    "/finance/refunds/{id}/retry",
    "/finance/refunds/{id}/by-hand",
    "/finance/disputes/{id}/resolve",
    "/finance/payouts/{id}/approve",
    "/finance/payouts/{id}/refuse",
    "/finance/payouts/{id}/settle",
    "/finance/payouts/{id}/fail",
    "/finance/payout-batches",
    "/finance/payout-batches/{id}/settle",
    "/finance/settlements",
];

/// Describes the header at each of these routes.
pub fn describe(document: &mut OpenApi) {
    for path in MOVES {
        let item = document.paths.paths.get_mut(&format!("{PREFIX}{path}"));
        let Some(operation) = item.and_then(|item| item.post.as_mut()) else { continue };
        let header = ParameterBuilder::new()
            .name("Idempotency-Key")
            .parameter_in(ParameterIn::Header)
            .required(Required::False)
            .description(Some("at most 255 characters; the same key and body give the same answer, and happen once"))
            .schema(Some(ObjectBuilder::new().schema_type(Type::String).build()))
            .build();
        operation.parameters.get_or_insert_default().push(header.into());
    }
}

/// Around every route of the API.
pub async fn once(State(ctx): State<Ctx>, request: Request, next: Next) -> Response {
    let key = request.headers().get(HEADER).filter(|_| moves(&request)).cloned();
    let actor = request.extensions().get::<Actor>().cloned().unwrap_or_default();
    // Who has not signed in is told so by the handler.
    let (Some(key), Ok(caller)) = (key, actor.user()) else { return next.run(request).await };
    let carried = async {
        let (parts, body) = request.into_parts();
        let key = key.to_str().map_err(|_| Error::invalid("Idempotency-Key", "invalid_characters"))?;
        let body = read(body).await?;
        let claim = Arc::new(Claim::new(caller.id, key, &fingerprint(&parts, &body))?);
        carry_out(ctx, claim, actor.locale, Request::from_parts(parts, Body::from(body)), next).await
    };
    carried.await.unwrap_or_else(|problem: Problem| problem.into_response())
}

fn moves(request: &Request) -> bool {
    let matched = request.extensions().get::<MatchedPath>().and_then(|path| path.as_str().strip_prefix(PREFIX));
    *request.method() == Method::POST && matched.is_some_and(|path| MOVES.contains(&path))
}

async fn read(body: Body) -> Answer<Bytes> {
    const LIMIT: usize = crate::router::MAX_BODY;
    to_bytes(body, LIMIT).await.map_err(|_| Problem(Error::TooLarge { limit: LIMIT as u64 }))
}

/// What a request is told apart by. The boundary of a form is made anew for every try.
fn fingerprint(parts: &Parts, body: &[u8]) -> String {
    let boundary = parts.headers.get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).and_then(|kind| kind.split_once("boundary="));
    let boundary = boundary.map(|(_, boundary)| boundary.trim_matches('"').as_bytes()).filter(|b| !b.is_empty());
    let mut hash = Sha256::new();
    let mut rest = body;
    while let Some(at) = boundary.and_then(|b| rest.windows(b.len()).position(|part| part == b)) {
        hash.update(&rest[..at]);
        hash.update(b"--boundary--");
        rest = &rest[at + boundary.map_or(0, <[u8]>::len)..];
    }
    hash.update(rest);
    let body: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{} {} {body}", parts.method, parts.uri)
}

async fn carry_out(ctx: Ctx, claim: Arc<Claim>, locale: Locale, request: Request, next: Next) -> Answer<Response> {
    if let Some(stored) = idempotency::answer(&ctx, &claim).await? {
        return Ok(replayed(stored));
    }
    let id = request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
    // On its own: a caller who hangs up must find the answer when asking again.
    let work = async move {
        let response = claim.clone().hold(next.run(request)).await;
        if !claim.is_taken() {
            // Nothing was written: refused, or another request with this key was faster.
            return Ok(idempotency::answer(&ctx, &claim).await?.map_or(response, replayed));
        }
        let (parts, body) = problem::render(response, locale, &id).into_parts();
        let body = read(body).await?;
        let text = Value::String(String::from_utf8_lossy(&body).into_owned());
        idempotency::finish(&ctx, &claim, &Stored { status: parts.status.as_u16().into(), body: text }).await?;
        Ok(Response::from_parts(parts, Body::from(body)))
    };
    match tokio::spawn(work.in_current_span()).await {
        Ok(answer) => answer,
        Err(stopped) => match stopped.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Err(service::Error::fault("a request was stopped").into()),
        },
    }
}

/// The first answer once more, to the letter.
fn replayed(stored: Stored) -> Response {
    let status = u16::try_from(stored.status).ok().and_then(|status| StatusCode::from_u16(status).ok());
    let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = stored.body.as_str().unwrap_or_default().to_owned();
    let mut headers = HeaderMap::new();
    if !body.is_empty() {
        let kind = if status.is_success() { "application/json" } else { "application/problem+json" };
        headers.insert(CONTENT_TYPE, axum::http::HeaderValue::from_static(kind));
    }
    (status, headers, body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use utoipa::openapi::RefOr;
    use utoipa::openapi::path::Parameter;

    fn of(kind: &str, body: &str) -> String {
        let request = Request::post("/x").header(CONTENT_TYPE, kind).body(()).unwrap();
        fingerprint(&request.into_parts().0, body.as_bytes())
    }

    #[test]
    fn forms_are_told_apart_by_what_they_hold() {
        let one = of("multipart/form-data; boundary=abc", "--abc\r\nsatu\r\n--abc--");
        assert_eq!(one, of("multipart/form-data; boundary=\"xyz1\"", "--xyz1\r\nsatu\r\n--xyz1--"));
        assert_ne!(one, of("multipart/form-data; boundary=abc", "--abc\r\ndua\r\n--abc--"));
        assert_ne!(of("application/json", "{}"), of("application/json", "{ }"));
    }

    #[test]
    fn every_route_that_moves_something_is_there() {
        let (_, document) = crate::api::routes();
        for path in MOVES {
            let operation = document.paths.paths[&format!("{PREFIX}{path}")].post.as_ref().unwrap();
            let is_header = |p: &&RefOr<Parameter>| matches!(p, RefOr::T(p) if p.name == "Idempotency-Key");
            assert_eq!(operation.parameters.iter().flatten().filter(is_header).count(), 1, "{path}");
        }
    }
}
