//! Orders of buyers and sellers.

mod command;
mod query;

pub use command::{accept, cancel, cancel_own, confirm_receipt, ship};
pub use query::{find, mine, my_counts, own, own_counts, own_order};
