//! Checkout.

use crate::AppState;
use crate::api::params::Params;
use crate::api::{Answer, Body, Caller, Problem};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use domain::checkout::{CheckoutInput, CheckoutView};
use domain::payment::PaymentMethod;
use domain::shipping::StoreRates;
use domain::{Error, FieldError};
use serde::Deserialize;
use service::{Ctx, checkout, payment};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(place)).routes(routes!(rates)).routes(routes!(methods))
}

/// Places the selected lines as one order per store under one payment. All or nothing.
#[utoipa::path(post, path = "/checkout", tag = "buying", request_body = CheckoutInput,
    params(("Idempotency-Key" = String, Header, description = "at most 255 characters; the same key and body give the same answer")),
    responses((status = 201, body = CheckoutView), (status = 401), (status = 403), (status = 404), (status = 409), (status = 422)))]
async fn place(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    headers: HeaderMap,
    Body(input): Body<CheckoutInput>,
) -> Answer<(StatusCode, Json<CheckoutView>)> {
    actor.user()?;
    let key = headers.get("idempotency-key").and_then(|v| v.to_str().ok());
    let key = key.ok_or_else(|| Problem(Error::Invalid(vec![FieldError::new("Idempotency-Key", "required")])))?;
    let placed = checkout::place(&ctx, &actor, key, input).await?;
    Ok((StatusCode::CREATED, Json(placed.view)))
}

#[derive(Deserialize)]
struct RatesParams {
    address_id: Option<String>,
}

#[utoipa::path(get, path = "/shipping/rates", tag = "buying", params(("address_id" = Option<domain::id::AddressId>, Query)),
    responses((status = 200, body = Vec<StoreRates>), (status = 401), (status = 404), (status = 422)))]
async fn rates(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Params(params): Params<RatesParams>,
) -> Answer<Json<Vec<StoreRates>>> {
    actor.user()?;
    let id = match params.address_id.as_deref().filter(|id| !id.is_empty()) {
        None => None,
        Some(text) => Some(text.parse().map_err(|_| Error::NotFound(domain::Noun::Address))?),
    };
    Ok(Json(checkout::rates(&ctx, &actor, id, None).await?))
}

#[utoipa::path(get, path = "/payment-methods", tag = "buying", responses((status = 200, body = Vec<PaymentMethod>)))]
async fn methods(State(ctx): State<Ctx>, Caller(actor): Caller) -> Json<Vec<PaymentMethod>> {
    Json(payment::methods(&ctx, actor.locale))
}
