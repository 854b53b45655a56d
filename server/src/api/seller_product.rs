//! The seller's products and their pictures.

use crate::AppState;
use crate::api::params::{Id, Ids, ListParams, Params};
use crate::api::{Answer, Body, Caller, Problem, multipart};
use axum::Json;
use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use domain::catalog::{ImagePatch, ImageView, ProductInput, ProductPatch, SellerProductRow, SellerProductView};
use domain::id::{ImageId, ProductId};
use domain::{Error, FieldError, Page};
use service::{Ctx, catalog, picture};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(find, update, archive))
        .routes(routes!(add_image))
        .routes(routes!(change_image, remove_image))
}

#[utoipa::path(get, path = "/seller/products", tag = "seller",
    params(("status" = Option<String>, Query), ("q" = Option<String>, Query), ("page" = Option<i64>, Query), ("per_page" = Option<i64>, Query)),
    responses((status = 200, body = Page<SellerProductRow>), (status = 401), (status = 403), (status = 422)))]
async fn list(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Params(params): Params<ListParams>,
) -> Answer<Json<Page<SellerProductRow>>> {
    let status = match params.status.as_deref().filter(|s| !s.is_empty()) {
        None => None,
        Some(text) => Some(text.parse().map_err(|()| Error::Invalid(vec![FieldError::new("status", "unknown_value")]))?),
    };
    let keywords = params.q.clone().unwrap_or_default();
    Ok(Json(catalog::own_products(&ctx, &actor, status, &keywords, params.page()?).await?))
}

#[utoipa::path(post, path = "/seller/products", tag = "seller", request_body = ProductInput,
    responses((status = 201, body = SellerProductView), (status = 401), (status = 403), (status = 409), (status = 422)))]
async fn create(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Body(input): Body<ProductInput>,
) -> Answer<(StatusCode, Json<SellerProductView>)> {
    Ok((StatusCode::CREATED, Json(catalog::create(&ctx, &actor, input).await?)))
}

#[utoipa::path(get, path = "/seller/products/{id}", tag = "seller", params(("id" = ProductId, Path)),
    responses((status = 200, body = SellerProductView), (status = 401), (status = 403), (status = 404)))]
async fn find(State(ctx): State<Ctx>, Caller(actor): Caller, Id(id): Id<ProductId>) -> Answer<Json<SellerProductView>> {
    Ok(Json(catalog::own_product(&ctx, &actor, id).await?))
}

#[utoipa::path(patch, path = "/seller/products/{id}", tag = "seller", params(("id" = ProductId, Path)), request_body = ProductPatch,
    responses((status = 200, body = SellerProductView), (status = 401), (status = 403), (status = 404), (status = 409), (status = 422)))]
async fn update(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Id(id): Id<ProductId>,
    Body(patch): Body<ProductPatch>,
) -> Answer<Json<SellerProductView>> {
    Ok(Json(catalog::update(&ctx, &actor, id, patch).await?))
}

/// Archives: past orders keep their snapshot.
#[utoipa::path(delete, path = "/seller/products/{id}", tag = "seller", params(("id" = ProductId, Path)),
    responses((status = 204), (status = 401), (status = 403), (status = 404)))]
async fn archive(State(ctx): State<Ctx>, Caller(actor): Caller, Id(id): Id<ProductId>) -> Answer<StatusCode> {
    catalog::archive(&ctx, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[utoipa::path(post, path = "/seller/products/{id}/images", tag = "seller", params(("id" = ProductId, Path)),
    request_body(content_type = "multipart/form-data", description = "field `image`, optional field `alt`"),
    responses((status = 201, body = ImageView), (status = 401), (status = 403), (status = 404), (status = 409), (status = 413), (status = 415), (status = 422)))]
async fn add_image(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Id(id): Id<ProductId>,
    form: Result<Multipart, axum::extract::multipart::MultipartRejection>,
) -> Answer<(StatusCode, Json<ImageView>)> {
    // Before the body is read: strangers must not make us read megabytes.
    catalog::own_product(&ctx, &actor, id).await?;
    let form = form.map_err(|_| Problem(Error::UnsupportedType))?;
    let mut form = multipart::read(form, "image", picture::MAX_BYTES).await?;
    let image = form.file("image")?;
    Ok((StatusCode::CREATED, Json(catalog::add_image(&ctx, &actor, id, image, form.text("alt")).await?)))
}

#[utoipa::path(patch, path = "/seller/products/{id}/images/{image_id}", tag = "seller",
    params(("id" = ProductId, Path), ("image_id" = ImageId, Path)), request_body = ImagePatch,
    responses((status = 200, body = ImageView), (status = 401), (status = 403), (status = 404), (status = 422)))]
async fn change_image(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Ids(id, image): Ids<ProductId, ImageId>,
    Body(patch): Body<ImagePatch>,
) -> Answer<Json<ImageView>> {
    Ok(Json(catalog::change_image(&ctx, &actor, id, image, patch).await?))
}

#[utoipa::path(delete, path = "/seller/products/{id}/images/{image_id}", tag = "seller",
    params(("id" = ProductId, Path), ("image_id" = ImageId, Path)),
    responses((status = 204), (status = 401), (status = 403), (status = 404)))]
async fn remove_image(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Ids(id, image): Ids<ProductId, ImageId>,
) -> Answer<StatusCode> {
    catalog::remove_image(&ctx, &actor, id, image).await?;
    Ok(StatusCode::NO_CONTENT)
}
