//! The Leptos app: shell, routes, design-system components, pages and thin server functions.
#![recursion_limit = "512"]

pub mod i18n;
