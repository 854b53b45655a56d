//! Stock: the only writer of `stock_level`, always together with a `stock_movement`.

mod count;
mod movement;
mod query;
mod stock;

pub use count::count;
pub use query::{StockFilter, ledger, rows, warehouses};
pub use stock::{Receipt, Want, dispatch, hold, put_back, receive, release, set_on_hand, take_back};
