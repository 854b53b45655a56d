//! Reviews of a product.

use crate::AppState;
use crate::api::params::{ListParams, Params};
use crate::api::{Answer, Body, Caller};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::Page;
use domain::review::{ReviewInput, ReviewView};
use service::{Ctx, review};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list, add))
}

#[utoipa::path(get, path = "/products/{slug}/reviews", tag = "catalog", params(("slug" = String, Path)),
    responses((status = 200, body = Page<ReviewView>), (status = 404)))]
async fn list(
    State(ctx): State<Ctx>,
    Path(slug): Path<String>,
    Params(params): Params<ListParams>,
) -> Answer<Json<Page<ReviewView>>> {
    Ok(Json(review::of_product(&ctx, &slug, params.page()?).await?))
}

#[utoipa::path(post, path = "/products/{slug}/reviews", tag = "buying", params(("slug" = String, Path)), request_body = ReviewInput,
    responses((status = 201, body = ReviewView), (status = 401), (status = 403), (status = 404), (status = 409), (status = 422)))]
async fn add(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Path(slug): Path<String>,
    Body(input): Body<ReviewInput>,
) -> Answer<(StatusCode, Json<ReviewView>)> {
    Ok((StatusCode::CREATED, Json(review::add(&ctx, &actor, &slug, input).await?)))
}
