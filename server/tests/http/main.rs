//! The shop behind its real router, on SQLite and on PostgreSQL.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod admin;
mod books;
mod concurrency;
mod desk;
mod finance;
mod identity;
mod input;
mod isolation;
mod matrix;
mod once;
mod payment;
#[path = "../openapi/sample.rs"]
mod sample;
mod session;
mod shop;
mod statements;
mod webhook;
