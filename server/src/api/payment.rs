//! Payments and webhooks.

use crate::AppState;
use crate::api::params::Id;
use crate::api::{Answer, Body, Caller, Problem};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use domain::id::PaymentId;
use domain::payment::{MethodInput, PaymentView};
use domain::{Error, Noun};
use serde_json::Value;
use service::payment::Received;
use service::{Ctx, payment};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(find))
        .routes(routes!(retry))
        .routes(routes!(change_method))
        .routes(routes!(qr))
        .routes(routes!(qr_picture))
        .routes(routes!(webhook))
}

#[utoipa::path(get, path = "/payments/{id}", tag = "buying", params(("id" = PaymentId, Path)),
    responses((status = 200, body = PaymentView), (status = 401), (status = 404)))]
async fn find(State(ctx): State<Ctx>, Caller(actor): Caller, Id(id): Id<PaymentId>) -> Answer<Json<PaymentView>> {
    Ok(Json(payment::find(&ctx, &actor, id).await?))
}

/// The QRIS code, drawn.
#[utoipa::path(get, path = "/payments/{id}/qr.svg", tag = "buying", params(("id" = PaymentId, Path)),
    responses((status = 200, content_type = "image/svg+xml"), (status = 401), (status = 404)))]
async fn qr(State(ctx): State<Ctx>, Caller(actor): Caller, Id(id): Id<PaymentId>) -> Answer<Response> {
    let svg = payment::qr(&ctx, &actor, id).await?;
    Ok(([(CONTENT_TYPE, "image/svg+xml"), (CACHE_CONTROL, "private, no-store")], svg).into_response())
}

/// The code as the gateway has drawn it, where it does not tell its text (`qr_picture`).
#[utoipa::path(get, path = "/payments/{id}/qr.png", tag = "buying", params(("id" = PaymentId, Path)),
    responses((status = 200, content_type = "image/png"), (status = 401), (status = 404)))]
async fn qr_picture(State(ctx): State<Ctx>, Caller(actor): Caller, Id(id): Id<PaymentId>) -> Answer<Response> {
    let png = payment::qr_picture(&ctx, &actor, id).await?;
    Ok(([(CONTENT_TYPE, "image/png"), (CACHE_CONTROL, "private, no-store")], png).into_response())
}

/// Asks the gateway again, after it failed.
#[utoipa::path(post, path = "/payments/{id}/retry", tag = "buying", params(("id" = PaymentId, Path)),
    responses((status = 200, body = PaymentView), (status = 401), (status = 404)))]
async fn retry(State(ctx): State<Ctx>, Caller(actor): Caller, Id(id): Id<PaymentId>) -> Answer<Json<PaymentView>> {
    Ok(Json(payment::retry(&ctx, &actor, id).await?))
}

/// Another way to pay, while the payment is unpaid. Money that still comes the old way counts.
#[utoipa::path(post, path = "/payments/{id}/method", tag = "buying", params(("id" = PaymentId, Path)), request_body = MethodInput,
    responses((status = 200, body = PaymentView), (status = 401), (status = 404), (status = 409), (status = 422)))]
async fn change_method(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Id(id): Id<PaymentId>,
    Body(input): Body<MethodInput>,
) -> Answer<Json<PaymentView>> {
    Ok(Json(payment::change_method(&ctx, &actor, id, input).await?))
}

/// Where gateways report. The raw body is verified; what it says is applied once.
#[utoipa::path(post, path = "/webhooks/{gateway}", tag = "webhooks", params(("gateway" = String, Path)),
    request_body(content = String, content_type = "application/json"),
    responses((status = 200), (status = 403), (status = 404), (status = 413), (status = 429), (status = 503)))]
async fn webhook(
    State(ctx): State<Ctx>,
    Caller(sender): Caller,
    Path(gateway): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer<Json<Value>> {
    const LIMIT: u64 = 256 * 1024;
    if body.len() as u64 > LIMIT {
        return Err(Problem(Error::TooLarge { limit: LIMIT }));
    }
    let received = payment::receive_webhook(&ctx, &gateway, sender.address.as_deref(), &headers, &body).await;
    // Midtrans asks four times more after a 503, once after a 500.
    match received.map_err(|error| Problem(error.into_domain_for_machine()))? {
        Received::Accepted(answer) => Ok(Json(answer)),
        Received::Forged => Err(Problem(Error::Forbidden)),
        Received::UnknownGateway => Err(Problem(Error::NotFound(Noun::Page))),
    }
}
