//! Bank statements on the desk.

use crate::AppState;
use crate::api::params::{Id, ListParams, Params};
use crate::api::{Answer, Body, Caller, Problem, multipart};
use axum::Json;
use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use domain::bank::{Layout, LineApproval, LineCounts, LineState, LineView, MAX_BYTES, StatementView, UploadView};
use domain::id::BankLineId;
use domain::identity::Permission;
use domain::{Error, Page};
use service::Ctx;
use service::bank::{self, NewStatement};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(statements, upload))
        .routes(routes!(lines))
        .routes(routes!(counts))
        .routes(routes!(approve))
        .routes(routes!(book_unexpected))
        .routes(routes!(mark_counted))
        .routes(routes!(dismiss))
        .routes(routes!(reopen))
        .routes(routes!(layouts, save_layout))
}

#[utoipa::path(get, path = "/desk/statements", tag = "desk",
    responses((status = 200, body = Vec<StatementView>), (status = 401), (status = 403)))]
async fn statements(State(ctx): State<Ctx>, Caller(actor): Caller) -> Answer<Json<Vec<StatementView>>> {
    Ok(Json(bank::statements(&ctx, &actor).await?))
}

/// A statement as the bank exports it (CSV, at most 2 MB). Lines that stood in an earlier one are known.
#[utoipa::path(post, path = "/desk/statements", tag = "desk",
    request_body(content_type = "multipart/form-data", description = "field `statement`, `layout` by its name, and `account` by its number, where there are several"),
    responses((status = 201, body = UploadView), (status = 401), (status = 403), (status = 413), (status = 415), (status = 422)))]
async fn upload(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    form: Result<Multipart, axum::extract::multipart::MultipartRejection>,
) -> Answer<(StatusCode, Json<UploadView>)> {
    // Before the body is read: strangers must not make us read megabytes.
    actor.require(Permission::PaymentVerify)?;
    let new = form_of(form.map_err(|_| Problem(Error::UnsupportedType))?).await?;
    Ok((StatusCode::CREATED, Json(bank::upload(&ctx, &actor, new).await?)))
}

/// The statement of the form.
pub async fn form_of(form: Multipart) -> Result<NewStatement, Error> {
    let mut form = multipart::read(form, "statement", MAX_BYTES).await?;
    let (layout, account) = (form.text("layout").to_owned(), form.text("account").to_owned());
    Ok(NewStatement { layout, account, file_name: form.file_name().to_owned(), bytes: form.file("statement")? })
}

/// Lines in a state: `proposed` (the default), `ambiguous`, `possibly_used`, `unmatched`, `used`, `dismissed`.
#[utoipa::path(get, path = "/desk/statements/lines", tag = "desk",
    params(("state" = Option<String>, Query), ("page" = Option<i64>, Query), ("per_page" = Option<i64>, Query)),
    responses((status = 200, body = Page<LineView>), (status = 401), (status = 403), (status = 422)))]
async fn lines(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Params(params): Params<ListParams>,
) -> Answer<Json<Page<LineView>>> {
    actor.require(Permission::PaymentVerify)?;
    let state = match params.state.as_deref().filter(|s| !s.is_empty()) {
        None => LineState::Proposed,
        Some(text) => text.parse().map_err(|()| Error::invalid("state", "unknown_value"))?,
    };
    Ok(Json(bank::list(&ctx, &actor, state, params.page()?).await?))
}

#[utoipa::path(get, path = "/desk/statements/counts", tag = "desk",
    responses((status = 200, body = LineCounts), (status = 401), (status = 403)))]
async fn counts(State(ctx): State<Ctx>, Caller(actor): Caller) -> Answer<Json<LineCounts>> {
    Ok(Json(bank::counts(&ctx, &actor).await?))
}

/// The line pays this transfer, which is approved as any proof is.
#[utoipa::path(post, path = "/desk/statements/lines/{id}/approve", tag = "desk", params(("id" = BankLineId, Path)), request_body = LineApproval,
    responses((status = 200, body = LineView), (status = 401), (status = 403), (status = 404), (status = 409), (status = 422)))]
async fn approve(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Id(id): Id<BankLineId>,
    Body(input): Body<LineApproval>,
) -> Answer<Json<LineView>> {
    Ok(Json(bank::approve(&ctx, &actor, id, input).await?))
}

/// The line came late, twice, or by a method that was left: it is booked for this payment and owed back.
#[utoipa::path(post, path = "/desk/statements/lines/{id}/unexpected", tag = "desk", params(("id" = BankLineId, Path)), request_body = LineApproval,
    responses((status = 200, body = LineView), (status = 401), (status = 403), (status = 404), (status = 409), (status = 422)))]
async fn book_unexpected(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Id(id): Id<BankLineId>,
    Body(input): Body<LineApproval>,
) -> Answer<Json<LineView>> {
    Ok(Json(bank::book_unexpected(&ctx, &actor, id, input).await?))
}

/// The line is the money of a proof of this payment that was decided on before: nothing else happens.
#[utoipa::path(post, path = "/desk/statements/lines/{id}/counted", tag = "desk", params(("id" = BankLineId, Path)), request_body = LineApproval,
    responses((status = 200, body = LineView), (status = 401), (status = 403), (status = 404), (status = 409), (status = 422)))]
async fn mark_counted(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Id(id): Id<BankLineId>,
    Body(input): Body<LineApproval>,
) -> Answer<Json<LineView>> {
    Ok(Json(bank::mark_counted(&ctx, &actor, id, input).await?))
}

/// The line is about something else.
#[utoipa::path(post, path = "/desk/statements/lines/{id}/dismiss", tag = "desk", params(("id" = BankLineId, Path)),
    responses((status = 200, body = LineView), (status = 401), (status = 403), (status = 404), (status = 409)))]
async fn dismiss(State(ctx): State<Ctx>, Caller(actor): Caller, Id(id): Id<BankLineId>) -> Answer<Json<LineView>> {
    Ok(Json(bank::dismiss(&ctx, &actor, id).await?))
}

/// A line that was dismissed is about an order after all.
#[utoipa::path(post, path = "/desk/statements/lines/{id}/reopen", tag = "desk", params(("id" = BankLineId, Path)),
    responses((status = 200, body = LineView), (status = 401), (status = 403), (status = 404), (status = 409)))]
async fn reopen(State(ctx): State<Ctx>, Caller(actor): Caller, Id(id): Id<BankLineId>) -> Answer<Json<LineView>> {
    Ok(Json(bank::reopen(&ctx, &actor, id).await?))
}

#[utoipa::path(get, path = "/desk/statements/layouts", tag = "desk",
    responses((status = 200, body = Vec<Layout>), (status = 401), (status = 403)))]
async fn layouts(State(ctx): State<Ctx>, Caller(actor): Caller) -> Answer<Json<Vec<Layout>>> {
    Ok(Json(bank::layouts(&ctx, &actor).await?))
}

/// A layout of one's own, kept under its name.
#[utoipa::path(post, path = "/desk/statements/layouts", tag = "desk", request_body = Layout,
    responses((status = 200, body = Layout), (status = 401), (status = 403), (status = 409), (status = 422)))]
async fn save_layout(State(ctx): State<Ctx>, Caller(actor): Caller, Body(input): Body<Layout>) -> Answer<Json<Layout>> {
    Ok(Json(bank::save_layout(&ctx, &actor, input).await?))
}
