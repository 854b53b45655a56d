//! Administration: events that were given up.

use crate::AppState;
use crate::api::params::Id;
use crate::api::{Answer, Caller};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::admin::DeadLetter;
use domain::id::EventId;
use service::{Ctx, notification};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(dead_letters)).routes(routes!(retry))
}

/// Events that were given up after repeated failures, newest first.
#[utoipa::path(get, path = "/admin/outbox", tag = "admin",
    responses((status = 200, body = Vec<DeadLetter>), (status = 401), (status = 403)))]
async fn dead_letters(State(ctx): State<Ctx>, Caller(actor): Caller) -> Answer<Json<Vec<DeadLetter>>> {
    Ok(Json(notification::dead_letters(&ctx, &actor).await?))
}

/// Gives one its tries back.
#[utoipa::path(post, path = "/admin/outbox/{id}/retry", tag = "admin", params(("id" = EventId, Path)),
    responses((status = 204), (status = 401), (status = 403), (status = 404)))]
async fn retry(State(ctx): State<Ctx>, Caller(actor): Caller, Id(id): Id<EventId>) -> Answer<StatusCode> {
    notification::retry_dead(&ctx, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
