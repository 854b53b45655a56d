//! What gateways sent, for finance.

use crate::AppState;
use crate::api::params::{Id, Params, number};
use crate::api::{Answer, Caller};
use axum::Json;
use axum::extract::State;
use domain::id::WebhookId;
use domain::identity::Permission;
use domain::webhook::{WebhookFilter, WebhookRow, WebhookView};
use domain::{PageRequest, Stream};
use serde::Deserialize;
use service::{Ctx, finance};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(find))
}

#[derive(Deserialize)]
struct WebhookParams {
    state: Option<String>,
    gateway: Option<String>,
    from: Option<String>,
    to: Option<String>,
    cursor: Option<String>,
    per_page: Option<String>,
}

/// Webhooks, newest first. `state`: `applied`, `not_applied` (authentic, but nothing came of it) or
/// `forged`; `cursor`: the `next_cursor` of the part before.
#[utoipa::path(get, path = "/finance/webhooks", tag = "finance",
    params(("state" = Option<String>, Query), ("gateway" = Option<String>, Query), ("from" = Option<String>, Query),
        ("to" = Option<String>, Query), ("cursor" = Option<String>, Query), ("per_page" = Option<i64>, Query)),
    responses((status = 200, body = Stream<WebhookRow>), (status = 401), (status = 403), (status = 422)))]
async fn list(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Params(params): Params<WebhookParams>,
) -> Answer<Json<Stream<WebhookRow>>> {
    actor.require(Permission::FinanceView)?;
    let WebhookParams { state, gateway, from, to, cursor, per_page } = params;
    let size = PageRequest::new(None, number("per_page", per_page.as_deref())?)?;
    let query = WebhookFilter { state, gateway, from, to, cursor }.check()?;
    Ok(Json(finance::webhooks(&ctx, &actor, &query, size).await?))
}

/// One webhook with its body, card numbers masked.
#[utoipa::path(get, path = "/finance/webhooks/{id}", tag = "finance", params(("id" = WebhookId, Path)),
    responses((status = 200, body = WebhookView), (status = 401), (status = 403), (status = 404)))]
async fn find(State(ctx): State<Ctx>, Caller(actor): Caller, Id(id): Id<WebhookId>) -> Answer<Json<WebhookView>> {
    Ok(Json(finance::webhook(&ctx, &actor, id).await?))
}
