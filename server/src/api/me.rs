//! The caller's own account.

use crate::AppState;
use crate::api::params::Id;
use crate::api::{Answer, Body, Caller, Problem, multipart};
use axum::Json;
use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use domain::id::{AddressId, SessionId};
use domain::identity::{AccountView, AddressInput, AddressView, PasswordChange, ProfileInput, SessionView};
use domain::letter::LetterPreference;
use domain::{Error, Noun};
use service::{Ctx, identity, notification, picture};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(me, update))
        .routes(routes!(set_avatar, remove_avatar))
        .routes(routes!(password))
        .routes(routes!(sessions))
        .routes(routes!(end_session))
        .routes(routes!(addresses, add_address))
        .routes(routes!(letters, set_letter))
        .routes(routes!(address, update_address, remove_address))
}

#[utoipa::path(get, path = "/me", tag = "identity", responses((status = 200, body = AccountView), (status = 401)))]
async fn me(State(ctx): State<Ctx>, Caller(actor): Caller) -> Answer<Json<AccountView>> {
    Ok(Json(identity::me(&ctx, &actor).await?))
}

#[utoipa::path(patch, path = "/me", tag = "identity", request_body = ProfileInput,
    responses((status = 200, body = AccountView), (status = 401), (status = 422)))]
async fn update(State(ctx): State<Ctx>, Caller(actor): Caller, Body(input): Body<ProfileInput>) -> Answer<Json<AccountView>> {
    Ok(Json(identity::update_profile(&ctx, &actor, input).await?))
}

/// A picture of oneself: JPEG, PNG or WebP, at most 5 MB.
#[utoipa::path(post, path = "/me/avatar", tag = "identity",
    request_body(content_type = "multipart/form-data", description = "field `image`"),
    responses((status = 200, body = AccountView), (status = 401), (status = 413), (status = 415), (status = 422)))]
async fn set_avatar(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    form: Result<Multipart, axum::extract::multipart::MultipartRejection>,
) -> Answer<Json<AccountView>> {
    // Before the body is read: strangers must not make us read megabytes.
    actor.account()?;
    let form = form.map_err(|_| Problem(Error::UnsupportedType))?;
    let image = multipart::read(form, "image", picture::MAX_BYTES).await?.file("image")?;
    Ok(Json(identity::set_avatar(&ctx, &actor, image).await?))
}

#[utoipa::path(delete, path = "/me/avatar", tag = "identity", responses((status = 200, body = AccountView), (status = 401)))]
async fn remove_avatar(State(ctx): State<Ctx>, Caller(actor): Caller) -> Answer<Json<AccountView>> {
    Ok(Json(identity::remove_avatar(&ctx, &actor).await?))
}

/// Changes the password and ends all other sessions.
#[utoipa::path(post, path = "/me/password", tag = "identity", request_body = PasswordChange,
    responses((status = 204), (status = 401), (status = 422)))]
async fn password(State(ctx): State<Ctx>, Caller(actor): Caller, Body(input): Body<PasswordChange>) -> Answer<StatusCode> {
    identity::change_password(&ctx, &actor, input).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[utoipa::path(get, path = "/me/sessions", tag = "identity", responses((status = 200, body = Vec<SessionView>), (status = 401)))]
async fn sessions(State(ctx): State<Ctx>, Caller(actor): Caller) -> Answer<Json<Vec<SessionView>>> {
    Ok(Json(identity::sessions(&ctx, &actor).await?))
}

#[utoipa::path(delete, path = "/me/sessions/{id}", tag = "identity", params(("id" = SessionId, Path)),
    responses((status = 204), (status = 401), (status = 404)))]
async fn end_session(State(ctx): State<Ctx>, Caller(actor): Caller, Id(id): Id<SessionId>) -> Answer<StatusCode> {
    identity::end_session(&ctx, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[utoipa::path(get, path = "/me/addresses", tag = "identity", responses((status = 200, body = Vec<AddressView>), (status = 401)))]
async fn addresses(State(ctx): State<Ctx>, Caller(actor): Caller) -> Answer<Json<Vec<AddressView>>> {
    Ok(Json(identity::addresses(&ctx, &actor).await?))
}

#[utoipa::path(post, path = "/me/addresses", tag = "identity", request_body = AddressInput,
    responses((status = 201, body = AddressView), (status = 401), (status = 422)))]
async fn add_address(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Body(input): Body<AddressInput>,
) -> Answer<(StatusCode, Json<AddressView>)> {
    Ok((StatusCode::CREATED, Json(identity::add_address(&ctx, &actor, input).await?)))
}

#[utoipa::path(get, path = "/me/addresses/{id}", tag = "identity", params(("id" = AddressId, Path)),
    responses((status = 200, body = AddressView), (status = 401), (status = 404)))]
async fn address(State(ctx): State<Ctx>, Caller(actor): Caller, Id(id): Id<AddressId>) -> Answer<Json<AddressView>> {
    let found = identity::addresses(&ctx, &actor).await?.into_iter().find(|a| a.id == id);
    Ok(Json(found.ok_or(Error::NotFound(Noun::Address))?))
}

#[utoipa::path(patch, path = "/me/addresses/{id}", tag = "identity", params(("id" = AddressId, Path)), request_body = AddressInput,
    responses((status = 200, body = AddressView), (status = 401), (status = 404), (status = 422)))]
async fn update_address(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Id(id): Id<AddressId>,
    Body(input): Body<AddressInput>,
) -> Answer<Json<AddressView>> {
    Ok(Json(identity::update_address(&ctx, &actor, id, input).await?))
}

#[utoipa::path(delete, path = "/me/addresses/{id}", tag = "identity", params(("id" = AddressId, Path)),
    responses((status = 204), (status = 401), (status = 404)))]
async fn remove_address(State(ctx): State<Ctx>, Caller(actor): Caller, Id(id): Id<AddressId>) -> Answer<StatusCode> {
    identity::remove_address(&ctx, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The letters one may do without, and whether the caller wants them.
#[utoipa::path(get, path = "/me/letters", tag = "identity",
    responses((status = 200, body = Vec<LetterPreference>), (status = 401)))]
async fn letters(State(ctx): State<Ctx>, Caller(actor): Caller) -> Answer<Json<Vec<LetterPreference>>> {
    Ok(Json(notification::preferences(&ctx, &actor).await?))
}

/// Takes or leaves one of them.
#[utoipa::path(patch, path = "/me/letters", tag = "identity", request_body = LetterPreference,
    responses((status = 200, body = Vec<LetterPreference>), (status = 401), (status = 422)))]
async fn set_letter(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Body(input): Body<LetterPreference>,
) -> Answer<Json<Vec<LetterPreference>>> {
    notification::set_preference(&ctx, &actor, input.kind, input.is_wanted).await?;
    Ok(Json(notification::preferences(&ctx, &actor).await?))
}
