//! Finance: the ledger.

use crate::AppState;
use crate::api::params::{ListParams, Params, choice};
use crate::api::{Answer, Caller};
use axum::Json;
use axum::extract::State;
use domain::Page;
use domain::finance::{AccountBalance, LedgerRow};
use domain::identity::Permission;
use service::{Ctx, finance};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(ledger)).routes(routes!(balances))
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
