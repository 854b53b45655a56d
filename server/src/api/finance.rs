//! Finance: the ledger, its balances, and statements of stores.

use crate::AppState;
use crate::api::books::BookParams;
use crate::api::download::download;
use crate::api::params::Params;
use crate::api::payout::StatementParams;
use crate::api::{Answer, Caller};
use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::Page;
use domain::finance::{AccountBalance, AccountLine, LedgerRow};
use domain::identity::Permission;
use domain::statement::Statement;
use service::{Ctx, finance, statement};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(ledger))
        .routes(routes!(ledger_file))
        .routes(routes!(balances))
        .routes(routes!(accounts))
        .routes(routes!(store_statement))
        .routes(routes!(store_statement_file))
}

/// Lines of the ledger, newest first. `account`: one or more, by commas; `store`: its slug; `from` and
/// `to`: days in WIB.
#[utoipa::path(get, path = "/finance/ledger", tag = "finance",
    params(("account" = Option<String>, Query), ("gateway" = Option<String>, Query), ("store" = Option<String>, Query),
        ("from" = Option<String>, Query), ("to" = Option<String>, Query), ("page" = Option<i64>, Query), ("per_page" = Option<i64>, Query)),
    responses((status = 200, body = Page<LedgerRow>), (status = 401), (status = 403), (status = 422)))]
async fn ledger(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Params(params): Params<BookParams>,
) -> Answer<Json<Page<LedgerRow>>> {
    actor.require(Permission::FinanceView)?;
    let page = params.page()?;
    Ok(Json(finance::entries(&ctx, &actor, &params.filter().ledger()?, page).await?))
}

/// The same as a file, `csv` or `xlsx`.
#[utoipa::path(get, path = "/finance/ledger/file", tag = "finance",
    params(("account" = Option<String>, Query), ("gateway" = Option<String>, Query), ("store" = Option<String>, Query),
        ("from" = Option<String>, Query), ("to" = Option<String>, Query), ("format" = Option<String>, Query)),
    responses((status = 200, content_type = "text/csv"), (status = 401), (status = 403), (status = 422)))]
async fn ledger_file(State(ctx): State<Ctx>, Caller(actor): Caller, Params(params): Params<BookParams>) -> Answer<Response> {
    actor.require(Permission::FinanceView)?;
    let format = params.format()?;
    Ok(download(finance::export_ledger(&ctx, &actor, &params.filter().ledger()?, format).await?))
}

#[utoipa::path(get, path = "/finance/balances", tag = "finance",
    responses((status = 200, body = Vec<AccountBalance>), (status = 401), (status = 403)))]
async fn balances(State(ctx): State<Ctx>, Caller(actor): Caller) -> Answer<Json<Vec<AccountBalance>>> {
    Ok(Json(finance::balances(&ctx, &actor).await?))
}

/// Balances per store and gateway, the largest first. `negative=true`: only those on the wrong side, such
/// as stores that owe us.
#[utoipa::path(get, path = "/finance/accounts", tag = "finance",
    params(("account" = Option<String>, Query), ("negative" = Option<bool>, Query), ("page" = Option<i64>, Query), ("per_page" = Option<i64>, Query)),
    responses((status = 200, body = Page<AccountLine>), (status = 401), (status = 403), (status = 422)))]
async fn accounts(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Params(params): Params<BookParams>,
) -> Answer<Json<Page<AccountLine>>> {
    actor.require(Permission::FinanceView)?;
    let (page, is_negative) = (params.page()?, params.is_negative());
    Ok(Json(finance::lines(&ctx, &actor, &params.filter().balances(is_negative)?, page).await?))
}

/// A store's statement of a month (`2026-11`), the present one unless named.
#[utoipa::path(get, path = "/finance/stores/{slug}/statement", tag = "finance",
    params(("slug" = String, Path), ("month" = Option<String>, Query)),
    responses((status = 200, body = Statement), (status = 401), (status = 403), (status = 404), (status = 422)))]
async fn store_statement(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Path(slug): Path<String>,
    Params(params): Params<StatementParams>,
) -> Answer<Json<Statement>> {
    Ok(Json(statement::of_store(&ctx, &actor, &slug, params.month.as_deref()).await?))
}

/// The same as `pdf`, `xlsx` or `csv`.
#[utoipa::path(get, path = "/finance/stores/{slug}/statement/file", tag = "finance",
    params(("slug" = String, Path), ("month" = Option<String>, Query), ("format" = String, Query)),
    responses((status = 200, content_type = "application/pdf"), (status = 401), (status = 403), (status = 404), (status = 422)))]
async fn store_statement_file(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Path(slug): Path<String>,
    Params(params): Params<StatementParams>,
) -> Answer<Response> {
    actor.require(Permission::FinanceView)?;
    let kind = params.kind()?;
    Ok(download(statement::download_of_store(&ctx, &actor, &slug, params.month.as_deref(), kind).await?))
}
