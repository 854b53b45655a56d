//! Registration, log-in, refresh, log-out.

use crate::AppState;
use crate::api::{Answer, Body, Caller};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::identity::{Credentials, RegistrationInput, TokenPair};
use serde::Deserialize;
use service::{Ctx, identity};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(register)).routes(routes!(login)).routes(routes!(refresh)).routes(routes!(logout))
}

/// Opens an account, and a store for sellers.
#[utoipa::path(post, path = "/auth/register", tag = "identity", request_body = RegistrationInput,
    responses((status = 201, body = TokenPair), (status = 409), (status = 422), (status = 429)))]
async fn register(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Body(input): Body<RegistrationInput>,
) -> Answer<(StatusCode, Json<TokenPair>)> {
    Ok((StatusCode::CREATED, Json(identity::register(&ctx, &actor, input).await?)))
}

#[utoipa::path(post, path = "/auth/login", tag = "identity", request_body = Credentials,
    responses((status = 200, body = TokenPair), (status = 401), (status = 429)))]
async fn login(State(ctx): State<Ctx>, Caller(actor): Caller, Body(input): Body<Credentials>) -> Answer<Json<TokenPair>> {
    Ok(Json(identity::login(&ctx, &actor, input).await?))
}

#[derive(Deserialize, ToSchema)]
struct RefreshInput {
    refresh_token: String,
}

/// Exchanges a refresh token; a spent one ends the session.
#[utoipa::path(post, path = "/auth/refresh", tag = "identity", request_body = RefreshInput,
    responses((status = 200, body = TokenPair), (status = 401)))]
async fn refresh(State(ctx): State<Ctx>, Caller(actor): Caller, Body(input): Body<RefreshInput>) -> Answer<Json<TokenPair>> {
    Ok(Json(identity::refresh(&ctx, &actor, &input.refresh_token).await?))
}

/// Ends the session at once.
#[utoipa::path(post, path = "/auth/logout", tag = "identity", responses((status = 204), (status = 401)))]
async fn logout(State(ctx): State<Ctx>, Caller(actor): Caller) -> Answer<StatusCode> {
    identity::logout(&ctx, &actor).await?;
    Ok(StatusCode::NO_CONTENT)
}
