//! The seller's stock.

use crate::AppState;
use crate::api::params::{Id, ListParams, Params};
use crate::api::{Answer, Body, Caller};
use axum::Json;
use axum::extract::State;
use domain::Page;
use domain::id::VariantId;
use domain::inventory::{MovementView, StockCount, StockRow, WarehouseView};
use service::{Ctx, inventory};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(count)).routes(routes!(ledger)).routes(routes!(warehouses))
}

#[utoipa::path(get, path = "/seller/inventory", tag = "seller",
    params(("low_stock" = Option<bool>, Query), ("q" = Option<String>, Query), ("warehouse" = Option<String>, Query),
        ("page" = Option<i64>, Query), ("per_page" = Option<i64>, Query)),
    responses((status = 200, body = Page<StockRow>), (status = 401), (status = 403), (status = 404), (status = 422)))]
async fn list(State(ctx): State<Ctx>, Caller(actor): Caller, Params(params): Params<ListParams>) -> Answer<Json<Page<StockRow>>> {
    let page = params.page()?;
    let filter = inventory::StockFilter {
        low_stock: params.low_stock.as_deref().is_some_and(|v| v == "true" || v == "1"),
        keywords: params.q.unwrap_or_default(),
        warehouse: params.warehouse.filter(|w| !w.is_empty()),
    };
    Ok(Json(inventory::rows(&ctx, &actor, &filter, page).await?))
}

/// Sets what is on the shelf; the difference is booked as an adjustment.
#[utoipa::path(patch, path = "/seller/inventory/{variant_id}", tag = "seller", params(("variant_id" = VariantId, Path)),
    request_body = StockCount,
    responses((status = 200, body = StockRow), (status = 401), (status = 403), (status = 404), (status = 409), (status = 422)))]
async fn count(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Id(variant): Id<VariantId>,
    Body(input): Body<StockCount>,
) -> Answer<Json<StockRow>> {
    Ok(Json(inventory::count(&ctx, &actor, variant, input).await?))
}

#[utoipa::path(get, path = "/seller/inventory/{variant_id}/ledger", tag = "seller", params(("variant_id" = VariantId, Path)),
    responses((status = 200, body = Page<MovementView>), (status = 401), (status = 403), (status = 404)))]
async fn ledger(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Id(variant): Id<VariantId>,
    Params(params): Params<ListParams>,
) -> Answer<Json<Page<MovementView>>> {
    Ok(Json(inventory::ledger(&ctx, &actor, variant, params.page()?).await?))
}

#[utoipa::path(get, path = "/seller/warehouses", tag = "seller",
    responses((status = 200, body = Vec<WarehouseView>), (status = 401), (status = 403)))]
async fn warehouses(State(ctx): State<Ctx>, Caller(actor): Caller) -> Answer<Json<Vec<WarehouseView>>> {
    Ok(Json(inventory::warehouses(&ctx, &actor).await?))
}
