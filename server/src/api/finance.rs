//! Finance: refunds and the ledger.

use crate::AppState;
use crate::api::params::{Id, ListParams, Params, choice};
use crate::api::{Answer, Body, Caller};
use axum::Json;
use axum::extract::State;
use domain::Page;
use domain::finance::{AccountBalance, LedgerRow, RefundProof, RefundRow};
use domain::id::RefundId;
use domain::identity::Permission;
use service::{Ctx, finance};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(refunds)).routes(routes!(complete)).routes(routes!(ledger)).routes(routes!(balances))
}

#[utoipa::path(get, path = "/finance/refunds", tag = "finance",
    params(("status" = Option<String>, Query), ("page" = Option<i64>, Query), ("per_page" = Option<i64>, Query)),
    responses((status = 200, body = Page<RefundRow>), (status = 401), (status = 403), (status = 422)))]
async fn refunds(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Params(params): Params<ListParams>,
) -> Answer<Json<Page<RefundRow>>> {
    actor.require(Permission::FinanceView)?;
    let status = choice("status", params.status.as_deref())?;
    Ok(Json(finance::refunds(&ctx, &actor, status, params.page()?).await?))
}

/// A refund that no gateway can send was made by bank transfer.
#[utoipa::path(post, path = "/finance/refunds/{id}/complete", tag = "finance", params(("id" = RefundId, Path)), request_body = RefundProof,
    responses((status = 200, body = RefundRow), (status = 401), (status = 403), (status = 404), (status = 409), (status = 422)))]
async fn complete(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Id(id): Id<RefundId>,
    Body(input): Body<RefundProof>,
) -> Answer<Json<RefundRow>> {
    Ok(Json(finance::complete(&ctx, &actor, id, input).await?))
}

#[utoipa::path(get, path = "/finance/ledger", tag = "finance",
    params(("account" = Option<String>, Query), ("page" = Option<i64>, Query), ("per_page" = Option<i64>, Query)),
    responses((status = 200, body = Page<LedgerRow>), (status = 401), (status = 403), (status = 422)))]
async fn ledger(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Params(params): Params<ListParams>,
) -> Answer<Json<Page<LedgerRow>>> {
    actor.require(Permission::FinanceView)?;
    let account = choice("account", params.account.as_deref())?;
    Ok(Json(finance::entries(&ctx, &actor, account, params.page()?).await?))
}

#[utoipa::path(get, path = "/finance/balances", tag = "finance",
    responses((status = 200, body = Vec<AccountBalance>), (status = 401), (status = 403)))]
async fn balances(State(ctx): State<Ctx>, Caller(actor): Caller) -> Answer<Json<Vec<AccountBalance>>> {
    Ok(Json(finance::balances(&ctx, &actor).await?))
}
