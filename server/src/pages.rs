//! The Leptos pages.

use crate::AppState;
use axum::Router;
use leptos::prelude::LeptosOptions;
use std::net::SocketAddr;
use std::path::Path;

/// Adds pages and server functions to the router.
pub fn mount(router: Router<AppState>, _state: &AppState) -> Router<AppState> {
    router
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
