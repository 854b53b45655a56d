//! Invoices, by the number of their order.

use crate::AppState;
use crate::api::download::download;
use crate::api::{Answer, Caller};
use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::order::Invoice;
use service::{Ctx, invoice};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(find)).routes(routes!(file))
}

/// For the buyer, the store and finance.
#[utoipa::path(get, path = "/orders/{number}/invoice", tag = "buying", params(("number" = String, Path)),
    responses((status = 200, body = Invoice), (status = 401), (status = 404)))]
async fn find(State(ctx): State<Ctx>, Caller(actor): Caller, Path(number): Path<String>) -> Answer<Json<Invoice>> {
    Ok(Json(invoice::find(&ctx, &actor, &number).await?))
}

/// The same as PDF.
#[utoipa::path(get, path = "/orders/{number}/invoice/file", tag = "buying", params(("number" = String, Path)),
    responses((status = 200, content_type = "application/pdf"), (status = 401), (status = 404)))]
async fn file(State(ctx): State<Ctx>, Caller(actor): Caller, Path(number): Path<String>) -> Answer<Response> {
    Ok(download(invoice::download(&ctx, &actor, &number).await?))
}
