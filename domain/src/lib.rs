//! Shared types and rules of Belanjain, free of I/O: what the browser, the REST API and the
//! services agree on. If a value of a type here exists, it is valid.
//!
//! One module per feature; each holds the feature's rules, its commands (validated input) and its
//! views (what is shown of it). The same view becomes HTML, JSON and email.

pub mod admin;
pub mod analytics;
pub mod bank;
pub mod cart;
pub mod catalog;
pub mod checkout;
pub mod desk;
mod error;
pub mod finance;
pub mod id;
pub mod identity;
pub mod inventory;
pub mod ledger;
pub mod letter;
mod locale;
mod macros;
mod money;
pub mod order;
pub mod page;
pub mod pan;
pub mod payment;
pub mod payout;
pub mod rate;
pub mod refund;
pub mod review;
pub mod settlement;
pub mod shipping;
pub mod statement;
pub mod store;
pub mod validate;
pub mod webhook;

pub use error::{ChangedPrice, Conflict, Error, FieldError, Noun, ShortLine};
pub use locale::Locale;
pub use money::{Money, MoneyError};
pub use page::{Page, PageRequest, Stream};

/// Result of anything that can be refused by a rule of the domain.
pub type Result<T> = std::result::Result<T, Error>;
