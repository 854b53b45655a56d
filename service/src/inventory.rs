//! Stock: the only writer of `stock_level`, always together with a `stock_movement`.

mod count;
mod hold;
mod movement;
mod query;
mod settle;
mod shelf;

pub use count::count;
pub use hold::{Want, hold};
pub use query::{StockFilter, ledger, rows, warehouses};
pub use settle::{dispatch, put_back, release, take_back};
pub use shelf::{Receipt, receive, set_on_hand};
