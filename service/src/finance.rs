//! What finance sees and does.

mod ledger;
mod refund;

pub use ledger::{balances, entries};
pub use refund::{complete, list as refunds};
