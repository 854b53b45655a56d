//! The seller's orders.

use crate::AppState;
use crate::api::order::{cancel_input, query};
use crate::api::params::{ListParams, Params};
use crate::api::{Answer, Body, Caller};
use axum::Json;
use axum::extract::{Path, State};
use bytes::Bytes;
use domain::Page;
use domain::identity::Permission;
use domain::order::{CancelInput, OrderRow, OrderView, ShipInput};
use service::{Ctx, order};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(find))
        .routes(routes!(accept))
        .routes(routes!(ship))
        .routes(routes!(cancel))
        .routes(routes!(deliver))
        .routes(routes!(undelivered))
}

#[utoipa::path(get, path = "/seller/orders", tag = "seller",
    params(("status" = Option<String>, Query), ("q" = Option<String>, Query), ("page" = Option<i64>, Query), ("per_page" = Option<i64>, Query)),
    responses((status = 200, body = Page<OrderRow>), (status = 401), (status = 403), (status = 422)))]
async fn list(State(ctx): State<Ctx>, Caller(actor): Caller, Params(params): Params<ListParams>) -> Answer<Json<Page<OrderRow>>> {
    actor.store(Permission::OrderView)?;
    Ok(Json(order::own(&ctx, &actor, &query(&params)?).await?))
}

#[utoipa::path(get, path = "/seller/orders/{number}", tag = "seller", params(("number" = String, Path)),
    responses((status = 200, body = OrderView), (status = 401), (status = 403), (status = 404)))]
async fn find(State(ctx): State<Ctx>, Caller(actor): Caller, Path(number): Path<String>) -> Answer<Json<OrderView>> {
    Ok(Json(order::own_order(&ctx, &actor, &number).await?))
}

#[utoipa::path(post, path = "/seller/orders/{number}/accept", tag = "seller", params(("number" = String, Path)),
    responses((status = 200, body = OrderView), (status = 401), (status = 403), (status = 404), (status = 409)))]
async fn accept(State(ctx): State<Ctx>, Caller(actor): Caller, Path(number): Path<String>) -> Answer<Json<OrderView>> {
    Ok(Json(order::accept(&ctx, &actor, &number).await?))
}

#[utoipa::path(post, path = "/seller/orders/{number}/ship", tag = "seller", params(("number" = String, Path)), request_body = ShipInput,
    responses((status = 200, body = OrderView), (status = 401), (status = 403), (status = 404), (status = 409), (status = 422)))]
async fn ship(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Path(number): Path<String>,
    Body(input): Body<ShipInput>,
) -> Answer<Json<OrderView>> {
    Ok(Json(order::ship(&ctx, &actor, &number, input).await?))
}

#[utoipa::path(post, path = "/seller/orders/{number}/cancel", tag = "seller", params(("number" = String, Path)), request_body = CancelInput,
    responses((status = 200, body = OrderView), (status = 401), (status = 403), (status = 404), (status = 409)))]
async fn cancel(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Path(number): Path<String>,
    body: Bytes,
) -> Answer<Json<OrderView>> {
    actor.store(Permission::OrderFulfil)?;
    Ok(Json(order::cancel_own(&ctx, &actor, &number, cancel_input(&body)?).await?))
}

/// The courier brought the cash of an order that is paid at the door.
#[utoipa::path(post, path = "/seller/orders/{number}/deliver", tag = "seller", params(("number" = String, Path)),
    responses((status = 200, body = OrderView), (status = 401), (status = 403), (status = 404), (status = 409)))]
async fn deliver(State(ctx): State<Ctx>, Caller(actor): Caller, Path(number): Path<String>) -> Answer<Json<OrderView>> {
    Ok(Json(order::mark_delivered(&ctx, &actor, &number).await?))
}

/// An order to be paid at the door was refused there: it ends, its goods are back on the shelf.
#[utoipa::path(post, path = "/seller/orders/{number}/undelivered", tag = "seller", params(("number" = String, Path)), request_body = CancelInput,
    responses((status = 200, body = OrderView), (status = 401), (status = 403), (status = 404), (status = 409)))]
async fn undelivered(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Path(number): Path<String>,
    body: Bytes,
) -> Answer<Json<OrderView>> {
    actor.store(Permission::OrderFulfil)?;
    Ok(Json(order::mark_undelivered(&ctx, &actor, &number, cancel_input(&body)?).await?))
}
