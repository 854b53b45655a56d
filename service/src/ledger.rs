//! The double-entry ledger: the one function that writes it, and what orders book.

mod book;
mod sale;

pub use book::book;
pub use sale::owe;
pub(crate) use sale::release;
