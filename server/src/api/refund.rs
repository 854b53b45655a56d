//! Refunds: asked for by stores and the desk, decided and sent by finance; and disputes.

use crate::AppState;
use crate::api::desk::file;
use crate::api::params::{Id, ListParams, Params, choice};
use crate::api::{Answer, Body, Caller, Problem, multipart};
use axum::Json;
use axum::extract::{Multipart, Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::id::{DisputeId, RefundId};
use domain::identity::Permission;
use domain::refund::{DisputeResolution, DisputeRow, RefundInput, RefundProof, RefundRejection, RefundRow, RefundView};
use domain::{Error, Page};
use service::{Ctx, desk, refund};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(of_own_order, request_as_seller))
        .routes(routes!(of_desk_order, request_as_desk))
        .routes(routes!(list))
        .routes(routes!(find))
        .routes(routes!(approve))
        .routes(routes!(reject))
        .routes(routes!(complete))
        .routes(routes!(retry))
        .routes(routes!(by_hand))
        .routes(routes!(attach, evidence))
        .routes(routes!(disputes))
        .routes(routes!(resolve))
}

#[utoipa::path(get, path = "/seller/orders/{number}/refunds", tag = "seller", params(("number" = String, Path)),
    responses((status = 200, body = Vec<RefundRow>), (status = 401), (status = 403), (status = 404)))]
async fn of_own_order(State(ctx): State<Ctx>, Caller(actor): Caller, Path(number): Path<String>) -> Answer<Json<Vec<RefundRow>>> {
    Ok(Json(refund::of_own_order(&ctx, &actor, &number).await?))
}

/// Asks finance to give a part of a paid order's money back, line by line.
#[utoipa::path(post, path = "/seller/orders/{number}/refunds", tag = "seller", params(("number" = String, Path)), request_body = RefundInput,
    responses((status = 201, body = RefundView), (status = 401), (status = 403), (status = 404), (status = 409), (status = 422)))]
async fn request_as_seller(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Path(number): Path<String>,
    Body(input): Body<RefundInput>,
) -> Answer<(StatusCode, Json<RefundView>)> {
    Ok((StatusCode::CREATED, Json(refund::request_as_seller(&ctx, &actor, &number, input).await?)))
}

#[utoipa::path(get, path = "/desk/orders/{number}/refunds", tag = "desk", params(("number" = String, Path)),
    responses((status = 200, body = Vec<RefundRow>), (status = 401), (status = 403), (status = 404)))]
async fn of_desk_order(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Path(number): Path<String>,
) -> Answer<Json<Vec<RefundRow>>> {
    Ok(Json(refund::of_desk_order(&ctx, &actor, &number).await?))
}

#[utoipa::path(post, path = "/desk/orders/{number}/refunds", tag = "desk", params(("number" = String, Path)), request_body = RefundInput,
    responses((status = 201, body = RefundView), (status = 401), (status = 403), (status = 404), (status = 409), (status = 422)))]
async fn request_as_desk(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Path(number): Path<String>,
    Body(input): Body<RefundInput>,
) -> Answer<(StatusCode, Json<RefundView>)> {
    Ok((StatusCode::CREATED, Json(refund::request_as_desk(&ctx, &actor, &number, input).await?)))
}

/// Refunds in a status: `waiting` for approval, `requested` to be sent, `failed`, `succeeded`, `rejected`.
#[utoipa::path(get, path = "/finance/refunds", tag = "finance",
    params(("status" = Option<String>, Query), ("page" = Option<i64>, Query), ("per_page" = Option<i64>, Query)),
    responses((status = 200, body = Page<RefundRow>), (status = 401), (status = 403), (status = 422)))]
async fn list(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Params(params): Params<ListParams>,
) -> Answer<Json<Page<RefundRow>>> {
    actor.require(Permission::FinanceView)?;
    let status = choice("status", params.status.as_deref())?;
    Ok(Json(refund::list(&ctx, &actor, status, params.page()?).await?))
}

#[utoipa::path(get, path = "/finance/refunds/{id}", tag = "finance", params(("id" = RefundId, Path)),
    responses((status = 200, body = RefundView), (status = 401), (status = 403), (status = 404)))]
async fn find(State(ctx): State<Ctx>, Caller(actor): Caller, Id(id): Id<RefundId>) -> Answer<Json<RefundView>> {
    Ok(Json(refund::find(&ctx, &actor, id).await?))
}

/// The money is to go back. Whoever asked for it cannot approve it.
#[utoipa::path(post, path = "/finance/refunds/{id}/approve", tag = "finance", params(("id" = RefundId, Path)),
    responses((status = 200, body = RefundView), (status = 401), (status = 403), (status = 404), (status = 409)))]
async fn approve(State(ctx): State<Ctx>, Caller(actor): Caller, Id(id): Id<RefundId>) -> Answer<Json<RefundView>> {
    Ok(Json(refund::approve(&ctx, &actor, id).await?))
}

#[utoipa::path(post, path = "/finance/refunds/{id}/reject", tag = "finance", params(("id" = RefundId, Path)), request_body = RefundRejection,
    responses((status = 200, body = RefundView), (status = 401), (status = 403), (status = 404), (status = 409), (status = 422)))]
async fn reject(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Id(id): Id<RefundId>,
    Body(input): Body<RefundRejection>,
) -> Answer<Json<RefundView>> {
    Ok(Json(refund::reject(&ctx, &actor, id, input).await?))
}

/// A refund that no gateway sends was made by bank transfer.
#[utoipa::path(post, path = "/finance/refunds/{id}/complete", tag = "finance", params(("id" = RefundId, Path)), request_body = RefundProof,
    responses((status = 200, body = RefundView), (status = 401), (status = 403), (status = 404), (status = 409), (status = 422)))]
async fn complete(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Id(id): Id<RefundId>,
    Body(input): Body<RefundProof>,
) -> Answer<Json<RefundView>> {
    Ok(Json(refund::complete(&ctx, &actor, id, input).await?))
}

/// Asks the gateway once more, after it refused.
#[utoipa::path(post, path = "/finance/refunds/{id}/retry", tag = "finance", params(("id" = RefundId, Path)),
    responses((status = 200, body = RefundView), (status = 401), (status = 403), (status = 404), (status = 409)))]
async fn retry(State(ctx): State<Ctx>, Caller(actor): Caller, Id(id): Id<RefundId>) -> Answer<Json<RefundView>> {
    Ok(Json(refund::retry(&ctx, &actor, id).await?))
}

/// Finance sends it instead of the gateway, after that refused.
#[utoipa::path(post, path = "/finance/refunds/{id}/by-hand", tag = "finance", params(("id" = RefundId, Path)),
    responses((status = 200, body = RefundView), (status = 401), (status = 403), (status = 404), (status = 409)))]
async fn by_hand(State(ctx): State<Ctx>, Caller(actor): Caller, Id(id): Id<RefundId>) -> Answer<Json<RefundView>> {
    Ok(Json(refund::by_hand(&ctx, &actor, id).await?))
}

/// Picture or PDF of the bank transfer: JPEG, PNG, WebP or PDF, at most 5 MB.
#[utoipa::path(post, path = "/finance/refunds/{id}/evidence", tag = "finance", params(("id" = RefundId, Path)),
    request_body(content_type = "multipart/form-data", description = "field `evidence`"),
    responses((status = 204), (status = 401), (status = 403), (status = 404), (status = 413), (status = 415), (status = 422)))]
async fn attach(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Id(id): Id<RefundId>,
    form: Result<Multipart, axum::extract::multipart::MultipartRejection>,
) -> Answer<StatusCode> {
    // Before the body is read: strangers must not make us read megabytes.
    actor.require(Permission::RefundApprove)?;
    let form = form.map_err(|_| Problem(Error::UnsupportedType))?;
    let file = multipart::read(form, "evidence", desk::MAX_BYTES).await?.file("evidence")?;
    refund::attach(&ctx, &actor, id, file).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[utoipa::path(get, path = "/finance/refunds/{id}/evidence", tag = "finance", params(("id" = RefundId, Path)),
    responses((status = 200, content_type = "image/webp"), (status = 401), (status = 403), (status = 404)))]
async fn evidence(State(ctx): State<Ctx>, Caller(actor): Caller, Id(id): Id<RefundId>) -> Answer<Response> {
    Ok(file(refund::evidence(&ctx, &actor, id).await?))
}

/// Chargebacks, reversals and refunds nobody asked for: `open` ones oldest first, or `resolved` ones.
#[utoipa::path(get, path = "/finance/disputes", tag = "finance",
    params(("state" = Option<String>, Query), ("page" = Option<i64>, Query), ("per_page" = Option<i64>, Query)),
    responses((status = 200, body = Page<DisputeRow>), (status = 401), (status = 403), (status = 422)))]
async fn disputes(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Params(params): Params<ListParams>,
) -> Answer<Json<Page<DisputeRow>>> {
    actor.require(Permission::FinanceView)?;
    let is_open = match params.state.as_deref() {
        None | Some("" | "open") => true,
        Some("resolved") => false,
        Some(_) => return Err(Problem(Error::invalid("state", "unknown_value"))),
    };
    Ok(Json(refund::disputes(&ctx, &actor, is_open, params.page()?).await?))
}

#[utoipa::path(post, path = "/finance/disputes/{id}/resolve", tag = "finance", params(("id" = DisputeId, Path)), request_body = DisputeResolution,
    responses((status = 200, body = DisputeRow), (status = 401), (status = 403), (status = 404), (status = 409), (status = 422)))]
async fn resolve(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Id(id): Id<DisputeId>,
    Body(input): Body<DisputeResolution>,
) -> Answer<Json<DisputeRow>> {
    Ok(Json(refund::resolve(&ctx, &actor, id, input).await?))
}
