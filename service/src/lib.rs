//! Business logic: commands (one transaction each) and queries on the database, and the ports to
//! the outside world. Knows neither Leptos nor axum.
//!
//! Every public function of a feature takes the context, then the actor, and checks permission
//! before anything else.

pub mod analytics;
pub mod audit;
pub mod bank;
pub mod cart;
pub mod catalog;
pub mod checkout;
pub mod clock;
mod context;
pub mod db;
pub mod desk;
mod error;
pub mod event;
pub mod export;
pub mod finance;
#[cfg(feature = "fixture")]
pub mod fixture;
pub mod idempotency;
pub mod identity;
pub mod inventory;
pub mod invoice;
pub mod job;
pub mod ledger;
pub mod live;
pub mod metric;
pub mod notification;
pub mod order;
pub mod payment;
pub mod payout;
mod pdf;
pub mod picture;
pub mod port;
pub mod qr;
pub mod rate;
pub mod refund;
pub mod review;
pub mod settings;
pub mod settlement;
pub mod statement;
pub mod store;
pub mod verify;

pub use context::Ctx;
pub use error::{Error, Result};
pub use identity::Actor;
pub use settings::Settings;
