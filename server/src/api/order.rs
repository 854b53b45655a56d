//! The buyer's orders.

use crate::AppState;
use crate::api::params::{ListParams, Params};
use crate::api::{Answer, Caller, Problem};
use axum::Json;
use axum::extract::{Path, State};
use bytes::Bytes;
use domain::order::{CancelInput, OrderQuery, OrderRow, OrderView};
use domain::{Error, Page};
use service::{Ctx, order};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(find)).routes(routes!(cancel)).routes(routes!(confirm_receipt))
}

#[utoipa::path(get, path = "/orders", tag = "buying",
    params(("status" = Option<String>, Query), ("q" = Option<String>, Query), ("from" = Option<String>, Query),
        ("to" = Option<String>, Query), ("page" = Option<i64>, Query), ("per_page" = Option<i64>, Query)),
    responses((status = 200, body = Page<OrderRow>), (status = 401), (status = 422)))]
async fn list(State(ctx): State<Ctx>, Caller(actor): Caller, Params(params): Params<ListParams>) -> Answer<Json<Page<OrderRow>>> {
    actor.user()?;
    Ok(Json(order::mine(&ctx, &actor, &query(&params)?).await?))
}

pub fn query(params: &ListParams) -> Result<OrderQuery, Error> {
    let text = |v: &'_ Option<String>| v.clone();
    let (status, q, from, to) = (text(&params.status), text(&params.q), text(&params.from), text(&params.to));
    OrderQuery::parse(status.as_deref(), q.as_deref(), from.as_deref(), to.as_deref(), params.page()?)
}

#[utoipa::path(get, path = "/orders/{number}", tag = "buying", params(("number" = String, Path)),
    responses((status = 200, body = OrderView), (status = 401), (status = 404)))]
async fn find(State(ctx): State<Ctx>, Caller(actor): Caller, Path(number): Path<String>) -> Answer<Json<OrderView>> {
    Ok(Json(order::find(&ctx, &actor, &number).await?))
}

/// Until the seller accepts. An unpaid order ends with its whole checkout.
#[utoipa::path(post, path = "/orders/{number}/cancel", tag = "buying", params(("number" = String, Path)), request_body = CancelInput,
    responses((status = 200, body = OrderView), (status = 401), (status = 404), (status = 409)))]
async fn cancel(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Path(number): Path<String>,
    body: Bytes,
) -> Answer<Json<OrderView>> {
    actor.user()?;
    Ok(Json(order::cancel(&ctx, &actor, &number, cancel_input(&body)?).await?))
}

/// The reason is optional, and so is the body.
pub fn cancel_input(body: &Bytes) -> Result<CancelInput, Problem> {
    if body.is_empty() {
        return Ok(CancelInput { reason: None });
    }
    serde_json::from_slice(body).map_err(|_| Problem(Error::Malformed("body is not valid JSON".into())))
}

#[utoipa::path(post, path = "/orders/{number}/confirm-receipt", tag = "buying", params(("number" = String, Path)),
    responses((status = 200, body = OrderView), (status = 401), (status = 404), (status = 409)))]
async fn confirm_receipt(State(ctx): State<Ctx>, Caller(actor): Caller, Path(number): Path<String>) -> Answer<Json<OrderView>> {
    Ok(Json(order::confirm_receipt(&ctx, &actor, &number).await?))
}
