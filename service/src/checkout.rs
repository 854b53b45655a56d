//! Checkout: one transaction, one payment, one order per store.

mod basket;
mod place;
mod quote;
mod replay;
mod write;

pub use place::{Placed, place};
pub use quote::{quote, rates};
