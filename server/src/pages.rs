//! The Leptos pages, their server functions, upload forms, and letters in frames.

mod mail;
mod upload;

use crate::AppState;
use crate::edge::PageNonce;
use app::{App, shell};
use axum::Router;
use axum::routing::{get, post};
use http::request::Parts;
use leptos::nonce::Nonce;
use leptos::prelude::{LeptosOptions, provide_context, use_context};
use leptos_axum::{AxumRouteListing, LeptosRoutes, generate_route_list};
use service::Ctx;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::LazyLock;

/// Listed once: while Leptos walks the app for its routes, it holds back the data of every page in
/// the process, for good.
static ROUTES: LazyLock<Vec<AxumRouteListing>> = LazyLock::new(|| generate_route_list(App));

/// Adds pages and server functions to the router.
pub fn mount(router: Router<AppState>, state: &AppState) -> Router<AppState> {
    let options = state.options.clone();
    let ctx = state.ctx.clone();
    let context = per_request(ctx.clone());
    router
        .route("/seller/products/{id}/pictures", post(upload::add))
        .route("/pay/{id}/proof", post(upload::prove))
        .route("/finance/refunds/{id}/complete", post(upload::complete_refund))
        .route("/desk/statements/upload", post(upload::statement))
        .route("/account/avatar", post(upload::avatar))
        .route("/admin/mail/preview/{kind}/{locale}", get(mail::preview))
        .route("/unsubscribe/{token}", post(mail::unsubscribe))
        .route("/finance/reconciliation/import", post(upload::settlement))
        .leptos_routes_with_context(state, ROUTES.clone(), context, move || shell(options.clone()))
        .fallback(leptos_axum::file_and_error_handler_with_context::<AppState, _>(per_request(ctx), shell))
}

/// What pages and server functions find in their context. The page's scripts carry the nonce of the
/// policy that the edge sends with it.
fn per_request(ctx: Ctx) -> impl Fn() + Clone + Send + Sync + 'static {
    move || {
        provide_context(ctx.clone());
        let nonce = use_context::<Parts>().and_then(|parts| parts.extensions.get::<PageNonce>().cloned());
        if let Some(PageNonce(nonce)) = nonce {
            provide_context(Nonce::from_value(nonce));
        }
    }
}

/// Where the front end lies. File names carry hashes when the build left a list of them beside the
/// executable.
pub fn options(site: &Path, address: SocketAddr) -> LeptosOptions {
    let hashes = std::env::current_exe().ok().and_then(|exe| Some(exe.parent()?.join("hash.txt")));
    let is_hashed = hashes.is_some_and(|path| path.is_file());
    LeptosOptions::builder()
        .output_name("belanjain")
        .site_root(site.display().to_string())
        .site_pkg_dir("pkg")
        .site_addr(address)
        .hash_files(is_hashed)
        .build()
}
