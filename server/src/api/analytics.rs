//! The seller's figures.

use crate::AppState;
use crate::api::params::{Params, number};
use crate::api::{Answer, Caller};
use axum::Json;
use axum::extract::State;
use domain::analytics::{SalesSummary, StatusCount, TopProduct, TrendPoint};
use serde::Deserialize;
use service::{Ctx, analytics};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(summary)).routes(routes!(trend)).routes(routes!(top_products)).routes(routes!(by_status))
}

#[utoipa::path(get, path = "/seller/analytics/summary", tag = "seller",
    responses((status = 200, body = SalesSummary), (status = 401), (status = 403)))]
async fn summary(State(ctx): State<Ctx>, Caller(actor): Caller) -> Answer<Json<SalesSummary>> {
    Ok(Json(analytics::summary(&ctx, &actor).await?))
}

#[derive(Deserialize)]
struct Range {
    days: Option<String>,
    limit: Option<String>,
}

#[utoipa::path(get, path = "/seller/analytics/trend", tag = "seller", params(("days" = Option<i64>, Query, description = "7, 30 or 90")),
    responses((status = 200, body = Vec<TrendPoint>), (status = 401), (status = 403), (status = 422)))]
async fn trend(State(ctx): State<Ctx>, Caller(actor): Caller, Params(range): Params<Range>) -> Answer<Json<Vec<TrendPoint>>> {
    let days = number("days", range.days.as_deref())?.unwrap_or(7);
    Ok(Json(analytics::trend(&ctx, &actor, days).await?))
}

#[utoipa::path(get, path = "/seller/analytics/top-products", tag = "seller", params(("limit" = Option<i64>, Query)),
    responses((status = 200, body = Vec<TopProduct>), (status = 401), (status = 403), (status = 422)))]
async fn top_products(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Params(range): Params<Range>,
) -> Answer<Json<Vec<TopProduct>>> {
    let limit = number("limit", range.limit.as_deref())?.unwrap_or(10);
    Ok(Json(analytics::top_products(&ctx, &actor, limit).await?))
}

#[utoipa::path(get, path = "/seller/analytics/orders-by-status", tag = "seller",
    responses((status = 200, body = Vec<StatusCount>), (status = 401), (status = 403)))]
async fn by_status(State(ctx): State<Ctx>, Caller(actor): Caller) -> Answer<Json<Vec<StatusCount>>> {
    Ok(Json(analytics::status_counts(&ctx, &actor).await?))
}
