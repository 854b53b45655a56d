//! Payouts: the store's balance, account, requests and statement; finance's decisions and bank files.

use crate::AppState;
use crate::api::download::download;
use crate::api::params::{Id, ListParams, Params, choice};
use crate::api::{Answer, Body, Caller};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::Page;
use domain::id::{BatchId, PayoutId};
use domain::identity::Permission;
use domain::payout::{
    BatchInput, PayoutAccount, PayoutAccountInput, PayoutBatch, PayoutInput, PayoutReason, PayoutReference, PayoutRow,
    SellerBalance,
};
use domain::statement::Statement;
use serde::Deserialize;
use service::{Ctx, payout, statement};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(balance))
        .routes(routes!(own, request))
        .routes(routes!(set_account))
        .routes(routes!(own_statement))
        .routes(routes!(statement_file))
        .routes(routes!(list))
        .routes(routes!(find))
        .routes(routes!(approve))
        .routes(routes!(refuse))
        .routes(routes!(settle))
        .routes(routes!(fail))
        .routes(routes!(batches, create_batch))
        .routes(routes!(batch_file))
        .routes(routes!(settle_batch))
}

/// What the store may draw, what is not delivered yet, and what is on its way.
#[utoipa::path(get, path = "/seller/balance", tag = "seller",
    responses((status = 200, body = SellerBalance), (status = 401), (status = 403)))]
async fn balance(State(ctx): State<Ctx>, Caller(actor): Caller) -> Answer<Json<SellerBalance>> {
    Ok(Json(payout::balance(&ctx, &actor).await?))
}

#[utoipa::path(get, path = "/seller/payouts", tag = "seller",
    params(("page" = Option<i64>, Query), ("per_page" = Option<i64>, Query)),
    responses((status = 200, body = Page<PayoutRow>), (status = 401), (status = 403), (status = 422)))]
async fn own(State(ctx): State<Ctx>, Caller(actor): Caller, Params(params): Params<ListParams>) -> Answer<Json<Page<PayoutRow>>> {
    actor.store(Permission::StoreManage)?;
    Ok(Json(payout::own(&ctx, &actor, params.page()?).await?))
}

/// Asks for a payout: never more than is available, one at a time.
#[utoipa::path(post, path = "/seller/payouts", tag = "seller", request_body = PayoutInput,
    responses((status = 201, body = PayoutRow), (status = 401), (status = 403), (status = 409), (status = 422)))]
async fn request(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Body(input): Body<PayoutInput>,
) -> Answer<(StatusCode, Json<PayoutRow>)> {
    Ok((StatusCode::CREATED, Json(payout::request(&ctx, &actor, input).await?)))
}

/// Changing the account delays payouts by 24 hours.
#[utoipa::path(put, path = "/seller/payout-account", tag = "seller", request_body = PayoutAccountInput,
    responses((status = 200, body = PayoutAccount), (status = 401), (status = 403), (status = 422)))]
async fn set_account(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Body(input): Body<PayoutAccountInput>,
) -> Answer<Json<PayoutAccount>> {
    Ok(Json(payout::set_account(&ctx, &actor, input).await?))
}

#[derive(Debug, Default, Deserialize)]
pub struct StatementParams {
    pub month: Option<String>,
    format: Option<String>,
}

impl StatementParams {
    pub fn kind(&self) -> Result<statement::Kind, domain::Error> {
        self.format.as_deref().unwrap_or_default().parse()
    }
}

/// The statement of a month (`2026-11`), the present one unless named.
#[utoipa::path(get, path = "/seller/statement", tag = "seller", params(("month" = Option<String>, Query)),
    responses((status = 200, body = Statement), (status = 401), (status = 403), (status = 422)))]
async fn own_statement(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Params(params): Params<StatementParams>,
) -> Answer<Json<Statement>> {
    Ok(Json(statement::find(&ctx, &actor, params.month.as_deref()).await?))
}

/// The statement as `pdf`, `xlsx` or `csv`.
#[utoipa::path(get, path = "/seller/statement/file", tag = "seller",
    params(("month" = Option<String>, Query), ("format" = String, Query)),
    responses((status = 200, content_type = "application/pdf"), (status = 401), (status = 403), (status = 422)))]
async fn statement_file(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Params(params): Params<StatementParams>,
) -> Answer<Response> {
    actor.store(Permission::StoreManage)?;
    let kind = params.kind()?;
    Ok(download(statement::download(&ctx, &actor, params.month.as_deref(), kind).await?))
}

/// Payouts of all stores, of a status if named; what waits stands oldest first.
#[utoipa::path(get, path = "/finance/payouts", tag = "finance",
    params(("status" = Option<String>, Query), ("page" = Option<i64>, Query), ("per_page" = Option<i64>, Query)),
    responses((status = 200, body = Page<PayoutRow>), (status = 401), (status = 403), (status = 422)))]
async fn list(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Params(params): Params<ListParams>,
) -> Answer<Json<Page<PayoutRow>>> {
    actor.require(Permission::FinanceView)?;
    let status = choice("status", params.status.as_deref())?;
    Ok(Json(payout::list(&ctx, &actor, status, None, params.page()?).await?))
}

#[utoipa::path(get, path = "/finance/payouts/{id}", tag = "finance", params(("id" = PayoutId, Path)),
    responses((status = 200, body = PayoutRow), (status = 401), (status = 403), (status = 404)))]
async fn find(State(ctx): State<Ctx>, Caller(actor): Caller, Id(id): Id<PayoutId>) -> Answer<Json<PayoutRow>> {
    Ok(Json(payout::find(&ctx, &actor, id).await?))
}

#[utoipa::path(post, path = "/finance/payouts/{id}/approve", tag = "finance", params(("id" = PayoutId, Path)),
    responses((status = 200, body = PayoutRow), (status = 401), (status = 403), (status = 404), (status = 409)))]
async fn approve(State(ctx): State<Ctx>, Caller(actor): Caller, Id(id): Id<PayoutId>) -> Answer<Json<PayoutRow>> {
    Ok(Json(payout::approve(&ctx, &actor, id).await?))
}

#[utoipa::path(post, path = "/finance/payouts/{id}/refuse", tag = "finance", params(("id" = PayoutId, Path)), request_body = PayoutReason,
    responses((status = 200, body = PayoutRow), (status = 401), (status = 403), (status = 404), (status = 409), (status = 422)))]
async fn refuse(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Id(id): Id<PayoutId>,
    Body(input): Body<PayoutReason>,
) -> Answer<Json<PayoutRow>> {
    Ok(Json(payout::refuse(&ctx, &actor, id, input).await?))
}

/// The bank has sent it.
#[utoipa::path(post, path = "/finance/payouts/{id}/settle", tag = "finance", params(("id" = PayoutId, Path)), request_body = PayoutReference,
    responses((status = 200, body = PayoutRow), (status = 401), (status = 403), (status = 404), (status = 409), (status = 422)))]
async fn settle(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Id(id): Id<PayoutId>,
    Body(input): Body<PayoutReference>,
) -> Answer<Json<PayoutRow>> {
    Ok(Json(payout::settle(&ctx, &actor, id, input).await?))
}

/// The bank could not send it: the money goes back to the store's balance.
#[utoipa::path(post, path = "/finance/payouts/{id}/fail", tag = "finance", params(("id" = PayoutId, Path)), request_body = PayoutReason,
    responses((status = 200, body = PayoutRow), (status = 401), (status = 403), (status = 404), (status = 409), (status = 422)))]
async fn fail(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Id(id): Id<PayoutId>,
    Body(input): Body<PayoutReason>,
) -> Answer<Json<PayoutRow>> {
    Ok(Json(payout::fail(&ctx, &actor, id, input).await?))
}

#[utoipa::path(get, path = "/finance/payout-batches", tag = "finance",
    params(("page" = Option<i64>, Query), ("per_page" = Option<i64>, Query)),
    responses((status = 200, body = Page<PayoutBatch>), (status = 401), (status = 403), (status = 422)))]
async fn batches(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Params(params): Params<ListParams>,
) -> Answer<Json<Page<PayoutBatch>>> {
    actor.require(Permission::FinanceView)?;
    Ok(Json(payout::batches(&ctx, &actor, None, params.page()?).await?))
}

/// Puts approved payouts into one file for the bank.
#[utoipa::path(post, path = "/finance/payout-batches", tag = "finance", request_body = BatchInput,
    responses((status = 201, body = PayoutBatch), (status = 401), (status = 403), (status = 404), (status = 409), (status = 422)))]
async fn create_batch(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Body(input): Body<BatchInput>,
) -> Answer<(StatusCode, Json<PayoutBatch>)> {
    Ok((StatusCode::CREATED, Json(payout::create_batch(&ctx, &actor, input).await?)))
}

#[utoipa::path(get, path = "/finance/payout-batches/{id}/file", tag = "finance", params(("id" = BatchId, Path)),
    responses((status = 200, content_type = "text/csv"), (status = 401), (status = 403), (status = 404)))]
async fn batch_file(State(ctx): State<Ctx>, Caller(actor): Caller, Id(id): Id<BatchId>) -> Answer<Response> {
    Ok(download(payout::batch_file(&ctx, &actor, id).await?))
}

/// Everything of the file that is still open was sent by the bank.
#[utoipa::path(post, path = "/finance/payout-batches/{id}/settle", tag = "finance", params(("id" = BatchId, Path)),
    request_body = PayoutReference,
    responses((status = 200, body = PayoutBatch), (status = 401), (status = 403), (status = 404), (status = 422)))]
async fn settle_batch(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Id(id): Id<BatchId>,
    Body(input): Body<PayoutReference>,
) -> Answer<Json<PayoutBatch>> {
    payout::settle_batch(&ctx, &actor, id, input).await?;
    Ok(Json(payout::batch(&ctx, &actor, id).await?))
}
