//! The caller's second factor.

use crate::AppState;
use crate::api::{Answer, Body, Caller};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::identity::{CodeInput, PasswordProof, RecoveryCodes, TwoFactorProof, TwoFactorSetup, TwoFactorView};
use service::{Ctx, identity};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(show, begin, disable)).routes(routes!(confirm)).routes(routes!(renew_recovery_codes))
}

#[utoipa::path(get, path = "/me/two-factor", tag = "identity", responses((status = 200, body = TwoFactorView), (status = 401)))]
async fn show(State(ctx): State<Ctx>, Caller(actor): Caller) -> Answer<Json<TwoFactorView>> {
    Ok(Json(identity::two_factor(&ctx, &actor).await?))
}

/// Begins the set-up, anew if need be: the secret for the app. It counts when a code of it was confirmed.
#[utoipa::path(post, path = "/me/two-factor", tag = "identity", request_body = PasswordProof,
    responses((status = 200, body = TwoFactorSetup), (status = 401), (status = 409), (status = 422), (status = 429)))]
async fn begin(State(ctx): State<Ctx>, Caller(actor): Caller, Body(input): Body<PasswordProof>) -> Answer<Json<TwoFactorSetup>> {
    Ok(Json(identity::begin_two_factor(&ctx, &actor, input).await?))
}

/// Switches the second factor on; answers the recovery codes, this once. Other sessions end.
#[utoipa::path(post, path = "/me/two-factor/confirm", tag = "identity", request_body = CodeInput,
    responses((status = 200, body = RecoveryCodes), (status = 401), (status = 409), (status = 422), (status = 429)))]
async fn confirm(State(ctx): State<Ctx>, Caller(actor): Caller, Body(input): Body<CodeInput>) -> Answer<Json<RecoveryCodes>> {
    Ok(Json(identity::confirm_two_factor(&ctx, &actor, input).await?))
}

/// Switches the second factor off.
#[utoipa::path(delete, path = "/me/two-factor", tag = "identity", request_body = TwoFactorProof,
    responses((status = 204), (status = 401), (status = 409), (status = 422), (status = 429)))]
async fn disable(State(ctx): State<Ctx>, Caller(actor): Caller, Body(input): Body<TwoFactorProof>) -> Answer<StatusCode> {
    identity::disable_two_factor(&ctx, &actor, input).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ten new recovery codes, shown this once; the old ones end.
#[utoipa::path(post, path = "/me/two-factor/recovery-codes", tag = "identity", request_body = TwoFactorProof,
    responses((status = 200, body = RecoveryCodes), (status = 401), (status = 409), (status = 422), (status = 429)))]
async fn renew_recovery_codes(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Body(input): Body<TwoFactorProof>,
) -> Answer<Json<RecoveryCodes>> {
    Ok(Json(identity::renew_recovery_codes(&ctx, &actor, input).await?))
}
