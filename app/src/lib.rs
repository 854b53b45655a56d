//! The Leptos app: shell, routes, design-system components, pages and thin server functions.
#![recursion_limit = "512"]

mod account;
mod admin;
mod app;
mod buying;
mod chart;
mod desk;
mod failure;
mod finance;
pub mod i18n;
mod load;
mod seller;
#[cfg(feature = "ssr")]
mod server;
mod session;
mod shell;
mod shop;
mod ui;

pub use app::{App, shell};
