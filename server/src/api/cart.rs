//! The cart, of a signed-in caller or of a guest with a cart cookie.

use crate::AppState;
use crate::api::params::Id;
use crate::api::{Answer, Body, Caller};
use axum::Json;
use axum::extract::State;
use domain::cart::{AddItem, CartView, ChangeItem};
use domain::id::CartItemId;
use service::{Ctx, cart};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(view)).routes(routes!(add)).routes(routes!(change, remove))
}

#[utoipa::path(get, path = "/cart", tag = "buying", responses((status = 200, body = CartView)))]
async fn view(State(ctx): State<Ctx>, Caller(actor): Caller) -> Answer<Json<CartView>> {
    Ok(Json(cart::view(&ctx, &actor).await?))
}

#[utoipa::path(post, path = "/cart/items", tag = "buying", request_body = AddItem,
    responses((status = 200, body = CartView), (status = 404), (status = 409), (status = 422)))]
async fn add(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Body(input): Body<AddItem>,
) -> Answer<(axum::http::StatusCode, Json<CartView>)> {
    Ok((axum::http::StatusCode::CREATED, Json(cart::add(&ctx, &actor, input).await?)))
}

#[utoipa::path(patch, path = "/cart/items/{id}", tag = "buying", params(("id" = CartItemId, Path)), request_body = ChangeItem,
    responses((status = 200, body = CartView), (status = 404), (status = 409), (status = 422)))]
async fn change(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Id(id): Id<CartItemId>,
    Body(input): Body<ChangeItem>,
) -> Answer<Json<CartView>> {
    Ok(Json(cart::change(&ctx, &actor, id, input).await?))
}

#[utoipa::path(delete, path = "/cart/items/{id}", tag = "buying", params(("id" = CartItemId, Path)),
    responses((status = 200, body = CartView), (status = 404)))]
async fn remove(State(ctx): State<Ctx>, Caller(actor): Caller, Id(id): Id<CartItemId>) -> Answer<Json<CartView>> {
    Ok(Json(cart::remove(&ctx, &actor, id).await?))
}
