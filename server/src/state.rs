//! What every handler shares.

use axum::extract::FromRef;
use leptos::prelude::LeptosOptions;
use service::Ctx;

#[derive(Clone, FromRef)]
pub struct AppState {
    pub ctx: Ctx,
    pub options: LeptosOptions,
}
