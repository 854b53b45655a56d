//! Registration, log-in, refresh, log-out, links by email.

use crate::AppState;
use crate::api::{Answer, Body, Caller};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::identity::{ConfirmEmail, Credentials, EmailInput, LinkToken, PasswordReset, RegistrationInput, TokenPair};
use serde::Deserialize;
use service::identity::Registered;
use service::{Ctx, identity};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(register))
        .routes(routes!(login))
        .routes(routes!(refresh))
        .routes(routes!(logout))
        .routes(routes!(forgot_password))
        .routes(routes!(reset_password))
        .routes(routes!(verify_email))
        .routes(routes!(resend_verification))
}

/// Opens an account, and a store for sellers. Outside of demo mode the email has to be proven first: the
/// answer is 202 then, whether the email is new or not.
#[utoipa::path(post, path = "/auth/register", tag = "identity", request_body = RegistrationInput,
    responses((status = 201, body = TokenPair), (status = 202, body = ConfirmEmail), (status = 409), (status = 422), (status = 429)))]
async fn register(State(ctx): State<Ctx>, Caller(actor): Caller, Body(input): Body<RegistrationInput>) -> Answer<Response> {
    Ok(match identity::register(&ctx, &actor, input).await? {
        Registered::SignedIn(pair) => (StatusCode::CREATED, Json(pair)).into_response(),
        Registered::ConfirmEmail => (StatusCode::ACCEPTED, Json(ConfirmEmail { confirm_email: true })).into_response(),
    })
}

/// 401 `auth.totp_required` asks for `totp`: a code of the app, or a recovery code.
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

/// Sends a link to a new password, if the email has an account. The answer does not tell.
#[utoipa::path(post, path = "/auth/password/forgot", tag = "identity", request_body = EmailInput,
    responses((status = 202), (status = 422), (status = 429)))]
async fn forgot_password(State(ctx): State<Ctx>, Caller(actor): Caller, Body(input): Body<EmailInput>) -> Answer<StatusCode> {
    identity::forgot_password(&ctx, &actor, input).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Sets a new password with the link's token, which works once, and ends all sessions.
#[utoipa::path(post, path = "/auth/password/reset", tag = "identity", request_body = PasswordReset,
    responses((status = 204), (status = 422), (status = 429)))]
async fn reset_password(State(ctx): State<Ctx>, Caller(actor): Caller, Body(input): Body<PasswordReset>) -> Answer<StatusCode> {
    identity::reset_password(&ctx, &actor, input).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Proves the email with the link's token, which works once.
#[utoipa::path(post, path = "/auth/email/verify", tag = "identity", request_body = LinkToken,
    responses((status = 204), (status = 422), (status = 429)))]
async fn verify_email(State(ctx): State<Ctx>, Caller(actor): Caller, Body(input): Body<LinkToken>) -> Answer<StatusCode> {
    identity::verify_email(&ctx, &actor, input).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sends the link that proves the email again, if there is anything to prove. The answer does not tell.
#[utoipa::path(post, path = "/auth/email/resend", tag = "identity", request_body = EmailInput,
    responses((status = 202), (status = 422), (status = 429)))]
async fn resend_verification(State(ctx): State<Ctx>, Caller(actor): Caller, Body(input): Body<EmailInput>) -> Answer<StatusCode> {
    identity::resend_verification(&ctx, &actor, input).await?;
    Ok(StatusCode::ACCEPTED)
}
