//! What every handler shares.

use crate::edge::Proxies;
use crate::load::Load;
use axum::extract::FromRef;
use leptos::prelude::LeptosOptions;
use service::Ctx;

#[derive(Clone, FromRef)]
pub struct AppState {
    pub ctx: Ctx,
    pub options: LeptosOptions,
    pub proxies: Proxies,
    pub load: Load,
}
