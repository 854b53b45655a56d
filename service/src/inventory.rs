//! Stock: the only writer of `stock_level`, always together with a `stock_movement`.

mod count;
mod query;
mod stock;

pub use count::count;
pub use query::{StockFilter, ledger, rows, warehouses};
pub use stock::{Want, dispatch, hold, receive, release};
