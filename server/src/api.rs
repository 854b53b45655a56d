//! The REST API `/api/v1` (API.md). One module per feature, each with a `routes()`; all routes are
//! documented because only documented handlers can be mounted.

mod body;
mod caller;
pub mod problem;

pub use body::Body;
pub use caller::Caller;
pub use problem::Problem;

use crate::AppState;
use utoipa_axum::router::OpenApiRouter;

/// Answer of a handler.
pub type Answer<T> = Result<T, Problem>;

/// Every feature's routes, to be nested under `/api/v1`.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
}
