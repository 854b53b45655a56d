//! Checkout: one transaction, one payment, one order per store.

mod place;
mod quote;

pub use place::{Placed, place};
pub use quote::{quote, rates};
