//! Composition root: configuration, router, REST API, webhooks, jobs. The binary `belanjain` is a
//! thin command line over this library, which the HTTP tests use directly.

pub mod api;
pub mod state;

pub use state::AppState;
