//! The double-entry ledger: the functions that write it, and what orders book.

mod book;
mod sale;

pub use book::{book, book_new};
pub use sale::owe;
pub(crate) use sale::release;
