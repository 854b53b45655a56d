//! Stores.

use crate::AppState;
use crate::api::{Answer, Body, Caller};
use axum::Json;
use axum::extract::{Path, State};
use domain::store::{StoreInput, StoreView};
use service::{Ctx, store};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(find)).routes(routes!(own, update))
}

#[utoipa::path(get, path = "/stores/{slug}", tag = "catalog", params(("slug" = String, Path)),
    responses((status = 200, body = StoreView), (status = 404)))]
async fn find(State(ctx): State<Ctx>, Path(slug): Path<String>) -> Answer<Json<StoreView>> {
    Ok(Json(store::find(&ctx, &slug).await?))
}

#[utoipa::path(get, path = "/seller/store", tag = "seller",
    responses((status = 200, body = StoreView), (status = 401), (status = 403)))]
async fn own(State(ctx): State<Ctx>, Caller(actor): Caller) -> Answer<Json<StoreView>> {
    Ok(Json(store::own(&ctx, &actor).await?))
}

#[utoipa::path(patch, path = "/seller/store", tag = "seller", request_body = StoreInput,
    responses((status = 200, body = StoreView), (status = 401), (status = 403), (status = 422)))]
async fn update(State(ctx): State<Ctx>, Caller(actor): Caller, Body(input): Body<StoreInput>) -> Answer<Json<StoreView>> {
    Ok(Json(store::update(&ctx, &actor, input).await?))
}
