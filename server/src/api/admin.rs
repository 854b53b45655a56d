//! Administration: jobs, events that failed, letters, the audit trail.

use crate::AppState;
use crate::api::params::{Id, ListParams, Params};
use crate::api::{Answer, Caller};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::admin::{self, AuditFilter, AuditRow, FailedEvent, JobRunView, JobView, MailRow, Retried};
use domain::id::EventId;
use domain::identity::Permission;
use domain::{Error, Noun, Page};
use service::{Ctx, audit, job, notification};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(jobs))
        .routes(routes!(run_job))
        .routes(routes!(failed_events))
        .routes(routes!(retry))
        .routes(routes!(retry_all))
        .routes(routes!(letters))
        .routes(routes!(trail))
}

/// Every job, when it runs, and its latest runs.
#[utoipa::path(get, path = "/admin/jobs", tag = "admin",
    responses((status = 200, body = Vec<JobView>), (status = 401), (status = 403)))]
async fn jobs(State(ctx): State<Ctx>, Caller(actor): Caller) -> Answer<Json<Vec<JobView>>> {
    Ok(Json(job::jobs(&ctx, &actor).await?))
}

/// Asks for a run now; a worker carries it out, the list of jobs shows how it went.
#[utoipa::path(post, path = "/admin/jobs/{name}/run", tag = "admin", params(("name" = String, Path)),
    responses((status = 202, body = JobRunView), (status = 401), (status = 403), (status = 404)))]
async fn run_job(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    name: Result<Path<String>, axum::extract::rejection::PathRejection>,
) -> Answer<(StatusCode, Json<JobRunView>)> {
    actor.require(Permission::JobManage)?;
    let Path(name) = name.map_err(|_| Error::NotFound(Noun::Job))?;
    Ok((StatusCode::ACCEPTED, Json(job::request(&ctx, &actor, &name).await?)))
}

/// Events with failed tries: those given up, then those to be tried again, each newest first, 50 at a time.
#[utoipa::path(get, path = "/admin/outbox", tag = "admin",
    params(("after" = Option<String>, Query, description = "`given_up.<id>` or `waiting.<id>` of the last one seen")),
    responses((status = 200, body = Vec<FailedEvent>), (status = 401), (status = 403), (status = 422)))]
async fn failed_events(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Params(params): Params<ListParams>,
) -> Answer<Json<Vec<FailedEvent>>> {
    actor.require(Permission::JobManage)?;
    let after = admin::FailedAfter::read(params.after.as_deref())?;
    Ok(Json(notification::failed_events(&ctx, &actor, after).await?))
}

/// Tries one now; all its tries are given back when it was given up.
#[utoipa::path(post, path = "/admin/outbox/{id}/retry", tag = "admin", params(("id" = EventId, Path)),
    responses((status = 204), (status = 401), (status = 403), (status = 404)))]
async fn retry(State(ctx): State<Ctx>, Caller(actor): Caller, Id(id): Id<EventId>) -> Answer<StatusCode> {
    notification::retry_event(&ctx, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The same for all of them.
#[utoipa::path(post, path = "/admin/outbox/retry", tag = "admin",
    responses((status = 200, body = Retried), (status = 401), (status = 403)))]
async fn retry_all(State(ctx): State<Ctx>, Caller(actor): Caller) -> Answer<Json<Retried>> {
    Ok(Json(Retried { count: notification::retry_all_events(&ctx, &actor).await? }))
}

/// Letters that were written, newest first, without what they say.
#[utoipa::path(get, path = "/admin/mail", tag = "admin",
    params(("recipient" = Option<String>, Query), ("state" = Option<String>, Query),
        ("page" = Option<i64>, Query), ("per_page" = Option<i64>, Query)),
    responses((status = 200, body = Page<MailRow>), (status = 401), (status = 403), (status = 422)))]
async fn letters(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Params(params): Params<ListParams>,
) -> Answer<Json<Page<MailRow>>> {
    actor.require(Permission::SystemManage)?;
    let recipient = admin::recipient(params.recipient.as_deref())?;
    let state = admin::mail_state(params.state.as_deref())?;
    Ok(Json(notification::sent_mail(&ctx, &actor, recipient.as_deref(), state, params.page()?).await?))
}

/// What members of staff did, newest first. `subject` is a kind (`payment`) or a kind and an id
/// (`payment:0199…`); `from` and `to` are days in Asia/Jakarta.
#[utoipa::path(get, path = "/admin/audit", tag = "admin",
    params(("actor" = Option<String>, Query, description = "email"), ("action" = Option<String>, Query), ("subject" = Option<String>, Query),
        ("from" = Option<String>, Query), ("to" = Option<String>, Query),
        ("page" = Option<i64>, Query), ("per_page" = Option<i64>, Query)),
    responses((status = 200, body = Page<AuditRow>), (status = 401), (status = 403), (status = 422)))]
async fn trail(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Params(params): Params<ListParams>,
) -> Answer<Json<Page<AuditRow>>> {
    actor.require(Permission::SystemManage)?;
    let filter = AuditFilter::read(
        params.actor.as_deref(),
        params.action.as_deref(),
        params.subject.as_deref(),
        params.from.as_deref(),
        params.to.as_deref(),
    )?;
    Ok(Json(audit::trail(&ctx, &actor, &filter, params.page()?).await?))
}
