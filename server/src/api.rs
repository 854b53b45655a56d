//! The REST API `/api/v1` (API.md). One module per feature, each with a `routes()`; all routes are
//! documented because only documented handlers can be mounted.

mod admin;
mod analytics;
mod auth;
pub mod bank;
mod body;
pub mod books;
mod caller;
mod cart;
mod catalog;
mod checkout;
pub mod desk;
mod download;
mod finance;
mod inventory;
mod invoice;
mod live;
mod me;
pub mod multipart;
pub mod once;
mod order;
mod params;
mod payment;
mod payout;
pub mod problem;
mod refund;
mod review;
mod seller_order;
mod seller_product;
mod store;
mod two_factor;
mod webhook;

pub use body::Body;
pub use caller::Caller;
pub use problem::Problem;

use crate::AppState;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

/// Answer of a handler.
pub type Answer<T> = Result<T, Problem>;

#[derive(OpenApi)]
#[openapi(info(
    title = "Belanjain",
    description = "REST API of the Belanjain commerce platform. Money is whole rupiah, weights are grams, times are UTC.",
    license(name = "MIT OR Apache-2.0")
))]
struct Document;

/// Every feature's routes under `/api/v1`, and the document that describes them.
pub fn routes() -> (axum::Router<AppState>, utoipa::openapi::OpenApi) {
    let features = OpenApiRouter::new()
        .merge(auth::routes())
        .merge(me::routes())
        .merge(two_factor::routes())
        .merge(catalog::routes())
        .merge(store::routes())
        .merge(seller_product::routes())
        .merge(inventory::routes())
        .merge(cart::routes())
        .merge(checkout::routes())
        .merge(payment::routes())
        .merge(desk::routes())
        .merge(bank::routes())
        .merge(finance::routes())
        .merge(books::routes())
        .merge(webhook::routes())
        .merge(payout::routes())
        .merge(refund::routes())
        .merge(admin::routes())
        .merge(live::routes())
        .merge(order::routes())
        .merge(invoice::routes())
        .merge(seller_order::routes())
        .merge(review::routes())
        .merge(analytics::routes());
    let (router, mut document) = OpenApiRouter::with_openapi(Document::openapi()).nest("/api/v1", features).split_for_parts();
    once::describe(&mut document);
    (router, document)
}
