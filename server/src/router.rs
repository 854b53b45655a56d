//! The one router: REST API, pages, pictures, operations.

use crate::edge::edge;
use crate::{AppState, api, load, media, metrics, operations, pages};
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use axum::{Json, Router, middleware};
use domain::{Error, Noun};
use std::time::Duration;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

/// Bytes of any request body: the largest upload and its wrapping.
pub const MAX_BODY: usize = 8 * 1024 * 1024;

/// Of answers made on request: a quarter of the time that brotli takes, for pages a fifteenth larger
/// (docs/benchmarks.md). Scripts and styles come compressed with brotli from the build.
const COMPRESSION: CompressionLevel = CompressionLevel::Precise(2);

/// How long an answer may take to begin; event streams begin at once.
const DEADLINE: Duration = Duration::from_secs(60);

/// What differs between a shop that runs and one under test.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Show written emails at `/dev/mail`.
    pub has_mailbox: bool,
    /// Who may read `/metrics`.
    pub metrics: metrics::Access,
}

pub fn router(state: AppState, options: Options) -> Router {
    let (api, document) = api::routes();
    let json = document.clone();
    let api = api.layer(middleware::from_fn_with_state(state.clone(), api::once::once));
    let mut router = Router::new()
        .merge(api.method_not_allowed_fallback(wrong_method))
        .route("/api/openapi.json", get(move || async move { Json(json.clone()) }))
        .merge(docs(document))
        .route("/api/{*rest}", any(unknown))
        .route("/media/{key}", get(media::serve))
        .merge(operations::routes())
        .merge(metrics::routes(options.metrics));
    if options.has_mailbox {
        router = router.merge(operations::mailbox());
    }
    pages::mount(router, &state)
        .layer(middleware::from_fn_with_state(state.clone(), edge))
        .layer(middleware::from_fn_with_state(state.clone(), load::count))
        .layer(CompressionLayer::new().no_br().quality(COMPRESSION).compress_when(compressible()))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, DEADLINE))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(RequestBodyLimitLayer::new(MAX_BODY))
        .with_state(state)
}

/// Text; pictures and WebAssembly come compressed already, events must not be held back.
fn compressible() -> impl Predicate {
    SizeAbove::new(512)
        .and(NotForContentType::IMAGES)
        .and(NotForContentType::SSE)
        .and(NotForContentType::const_new("application/wasm"))
        .and(NotForContentType::const_new("font/"))
}

fn docs(document: utoipa::openapi::OpenApi) -> Router<AppState> {
    let ui = utoipa_swagger_ui::SwaggerUi::new("/api/docs").url("/api/docs/openapi.json", document);
    let policy = "default-src 'self'; style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                  frame-ancestors 'none'; base-uri 'none'";
    let header = axum::http::HeaderValue::from_static(policy);
    Router::from(ui)
        .layer(tower_http::set_header::SetResponseHeaderLayer::overriding(axum::http::header::CONTENT_SECURITY_POLICY, header))
}

async fn unknown() -> Response {
    api::Problem(Error::NotFound(Noun::Page)).into_response()
}

async fn wrong_method() -> Response {
    api::Problem(Error::MethodNotAllowed).into_response()
}

fn panicked(cause: Box<dyn std::any::Any + Send>) -> Response {
    let text = cause.downcast_ref::<String>().map(String::as_str).or_else(|| cause.downcast_ref::<&str>().copied());
    let reference = service::identity::token::reference();
    tracing::error!(%reference, cause = text.unwrap_or("unknown"), "handler panicked");
    let error = Error::Internal { reference: reference.clone() };
    crate::api::problem::render(api::Problem(error).into_response(), domain::Locale::default(), &reference)
}
