//! The books for finance: transactions, reports, rates, and reports of gateways.

use crate::AppState;
use crate::api::download::download;
use crate::api::params::{Id, ListParams, Params, choice, number};
use crate::api::{Answer, Body, Caller, Problem, multipart};
use axum::Json;
use axum::extract::multipart::MultipartRejection;
use axum::extract::{Multipart, State};
use axum::response::Response;
use domain::finance::{FinanceFilter, Report, TransactionView, Transactions};
use domain::id::{ImportId, LedgerTransactionId};
use domain::identity::Permission;
use domain::rate::{Rate, RateInput};
use domain::settlement::{ColumnNames, GatewayBalance, ImportLine, ImportView, Unsettled};
use domain::{Error, Page, PageRequest};
use serde::{Deserialize, Serialize};
use service::settlement::Report as Upload;
use service::{Ctx, finance, rate, settlement};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(transactions))
        .routes(routes!(transactions_file))
        .routes(routes!(transaction))
        .routes(routes!(report))
        .routes(routes!(report_file))
        .routes(routes!(rates, set_rate))
        .routes(routes!(gateways))
        .routes(routes!(unsettled))
        .routes(routes!(imports, import))
        .routes(routes!(import_lines))
}

/// Filter, page and format of the query.
#[derive(Debug, Default, Deserialize)]
pub struct BookParams {
    kind: Option<String>,
    account: Option<String>,
    gateway: Option<String>,
    store: Option<String>,
    q: Option<String>,
    from: Option<String>,
    to: Option<String>,
    period: Option<String>,
    format: Option<String>,
    outcome: Option<String>,
    negative: Option<String>,
    page: Option<String>,
    per_page: Option<String>,
}

impl BookParams {
    pub fn page(&self) -> Result<PageRequest, Error> {
        PageRequest::new(number("page", self.page.as_deref())?, number("per_page", self.per_page.as_deref())?)
    }

    pub fn format(&self) -> Result<service::export::Format, Error> {
        self.format.as_deref().unwrap_or("xlsx").parse()
    }

    pub fn is_negative(&self) -> bool {
        self.negative.as_deref().is_some_and(|v| v == "true" || v == "1")
    }

    pub fn filter(self) -> FinanceFilter {
        let Self { kind, account, gateway, store, q, from, to, period, .. } = self;
        FinanceFilter { kind, account, gateway, store, q, from, to, period }
    }
}

/// Transactions of the ledger, newest first, with the sums over all that was found. `q`: number of an
/// order or payout, or id of a payment. `kind` and `account`: one or more, by commas. With `account` the
/// amounts are what was moved on these accounts, debits less credits.
#[utoipa::path(get, path = "/finance/transactions", tag = "finance",
    params(("kind" = Option<String>, Query), ("account" = Option<String>, Query), ("gateway" = Option<String>, Query), ("store" = Option<String>, Query), ("q" = Option<String>, Query),
        ("from" = Option<String>, Query), ("to" = Option<String>, Query), ("page" = Option<i64>, Query), ("per_page" = Option<i64>, Query)),
    responses((status = 200, body = Transactions), (status = 401), (status = 403), (status = 422)))]
async fn transactions(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Params(params): Params<BookParams>,
) -> Answer<Json<Transactions>> {
    actor.require(Permission::FinanceView)?;
    let page = params.page()?;
    Ok(Json(finance::transactions(&ctx, &actor, &params.filter().transactions()?, page).await?))
}

/// The same as a file, `csv` or `xlsx`.
#[utoipa::path(get, path = "/finance/transactions/file", tag = "finance",
    params(("kind" = Option<String>, Query), ("account" = Option<String>, Query), ("gateway" = Option<String>, Query), ("store" = Option<String>, Query), ("q" = Option<String>, Query),
        ("from" = Option<String>, Query), ("to" = Option<String>, Query), ("format" = Option<String>, Query)),
    responses((status = 200, content_type = "text/csv"), (status = 401), (status = 403), (status = 422)))]
async fn transactions_file(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Params(params): Params<BookParams>,
) -> Answer<Response> {
    actor.require(Permission::FinanceView)?;
    let format = params.format()?;
    Ok(download(finance::export_transactions(&ctx, &actor, &params.filter().transactions()?, format).await?))
}

/// A transaction with everything it booked.
#[utoipa::path(get, path = "/finance/transactions/{id}", tag = "finance", params(("id" = LedgerTransactionId, Path)),
    responses((status = 200, body = TransactionView), (status = 401), (status = 403), (status = 404)))]
async fn transaction(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Id(id): Id<LedgerTransactionId>,
) -> Answer<Json<TransactionView>> {
    Ok(Json(finance::transaction(&ctx, &actor, id).await?))
}

/// Figures by `day` or `month` and by gateway.
#[utoipa::path(get, path = "/finance/report", tag = "finance",
    params(("period" = Option<String>, Query), ("from" = Option<String>, Query), ("to" = Option<String>, Query)),
    responses((status = 200, body = Report), (status = 401), (status = 403), (status = 422)))]
async fn report(State(ctx): State<Ctx>, Caller(actor): Caller, Params(params): Params<BookParams>) -> Answer<Json<Report>> {
    Ok(Json(finance::report(&ctx, &actor, &params.filter()).await?))
}

/// The same as a file, `csv` or `xlsx`.
#[utoipa::path(get, path = "/finance/report/file", tag = "finance",
    params(("period" = Option<String>, Query), ("from" = Option<String>, Query), ("to" = Option<String>, Query), ("format" = Option<String>, Query)),
    responses((status = 200, content_type = "text/csv"), (status = 401), (status = 403), (status = 422)))]
async fn report_file(State(ctx): State<Ctx>, Caller(actor): Caller, Params(params): Params<BookParams>) -> Answer<Response> {
    actor.require(Permission::FinanceView)?;
    let format = params.format()?;
    Ok(download(finance::export_report(&ctx, &actor, &params.filter(), format).await?))
}

/// Commission and the tax on it: the platform's, and where categories or stores differ.
#[utoipa::path(get, path = "/finance/rates", tag = "finance",
    responses((status = 200, body = Vec<Rate>), (status = 401), (status = 403)))]
async fn rates(State(ctx): State<Ctx>, Caller(actor): Caller) -> Answer<Json<Vec<Rate>>> {
    Ok(Json(rate::list(&ctx, &actor).await?))
}

/// Sets a rate, or takes an override away. Earlier sales keep theirs.
#[utoipa::path(put, path = "/finance/rates", tag = "finance", request_body = RateInput,
    responses((status = 200, body = Vec<Rate>), (status = 401), (status = 403), (status = 404), (status = 422)))]
async fn set_rate(State(ctx): State<Ctx>, Caller(actor): Caller, Body(input): Body<RateInput>) -> Answer<Json<Vec<Rate>>> {
    Ok(Json(rate::set(&ctx, &actor, input).await?))
}

/// What is at every gateway, and what they kept.
#[utoipa::path(get, path = "/finance/gateways", tag = "finance",
    responses((status = 200, body = Vec<GatewayBalance>), (status = 401), (status = 403)))]
async fn gateways(State(ctx): State<Ctx>, Caller(actor): Caller) -> Answer<Json<Vec<GatewayBalance>>> {
    Ok(Json(settlement::gateways(&ctx, &actor).await?))
}

/// Payments that no report has settled, oldest first.
#[utoipa::path(get, path = "/finance/unsettled", tag = "finance",
    params(("gateway" = Option<String>, Query), ("page" = Option<i64>, Query), ("per_page" = Option<i64>, Query)),
    responses((status = 200, body = Page<Unsettled>), (status = 401), (status = 403), (status = 422)))]
async fn unsettled(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Params(params): Params<BookParams>,
) -> Answer<Json<Page<Unsettled>>> {
    actor.require(Permission::FinanceView)?;
    let gateway = params.gateway.as_deref().filter(|g| !g.is_empty());
    Ok(Json(settlement::unsettled(&ctx, &actor, gateway, params.page()?).await?))
}

#[utoipa::path(get, path = "/finance/settlements", tag = "finance",
    params(("page" = Option<i64>, Query), ("per_page" = Option<i64>, Query)),
    responses((status = 200, body = Page<ImportView>), (status = 401), (status = 403), (status = 422)))]
async fn imports(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Params(params): Params<ListParams>,
) -> Answer<Json<Page<ImportView>>> {
    actor.require(Permission::FinanceView)?;
    Ok(Json(settlement::imports(&ctx, &actor, params.page()?).await?))
}

/// Imports a gateway's report (CSV). What agrees is booked; the same file twice changes nothing.
#[utoipa::path(post, path = "/finance/settlements", tag = "finance",
    request_body(content_type = "multipart/form-data",
        description = "field `file`, `gateway`, and `column_reference`, `column_gross`, `column_fee`, `column_net` where the names are unusual"),
    responses((status = 200, body = ImportView), (status = 401), (status = 403), (status = 413), (status = 415), (status = 422)))]
async fn import(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    form: Result<Multipart, MultipartRejection>,
) -> Answer<Json<ImportView>> {
    // Before the body is read.
    actor.require(Permission::PayoutApprove)?;
    let report = upload(form.map_err(|_| Problem(Error::UnsupportedType))?).await?;
    Ok(Json(settlement::import(&ctx, &actor, report).await?))
}

/// Bytes of a report.
const MAX_REPORT: u64 = 5 * 1024 * 1024;

/// Reads the form of a report.
pub async fn upload(form: Multipart) -> Result<Upload, Error> {
    let mut form = multipart::read(form, "file", MAX_REPORT).await?;
    let text = |name: &str| form.text(name).trim().to_owned();
    let columns = ColumnNames {
        reference: text("column_reference"),
        gross: text("column_gross"),
        fee: text("column_fee"),
        net: text("column_net"),
    };
    let gateway = text("gateway");
    let file_name = form.file_name().to_owned();
    Ok(Upload { gateway, file_name, bytes: form.file("file")?, columns })
}

#[derive(Serialize, utoipa::ToSchema)]
struct ImportDetail {
    import: ImportView,
    lines: Page<ImportLine>,
}

/// Lines of an import, of one outcome if named (`matched`, `amount_differs`, `unknown`, `repeated`).
#[utoipa::path(get, path = "/finance/settlements/{id}", tag = "finance",
    params(("id" = ImportId, Path), ("outcome" = Option<String>, Query), ("page" = Option<i64>, Query), ("per_page" = Option<i64>, Query)),
    responses((status = 200, body = ImportDetail), (status = 401), (status = 403), (status = 404), (status = 422)))]
async fn import_lines(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Id(id): Id<ImportId>,
    Params(params): Params<BookParams>,
) -> Answer<Json<ImportDetail>> {
    actor.require(Permission::FinanceView)?;
    let outcome = choice("outcome", params.outcome.as_deref())?;
    let (import, lines) = settlement::lines(&ctx, &actor, id, outcome, params.page()?).await?;
    Ok(Json(ImportDetail { import, lines }))
}
