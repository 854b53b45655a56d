//! Composition root: configuration, router, REST API, webhooks, jobs. The binary `belanjain` is a
//! thin command line over this library, which the HTTP tests use directly.

pub mod api;
pub mod config;
pub mod edge;
mod gateways;
pub mod jobs;
pub mod load;
pub mod media;
pub mod metrics;
pub mod operations;
pub mod pages;
pub mod redact;
pub mod router;
pub mod seed;
pub mod state;
pub mod wiring;

pub use state::AppState;
