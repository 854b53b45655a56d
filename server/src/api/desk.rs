//! The desk: proofs of transfer (layer 1) and orders of all stores (layer 2).

use crate::AppState;
use crate::api::order::{cancel_input, query};
use crate::api::params::{Id, ListParams, Params};
use crate::api::{Answer, Body, Caller, Problem, multipart};
use axum::Json;
use axum::extract::{Multipart, Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use domain::desk::{Approval, DeskPayment, DeskRow, ProofInput, QueueFigures, QueueState, Rejection};
use domain::id::{PaymentId, ProofId};
use domain::identity::Permission;
use domain::order::{CancelInput, OrderRow, OrderView, ShipInput};
use domain::payment::PaymentView;
use domain::{Error, Money, Page};
use service::{Ctx, desk, order, payment};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(submit, own_proof))
        .routes(routes!(list))
        .routes(routes!(figures))
        .routes(routes!(find))
        .routes(routes!(proof_file))
        .routes(routes!(earlier_file))
        .routes(routes!(claim))
        .routes(routes!(release))
        .routes(routes!(approve))
        .routes(routes!(reject))
        .routes(routes!(fulfilment))
        .routes(routes!(fulfilment_figures))
        .routes(routes!(order))
        .routes(routes!(accept))
        .routes(routes!(ship))
        .routes(routes!(cancel))
        .routes(routes!(deliver))
        .routes(routes!(undelivered))
}

/// A proof of a bank transfer: JPEG, PNG, WebP or PDF, at most 5 MB.
#[utoipa::path(post, path = "/payments/{id}/proof", tag = "buying", params(("id" = PaymentId, Path)),
    request_body(content_type = "multipart/form-data", description = "field `proof`, and `amount`, `sender_name`, `sender_bank`"),
    responses((status = 201, body = PaymentView), (status = 401), (status = 404), (status = 409), (status = 413), (status = 415), (status = 422)))]
async fn submit(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Id(id): Id<PaymentId>,
    form: Result<Multipart, axum::extract::multipart::MultipartRejection>,
) -> Answer<(StatusCode, Json<PaymentView>)> {
    // Before the body is read: strangers must not make us read megabytes.
    payment::find(&ctx, &actor, id).await?;
    let (input, file) = proof(form.map_err(|_| Problem(Error::UnsupportedType))?).await?;
    Ok((StatusCode::CREATED, Json(desk::submit(&ctx, &actor, id, input, file).await?)))
}

/// Reads the form of a proof.
pub async fn proof(form: Multipart) -> Result<(ProofInput, Bytes), Error> {
    let mut form = multipart::read(form, "proof", desk::MAX_BYTES).await?;
    let amount = form.text("amount").trim();
    let code = if amount.is_empty() { "required" } else { "not_a_number" };
    let amount = amount.parse().map(Money).map_err(|_| Error::invalid("amount", code))?;
    let (sender_name, sender_bank) = (form.text("sender_name").to_owned(), form.text("sender_bank").to_owned());
    let file = form.file("proof")?;
    Ok((ProofInput { amount, sender_name, sender_bank }, file))
}

#[utoipa::path(get, path = "/payments/{id}/proof", tag = "buying", params(("id" = PaymentId, Path)),
    responses((status = 200, content_type = "image/webp"), (status = 401), (status = 404)))]
async fn own_proof(State(ctx): State<Ctx>, Caller(actor): Caller, Id(id): Id<PaymentId>) -> Answer<Response> {
    Ok(file(desk::proof_file(&ctx, &actor, id).await?))
}

#[utoipa::path(get, path = "/desk/payments/{id}/proof", tag = "desk", params(("id" = PaymentId, Path)),
    responses((status = 200, content_type = "image/webp"), (status = 401), (status = 403), (status = 404)))]
async fn proof_file(State(ctx): State<Ctx>, Caller(actor): Caller, Id(id): Id<PaymentId>) -> Answer<Response> {
    Ok(file(desk::desk_file(&ctx, &actor, id).await?))
}

/// The file of any proof of a payment, also of one that was rejected and has been followed by another.
#[utoipa::path(get, path = "/desk/proofs/{id}/file", tag = "desk", params(("id" = ProofId, Path)),
    responses((status = 200, content_type = "image/webp"), (status = 401), (status = 403), (status = 404)))]
async fn earlier_file(State(ctx): State<Ctx>, Caller(actor): Caller, Id(id): Id<ProofId>) -> Answer<Response> {
    Ok(file(desk::desk_proof_file(&ctx, &actor, id).await?))
}

/// A picture is shown; anything else (a stranger's PDF) is only ever saved.
pub fn file(file: desk::File) -> Response {
    let disposition = match file.media_type.as_str() {
        picture if picture.starts_with("image/") => "inline",
        "application/pdf" => "attachment; filename=\"bukti.pdf\"",
        _ => "attachment; filename=\"mutasi.txt\"",
    };
    let headers = [
        (header::CONTENT_TYPE, file.media_type),
        (header::CONTENT_DISPOSITION, disposition.to_owned()),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox".to_owned()),
    ];
    (headers, file.bytes).into_response()
}

/// Proofs in a state (`open`, `mine`, `approved`, `rejected`), the longest waiting first.
#[utoipa::path(get, path = "/desk/payments", tag = "desk",
    params(("state" = Option<String>, Query), ("page" = Option<i64>, Query), ("per_page" = Option<i64>, Query)),
    responses((status = 200, body = Page<DeskRow>), (status = 401), (status = 403), (status = 422)))]
async fn list(State(ctx): State<Ctx>, Caller(actor): Caller, Params(params): Params<ListParams>) -> Answer<Json<Page<DeskRow>>> {
    actor.require(Permission::PaymentVerify)?;
    let state = match params.state.as_deref().filter(|s| !s.is_empty()) {
        None => QueueState::Open,
        Some(text) => text.parse().map_err(|()| Error::invalid("state", "unknown_value"))?,
    };
    Ok(Json(desk::list(&ctx, &actor, state, params.page()?).await?))
}

#[utoipa::path(get, path = "/desk/figures", tag = "desk",
    responses((status = 200, body = QueueFigures), (status = 401), (status = 403)))]
async fn figures(State(ctx): State<Ctx>, Caller(actor): Caller) -> Answer<Json<QueueFigures>> {
    Ok(Json(desk::figures(&ctx, &actor).await?))
}

#[utoipa::path(get, path = "/desk/payments/{id}", tag = "desk", params(("id" = PaymentId, Path)),
    responses((status = 200, body = DeskPayment), (status = 401), (status = 403), (status = 404)))]
async fn find(State(ctx): State<Ctx>, Caller(actor): Caller, Id(id): Id<PaymentId>) -> Answer<Json<DeskPayment>> {
    Ok(Json(desk::find(&ctx, &actor, id).await?))
}

/// Takes the proof in hand for ten minutes, or for ten more.
#[utoipa::path(post, path = "/desk/payments/{id}/claim", tag = "desk", params(("id" = PaymentId, Path)),
    responses((status = 200, body = DeskPayment), (status = 401), (status = 403), (status = 404), (status = 409)))]
async fn claim(State(ctx): State<Ctx>, Caller(actor): Caller, Id(id): Id<PaymentId>) -> Answer<Json<DeskPayment>> {
    Ok(Json(desk::claim(&ctx, &actor, id).await?))
}

#[utoipa::path(post, path = "/desk/payments/{id}/release", tag = "desk", params(("id" = PaymentId, Path)),
    responses((status = 204), (status = 401), (status = 403)))]
async fn release(State(ctx): State<Ctx>, Caller(actor): Caller, Id(id): Id<PaymentId>) -> Answer<StatusCode> {
    desk::release(&ctx, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The money is on the account. The body is optional; `amount` says what really arrived.
#[utoipa::path(post, path = "/desk/payments/{id}/approve", tag = "desk", params(("id" = PaymentId, Path)), request_body = Approval,
    responses((status = 200, body = DeskPayment), (status = 401), (status = 403), (status = 404), (status = 409), (status = 422)))]
async fn approve(State(ctx): State<Ctx>, Caller(actor): Caller, Id(id): Id<PaymentId>, body: Bytes) -> Answer<Json<DeskPayment>> {
    actor.require(Permission::PaymentVerify)?;
    let input = if body.is_empty() { Approval { amount: None, proof_id: None } } else { crate::api::body::parse(&body)? };
    Ok(Json(desk::approve(&ctx, &actor, id, input).await?))
}

#[utoipa::path(post, path = "/desk/payments/{id}/reject", tag = "desk", params(("id" = PaymentId, Path)), request_body = Rejection,
    responses((status = 200, body = DeskPayment), (status = 401), (status = 403), (status = 404), (status = 409), (status = 422)))]
async fn reject(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Id(id): Id<PaymentId>,
    Body(input): Body<Rejection>,
) -> Answer<Json<DeskPayment>> {
    Ok(Json(desk::reject(&ctx, &actor, id, input).await?))
}

/// Orders of all stores: `pending` and `processing` the oldest first, others the newest.
#[utoipa::path(get, path = "/desk/fulfilment", tag = "desk",
    params(("status" = Option<String>, Query), ("q" = Option<String>, Query), ("page" = Option<i64>, Query), ("per_page" = Option<i64>, Query)),
    responses((status = 200, body = Page<OrderRow>), (status = 401), (status = 403), (status = 422)))]
async fn fulfilment(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Params(params): Params<ListParams>,
) -> Answer<Json<Page<OrderRow>>> {
    actor.require(Permission::DeskFulfil)?;
    Ok(Json(order::desk::list(&ctx, &actor, &query(&params)?).await?))
}

/// How many orders wait to be packed or sent, since when, and how fast the desk moves them on.
#[utoipa::path(get, path = "/desk/fulfilment/figures", tag = "desk",
    responses((status = 200, body = QueueFigures), (status = 401), (status = 403)))]
async fn fulfilment_figures(State(ctx): State<Ctx>, Caller(actor): Caller) -> Answer<Json<QueueFigures>> {
    Ok(Json(order::desk::figures(&ctx, &actor).await?))
}

#[utoipa::path(get, path = "/desk/orders/{number}", tag = "desk", params(("number" = String, Path)),
    responses((status = 200, body = OrderView), (status = 401), (status = 403), (status = 404)))]
async fn order(State(ctx): State<Ctx>, Caller(actor): Caller, Path(number): Path<String>) -> Answer<Json<OrderView>> {
    Ok(Json(order::desk::find(&ctx, &actor, &number).await?))
}

#[utoipa::path(post, path = "/desk/orders/{number}/accept", tag = "desk", params(("number" = String, Path)),
    responses((status = 200, body = OrderView), (status = 401), (status = 403), (status = 404), (status = 409)))]
async fn accept(State(ctx): State<Ctx>, Caller(actor): Caller, Path(number): Path<String>) -> Answer<Json<OrderView>> {
    Ok(Json(order::desk::accept(&ctx, &actor, &number).await?))
}

#[utoipa::path(post, path = "/desk/orders/{number}/ship", tag = "desk", params(("number" = String, Path)), request_body = ShipInput,
    responses((status = 200, body = OrderView), (status = 401), (status = 403), (status = 404), (status = 409), (status = 422)))]
async fn ship(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Path(number): Path<String>,
    Body(input): Body<ShipInput>,
) -> Answer<Json<OrderView>> {
    Ok(Json(order::desk::ship(&ctx, &actor, &number, input).await?))
}

#[utoipa::path(post, path = "/desk/orders/{number}/cancel", tag = "desk", params(("number" = String, Path)), request_body = CancelInput,
    responses((status = 200, body = OrderView), (status = 401), (status = 403), (status = 404), (status = 409)))]
async fn cancel(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Path(number): Path<String>,
    body: Bytes,
) -> Answer<Json<OrderView>> {
    actor.require(Permission::DeskFulfil)?;
    Ok(Json(order::desk::cancel(&ctx, &actor, &number, cancel_input(&body)?).await?))
}

/// The courier brought the cash of an order that is paid at the door.
#[utoipa::path(post, path = "/desk/orders/{number}/deliver", tag = "desk", params(("number" = String, Path)),
    responses((status = 200, body = OrderView), (status = 401), (status = 403), (status = 404), (status = 409)))]
async fn deliver(State(ctx): State<Ctx>, Caller(actor): Caller, Path(number): Path<String>) -> Answer<Json<OrderView>> {
    Ok(Json(order::desk::mark_delivered(&ctx, &actor, &number).await?))
}

/// An order to be paid at the door was refused there: it ends, its goods are back on the shelf.
#[utoipa::path(post, path = "/desk/orders/{number}/undelivered", tag = "desk", params(("number" = String, Path)), request_body = CancelInput,
    responses((status = 200, body = OrderView), (status = 401), (status = 403), (status = 404), (status = 409)))]
async fn undelivered(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Path(number): Path<String>,
    body: Bytes,
) -> Answer<Json<OrderView>> {
    actor.require(Permission::DeskFulfil)?;
    Ok(Json(order::desk::mark_undelivered(&ctx, &actor, &number, cancel_input(&body)?).await?))
}
