//! The public catalogue.

use crate::AppState;
use crate::api::params::Params;
use crate::api::{Answer, Caller};
use axum::Json;
use axum::extract::{Path, State};
use domain::catalog::{CategoryNode, ProductCard, ProductView, SearchInput};
use serde::Serialize;
use service::{Ctx, catalog};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(categories)).routes(routes!(search)).routes(routes!(find)).routes(routes!(related))
}

#[utoipa::path(get, path = "/categories", tag = "catalog", responses((status = 200, body = Vec<CategoryNode>)))]
async fn categories(State(ctx): State<Ctx>, Caller(actor): Caller) -> Answer<Json<Vec<CategoryNode>>> {
    Ok(Json(catalog::categories(&ctx, actor.locale).await?))
}

/// A page of products, with counts per filter value.
#[derive(Serialize, ToSchema)]
struct SearchPage {
    items: Vec<ProductCard>,
    page: u64,
    per_page: u64,
    total: u64,
    /// Reserved for counts per filter value; empty now.
    facets: BTreeMap<String, BTreeMap<String, i64>>,
}

#[utoipa::path(get, path = "/products", tag = "catalog",
    params(
        ("q" = Option<String>, Query), ("category" = Option<String>, Query, description = "slug; its subtree counts"),
        ("min_price" = Option<i64>, Query), ("max_price" = Option<i64>, Query), ("rating" = Option<i64>, Query),
        ("location" = Option<String>, Query), ("in_stock" = Option<bool>, Query), ("store" = Option<String>, Query),
        ("sort" = Option<domain::catalog::SortBy>, Query), ("page" = Option<i64>, Query), ("per_page" = Option<i64>, Query),
    ),
    responses((status = 200, body = SearchPage), (status = 422)))]
async fn search(State(ctx): State<Ctx>, Params(input): Params<SearchInput>) -> Answer<Json<SearchPage>> {
    let page = catalog::search(&ctx, &input.check()?).await?;
    let (page, per_page, total, items) = (page.page, page.per_page, page.total, page.items);
    Ok(Json(SearchPage { items, page, per_page, total, facets: BTreeMap::new() }))
}

#[utoipa::path(get, path = "/products/{slug}", tag = "catalog", params(("slug" = String, Path)),
    responses((status = 200, body = ProductView), (status = 404)))]
async fn find(State(ctx): State<Ctx>, Caller(actor): Caller, Path(slug): Path<String>) -> Answer<Json<ProductView>> {
    Ok(Json(catalog::find(&ctx, actor.locale, &slug).await?))
}

#[utoipa::path(get, path = "/products/{slug}/related", tag = "catalog", params(("slug" = String, Path)),
    responses((status = 200, body = Vec<ProductCard>), (status = 404)))]
async fn related(State(ctx): State<Ctx>, Path(slug): Path<String>) -> Answer<Json<Vec<ProductCard>>> {
    Ok(Json(catalog::related(&ctx, &slug, 12).await?))
}
